import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VerifyOutcome } from '../../../src/evidence/signed-evidence.ts';
import type { NotationTrust, Trust } from '../../../src/evidence/trust.ts';
import {
  type CertificateSpec,
  CODE_SIGNING,
  type Issued,
  issueCertificate,
  KEY_KINDS,
  type KeyKind,
  makeKeyPair,
  SERVER_AUTH,
  TIME_STAMPING,
} from '../../support/notation/certificates.ts';
import type { ChainOptions } from '../../support/notation/notation-chain.ts';
import { makeNotationWorld, type NotationWorld } from '../../support/notation/notation-world.ts';
import {
  AUTHENTIC_SIGNING_TIME,
  EXPIRY,
  SIGNING_SCHEME,
  SIGNING_TIME,
  type SignNotationOptions,
  VERIFICATION_PLUGIN,
} from '../../support/notation/sign-notation.ts';
import { accepted, FORMATS, type Format, openBytes, openSigned, rejected, sign, TARGET } from './open.ts';

const YEAR = 365 * 24 * 3_600_000;
const DAY = 24 * 3_600_000;
const LEVELS = ['strict', 'permissive', 'audit'] as const;
const world = makeNotationWorld();

async function verify(
  format: Format,
  bytes: Uint8Array,
  trust: Trust = world.trust,
  now = world.now,
): Promise<VerifyOutcome> {
  return (await openSigned(format, bytes)).verify(trust, { now });
}

/** The outcome of a signature by this world, for whom its own roots are trusted. */
async function verifyIn(
  format: Format,
  made: NotationWorld,
  options: Partial<SignNotationOptions> = {},
): Promise<VerifyOutcome> {
  return verify(format, sign(format, made, options), made.trust, made.now);
}

const worlds = new Map<KeyKind, NotationWorld>();

/** A world whose signer has such a key: making one of RSA takes a second. */
function worldOf(key: KeyKind): NotationWorld {
  const made = worlds.get(key) ?? makeNotationWorld({ ca: { key } });
  worlds.set(key, made);
  return made;
}

function later(years: number): Date {
  return new Date(world.now.getTime() + years * YEAR);
}

for (const format of FORMATS) {
  describe(`a ${format} signature`, () => {
    for (const key of KEY_KINDS) {
      it(`is verified for a key of ${key}`, async () => {
        accepted(await verifyIn(format, worldOf(key)));
      });
    }

    it('tells who signed, under which root, and what could not be checked', async () => {
      const { signer, root, times, notes } = accepted(await verify(format, sign(format, world)));
      assert.deepEqual(signer, {
        kind: 'notation',
        identity: 'C=US, ST=WA, O=Acme, CN=release',
        attributes: [
          { type: 'C', value: 'US' },
          { type: 'ST', value: 'WA' },
          { type: 'O', value: 'Acme' },
          { type: 'CN', value: 'release' },
        ],
        scheme: 'notary.x509',
        fingerprint: fingerprintOf(world.ca.leaf),
      });
      assert.deepEqual(root, {
        label: 'ca: "C=US, O=Acme, CN=root"',
        source: 'trust-store',
        digest: fingerprintOf(world.ca.root),
        date: world.ca.root.certificate.validFromDate,
      });
      assert.deepEqual(times, []);
      assert.deepEqual(notes, [
        'revocation: not checked, though level strict asks for it: no OCSP or CRL service is asked',
      ]);
    });

    it('claims the target with its type, size and user metadata', async () => {
      const annotations = { 'io.example.build': '42' };
      const bytes = sign(format, world, { target: { ...TARGET, annotations } });
      assert.deepEqual((await openSigned(format, bytes)).claim, { kind: 'manifest-digest', ...TARGET, annotations });
    });

    it('has the digest of its signature as its name, whatever stands around it', async () => {
      const bytes = sign(format, world, { timestamp: true });
      const one = await openSigned(format, bytes);
      const other = await openSigned(format, format === 'notation-jws' ? spaced(bytes) : bytes);
      assert.match(one.envelope, /^sha256:[0-9a-f]{64}$/);
      assert.equal(one.envelope, other.envelope);
      assert.notEqual(one.envelope, (await openSigned(format, sign(format, world))).envelope);
    });

    it('of a signing authority is verified at the time that it says', async () => {
      const signingTime = new Date('2026-06-01T12:00:00Z');
      const made = makeNotationWorld({ now: signingTime });
      const bytes = sign(format, made, { scheme: 'notary.x509.signingAuthority' });
      const { signer, times, root } = accepted(await verify(format, bytes, made.trust, new Date('2030-01-01')));
      assert.ok(signer.kind === 'notation');
      assert.equal(signer.scheme, 'notary.x509.signingAuthority');
      assert.equal(root?.label, 'signing-authority: "C=US, O=Acme Signing Authority, CN=root"');
      assert.deepEqual(times, [{ time: signingTime, source: 'signing-authority' }]);
    });

    it('of a signing authority is rejected where its certificates were not valid at that time, or it is to come', async () => {
      const scheme = 'notary.x509.signingAuthority';
      rejected(
        await verify(format, sign(format, world, { scheme, signingTime: later(-2) })),
        'invalid',
        /not yet when it was signed/,
      );
      rejected(
        await verify(format, sign(format, world, { scheme, signingTime: later(0.5) })),
        'invalid',
        /in the future/,
      );
    });

    it('by a signer of the same names under another root is not trusted', async () => {
      const bytes = sign(format, world, { chain: world.stranger.certificates });
      for (const level of ['strict', 'permissive'] as const) {
        rejected(
          await verify(format, bytes, { ...world.trust, level }),
          'untrusted',
          /root "C=US, O=Acme, CN=root" is not in the trust store \(ca\)$/,
        );
      }
    });

    it('is not trusted under the store of the other signing scheme', async () => {
      const swapped: NotationTrust = {
        ...world.trust,
        ca: world.trust.signingAuthority,
        signingAuthority: world.trust.ca,
      };
      rejected(await verify(format, sign(format, world), swapped), 'untrusted', /trust store \(ca\)/);
      const bytes = sign(format, world, { scheme: 'notary.x509.signingAuthority' });
      rejected(await verify(format, bytes, swapped), 'untrusted', /trust store \(signing-authority\)/);
    });

    it('is not trusted for an intermediate in the store, and says so', async () => {
      const trust = { ...world.trust, ca: [world.ca.intermediate.certificate] };
      rejected(
        await verify(format, sign(format, world), trust),
        'untrusted',
        /the store has "C=US, O=Acme, CN=issuing", which is not the root/,
      );
    });

    it('is verified where one of several roots is its own', async () => {
      const ca = [world.stranger.root.certificate, world.ca.root.certificate];
      accepted(await verify(format, sign(format, world), { ...world.trust, ca }));
    });

    it('is not for trusts of another kind', async () => {
      const { publicKey } = world.ca.leaf.keys;
      const trust: Trust = { kind: 'key', name: 'key', key: publicKey, fingerprint: '', log: 'none' };
      rejected(await verify(format, sign(format, world), trust), 'untrusted', /no Notary Project store/);
    });

    it('is never verified at level skip', async () => {
      rejected(
        await verify(format, sign(format, world), { ...world.trust, level: 'skip' }),
        'unsupported',
        /level of the trust is skip/,
      );
    });

    it('at level audit is reported where nobody trusts it, without a root and without the time that it says', async () => {
      const options = { scheme: 'notary.x509.signingAuthority', chain: world.stranger.certificates } as const;
      const { root, times, notes } = accepted(
        await verify(format, sign(format, world, options), { ...world.trust, level: 'audit' }),
      );
      assert.equal(root, undefined);
      assert.deepEqual(times, []);
      assert.match(
        notes.join('\n'),
        /^authenticity: not given, let through by level audit: its root .* is not in the trust store/,
      );
      assert.match(notes.join('\n'), /^revocation: not checked$/m);
    });

    it('that has expired is rejected under strict, and reported under the others', async () => {
      const expiry = new Date(world.now.getTime() - 1000);
      const bytes = sign(format, world, { expiry, signingTime: later(-0.5) });
      rejected(await verify(format, bytes), 'invalid', /^it expired on /);
      for (const level of ['permissive', 'audit'] as const) {
        const { notes } = accepted(await verify(format, bytes, { ...world.trust, level }));
        assert.match(notes[0] ?? '', new RegExp(`^expiry: not given, let through by level ${level}: it expired on `));
      }
    });

    it('expires at the very second of its expiry', async () => {
      const expiry = new Date(Math.floor(world.now.getTime() / 1000 + 60) * 1000);
      const bytes = sign(format, world, { expiry });
      accepted(await verify(format, bytes, world.trust, new Date(expiry.getTime() - 1)));
      rejected(await verify(format, bytes, world.trust, expiry), 'invalid', /^it expired on /);
    });

    it('whose certificates have expired is rejected under strict, and reported under the others', async () => {
      const bytes = sign(format, world);
      rejected(
        await verify(format, bytes, world.trust, later(2)),
        'invalid',
        /expired on .*no longer valid now, and no verified time/,
      );
      rejected(await verify(format, bytes, world.trust, later(-2)), 'invalid', /not yet now/);
      const { notes, times } = accepted(await verify(format, bytes, { ...world.trust, level: 'permissive' }, later(2)));
      assert.match(
        notes[0] ?? '',
        /^authentic timestamp: not given, let through by level permissive: the certificate .* expired/,
      );
      assert.deepEqual(times, []);
    });

    it('that is its own root is verified if the store has that certificate', async () => {
      const leaf = selfSigned();
      const bytes = sign(format, world, { chain: [leaf] });
      accepted(await verify(format, bytes, { ...world.trust, ca: [leaf.certificate] }));
      rejected(await verify(format, bytes), 'untrusted', /not in the trust store/);
    });

    const envelopes: readonly (readonly [
      what: string,
      options: Partial<SignNotationOptions>,
      state: 'invalid' | 'unsupported',
      reason: RegExp,
    ])[] = [
      [
        'another algorithm than the key asks for',
        { headers: { alg: 'ES384', 1: -35 } },
        'invalid',
        /the algorithm is "ES384", and the signer's key asks for ES256/,
      ],
      [
        'an algorithm that nobody signs with',
        { headers: { alg: 'none', 1: 99 } },
        'invalid',
        /the algorithm is "(?:none|COSE 99)"/,
      ],
      [
        'an unknown critical attribute',
        { headers: { 'io.example.must': 'x' }, critical: [SIGNING_SCHEME, 'io.example.must'] },
        'invalid',
        /critical attribute "io\.example\.must" is not known/,
      ],
      [
        'a verification plugin',
        { headers: { [VERIFICATION_PLUGIN]: 'io.example.plugin' }, critical: [SIGNING_SCHEME, VERIFICATION_PLUGIN] },
        'unsupported',
        /asks for the verification plugin "io\.example\.plugin"/,
      ],
      [
        'a verification plugin that is not critical',
        { headers: { [VERIFICATION_PLUGIN]: 'io.example.plugin' } },
        'unsupported',
        /asks for the verification plugin/,
      ],
      [
        'the version of a plugin without its name',
        { headers: { [`${VERIFICATION_PLUGIN}MinVersion`]: '1.0.0' } },
        'unsupported',
        /asks for the verification plugin/,
      ],
    ];
    for (const [what, options, state, reason] of envelopes) {
      for (const level of LEVELS) {
        it(`with ${what} is rejected at level ${level}`, async () => {
          rejected(await verify(format, sign(format, world, options), { ...world.trust, level }), state, reason);
        });
      }
    }

    it('with an attribute that is not known and not critical is verified', async () => {
      accepted(await verify(format, sign(format, world, { headers: { 'io.example.may': 'x' } })));
    });

    it('by a key that the specification does not have is not supported', async () => {
      for (const key of ['ed25519', 'rsa-1024'] as const) {
        const made = worldOf(key);
        const [state, reason] =
          key === 'ed25519' ? ['unsupported', /ed25519; the Notary Project has/] : ['invalid', /key that is too short/];
        rejected(await verifyIn(format, made), state as string, reason as RegExp);
      }
    });
  });
}

describe('the chain of a Notary Project signature', () => {
  const format: Format = 'notation-cose';
  const sound = { keyUsage: { bits: ['digitalSignature'] } } as const;
  const uglies: readonly (readonly [what: string, ca: Partial<ChainOptions>, reason: RegExp])[] = [
    ['a leaf that may not sign', { leaf: { keyUsage: { bits: ['nonRepudiation'] } } }, /may not sign \(keyUsage\)/],
    ['a leaf that has an extension twice', { leaf: { extensionsTwice: true } }, /extension 2\.5\.29\.\d+ stands twice/],
    ['a leaf without key usage', { leaf: { keyUsage: undefined } }, /may not sign \(keyUsage\)/],
    [
      'a leaf whose key usage is not critical',
      { leaf: { keyUsage: { bits: ['digitalSignature'], critical: false } } },
      /does not mark keyUsage as critical/,
    ],
    [
      'a leaf that may sign certificates',
      { leaf: { keyUsage: { bits: ['digitalSignature', 'keyCertSign'] } } },
      /may do more than sign \(keyUsage bit 5\)/,
    ],
    [
      'a leaf that is an authority',
      { leaf: { ...sound, basicConstraints: { ca: true } } },
      /is a certificate authority, no signer/,
    ],
    ['a leaf for servers', { leaf: { extendedKeyUsage: { oids: [SERVER_AUTH] } } }, /is not for code signing/],
    [
      'a leaf for servers, too',
      { leaf: { extendedKeyUsage: { oids: [CODE_SIGNING, SERVER_AUTH] } } },
      /is for another purpose, too/,
    ],
    [
      'a leaf for timestamps, too',
      { leaf: { extendedKeyUsage: { oids: [CODE_SIGNING, TIME_STAMPING], critical: true } } },
      /is for another purpose, too/,
    ],
    [
      'a leaf for anything',
      { leaf: { extendedKeyUsage: { oids: [CODE_SIGNING, '2.5.29.37.0'] } } },
      /is for another purpose, too/,
    ],
    [
      'an intermediate that is no authority',
      { intermediate: { basicConstraints: { ca: false } } },
      /"C=US, O=Acme, CN=issuing" is no certificate authority/,
    ],
    [
      'an intermediate without basic constraints',
      { intermediate: { basicConstraints: undefined } },
      /is no certificate authority/,
    ],
    [
      'an intermediate whose basic constraints are not critical',
      { intermediate: { basicConstraints: { ca: true, critical: false } } },
      /does not mark basicConstraints as critical/,
    ],
    [
      'an intermediate that may not sign certificates',
      { intermediate: { keyUsage: { bits: ['digitalSignature'] } } },
      /may not sign certificates/,
    ],
    ['an intermediate without key usage', { intermediate: { keyUsage: undefined } }, /may not sign certificates/],
    [
      'an intermediate whose key usage is not critical',
      { intermediate: { keyUsage: { bits: ['keyCertSign'], critical: false } } },
      /does not mark keyUsage as critical/,
    ],
    [
      'a root that allows no intermediate',
      { root: { basicConstraints: { ca: true, pathLength: 0 } } },
      /allows 0 authorities below it, and there are 1/,
    ],
    [
      'a root that is no authority',
      { root: { basicConstraints: { ca: false } } },
      /CN=root" is no certificate authority/,
    ],
    ['a leaf signed with SHA-1', { leaf: { hash: 'sha1' } }, /not signed with a hash of SHA-2/],
    ['an intermediate signed with SHA-1', { intermediate: { hash: 'sha1' } }, /not signed with a hash of SHA-2/],
  ];
  for (const [what, ca, reason] of uglies) {
    for (const level of LEVELS) {
      it(`is rejected at level ${level} for ${what}`, async () => {
        const made = makeNotationWorld({ ca });
        rejected(await verify(format, sign(format, made), { ...made.trust, level }), 'invalid', reason);
      });
    }
  }

  // "Other requirements" 2: whatever the rest of the extensions says, it must not be evaluated
  const strange = { oid: '1.3.6.1.4.1.99999.7', critical: true, value: Buffer.of(0x30, 0) };
  const goodies: readonly (readonly [what: string, ca: Partial<ChainOptions>])[] = [
    ['with a critical extension that nobody knows', { leaf: { other: strange }, intermediate: { other: strange } }],
    ['without an extended key usage', { leaf: { extendedKeyUsage: undefined } }],
    ['with a critical one', { leaf: { extendedKeyUsage: { oids: [CODE_SIGNING], critical: true } } }],
    [
      "for other purposes of one's own, too",
      { leaf: { extendedKeyUsage: { oids: [CODE_SIGNING, '1.3.6.1.4.1.99999.1'] } } },
    ],
    ['with non-repudiation', { leaf: { keyUsage: { bits: ['digitalSignature', 'nonRepudiation'] } } }],
    ['that says that it is no authority', { leaf: { basicConstraints: { ca: false, critical: false } } }],
  ];
  for (const [what, ca] of goodies) {
    it(`is accepted with a leaf ${what}`, async () => {
      accepted(await verifyIn(format, makeNotationWorld({ ca })));
    });
  }

  it('is accepted for an issuer of RSA with SHA-384', async () => {
    accepted(
      await verifyIn(
        format,
        makeNotationWorld({ ca: { intermediate: { keys: makeKeyPair('rsa-2048') }, leaf: { hash: 'sha384' } } }),
      ),
    );
  });

  const { leaf, intermediate, root } = world.ca;
  const renamed = issueCertificate({ ...intermediate.spec, subject: [['CN', 'renamed']] });
  const orders: readonly (readonly [what: string, chain: readonly Issued[], reason: RegExp])[] = [
    ['without its root', [leaf, intermediate], /ends with "C=US, O=Acme, CN=issuing", which is no root/],
    [
      'without its intermediate',
      [leaf, root],
      /CN=release" was not issued by the next of its chain, "C=US, O=Acme, CN=root"/,
    ],
    ['in another order', [leaf, root, intermediate], /allows 0 authorities below it/],
    [
      'with a certificate of another chain',
      [leaf, intermediate, world.stranger.root],
      /CN=issuing" was not issued by the next/,
    ],
    [
      'through an issuer with the right key and another name',
      [leaf, renamed, root],
      /CN=release" was not issued by the next of its chain, "CN=renamed"/,
    ],
    [
      'with the leaf of another chain of the same names',
      [world.stranger.leaf, intermediate, root],
      /CN=release" was not issued by the next/,
    ],
    [
      'with its root twice',
      [leaf, intermediate, root, root],
      /"C=US, O=Acme, CN=root", which is a root, before its end/,
    ],
    [
      'with two roots',
      [leaf, intermediate, root, world.stranger.root],
      /"C=US, O=Acme, CN=root", which is a root, before its end/,
    ],
    ['of the leaf alone', [leaf], /which is no root: it did not issue itself/],
  ];
  for (const [what, chain, reason] of orders) {
    it(`is rejected ${what}`, async () => {
      rejected(await verify(format, sign(format, world, { chain })), 'invalid', reason);
    });
  }

  it('is not opened with more than ten certificates', async () => {
    const opened = await openBytes(format, sign(format, world, { chain: Array.from({ length: 11 }, () => leaf) }));
    assert.ok(opened.signed === 'broken');
    assert.match(opened.reason, /its chain has 11 certificates, more than 10/);
  });

  it('must be valid as a whole: an intermediate that has expired is enough', async () => {
    const made = makeNotationWorld({ ca: { intermediate: { notAfter: new Date(world.now.getTime() - DAY) } } });
    rejected(await verifyIn(format, made), 'invalid', /"C=US, O=Acme, CN=issuing" expired on/);
  });

  it('tells attributes that a name has twice, of other types and charsets', async () => {
    const subject: CertificateSpec['subject'] = [
      ['C', 'US'],
      ['OU', 'a, b'],
      ['OU', 'Müller'],
      ['1.2.3.4', 'x'],
    ];
    const { signer } = accepted(await verifyIn(format, makeNotationWorld({ ca: { subject } })));
    assert.ok(signer.kind === 'notation');
    assert.equal(signer.identity, 'C=US, OU=a\\, b, OU=Müller, 1.2.3.4=x');
  });
});

describe('the headers of a Notary Project signature', () => {
  const scheme = 'notary.x509.signingAuthority';
  type Ugly = readonly [what: string, options: Partial<SignNotationOptions>, reason: RegExp, state?: string];
  const uglies: readonly Ugly[] = [
    [
      'another content type',
      { headers: { cty: 'application/json', 3: 'application/json' } },
      /not application\/vnd\.cncf\.notary\.payload\.v1\+json/,
    ],
    ['no content type', { headers: { cty: undefined, 3: undefined } }, /(?:cty is null|missing), not application/],
    ['no list of critical attributes', { headers: { crit: undefined, 2: undefined } }, /crit is no list/],
    ['an empty list of critical attributes', { critical: [] }, /crit is empty/],
    ['a critical attribute twice', { critical: [SIGNING_SCHEME, SIGNING_SCHEME] }, /crit has a name twice/],
    [
      'a critical attribute that is a number written as text',
      { critical: [SIGNING_SCHEME, '3'] },
      /crit has (?:an entry that is no label|"3", which is no signed header)/,
    ],
    [
      'a critical attribute that is not there',
      { critical: [SIGNING_SCHEME, EXPIRY] },
      /crit has "io\.cncf\.notary\.expiry", which is no signed header/,
    ],
    [
      'a signing scheme that is not critical',
      { critical: [SIGNING_TIME] },
      /signingScheme must be there and be named in crit/,
    ],
    [
      'no signing scheme',
      { headers: { [SIGNING_SCHEME]: undefined }, critical: [SIGNING_TIME] },
      /signingScheme must be there/,
    ],
    [
      'an unknown signing scheme',
      { headers: { [SIGNING_SCHEME]: 'notary.other' } },
      /signing scheme "notary\.other" is not known/,
      'unsupported',
    ],
    [
      'an expiry that is not critical',
      { expiry: later(1), critical: [SIGNING_SCHEME] },
      /expiry must be there and be named in crit/,
    ],
    [
      'an expiry that is no time',
      { headers: { [EXPIRY]: 'tomorrow' }, critical: [SIGNING_SCHEME, EXPIRY] },
      /expiry is no time: "tomorrow"/,
    ],
    [
      'the signing time of the other scheme',
      { scheme, headers: { [SIGNING_TIME]: '2026-01-01T00:00:00Z' } },
      /signingTime must not be there under notary\.x509\.signingAuthority/,
    ],
    [
      'an authority that says no time',
      { scheme, headers: { [AUTHENTIC_SIGNING_TIME]: undefined }, critical: [SIGNING_SCHEME] },
      /authenticSigningTime is missing/,
    ],
    [
      'an authentic time under the plain scheme',
      { headers: { [AUTHENTIC_SIGNING_TIME]: '2026-01-01T00:00:00Z' } },
      /authenticSigningTime must not be there under notary\.x509$/,
    ],
    [
      'an authentic time that is not critical',
      { scheme, critical: [SIGNING_SCHEME] },
      /authenticSigningTime must be there and be named in crit/,
    ],
  ];
  for (const format of FORMATS) {
    for (const [what, options, reason, state = 'invalid'] of uglies) {
      it(`are not opened with ${what} (${format})`, async () => {
        const opened = await openBytes(format, sign(format, world, options));
        assert.ok(opened.signed === 'broken', 'it was opened');
        assert.match(opened.reason, reason);
        assert.equal(opened.state, state);
      });
    }
  }
});

function selfSigned(): Issued {
  return issueCertificate({
    subject: [
      ['C', 'US'],
      ['O', 'Acme'],
      ['CN', 'alone'],
    ],
    keys: makeKeyPair('p-256'),
    notBefore: later(-1),
    notAfter: later(1),
    keyUsage: { bits: ['digitalSignature'] },
  });
}

function fingerprintOf({ certificate }: Issued): string {
  return `sha256:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`;
}

/** The same JSON, written with other spaces and another order. */
function spaced(bytes: Buffer): Buffer {
  const entries = Object.entries(JSON.parse(bytes.toString()) as object).reverse();
  return Buffer.from(JSON.stringify(Object.fromEntries(entries), undefined, 2));
}
