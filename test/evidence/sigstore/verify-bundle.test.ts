import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Extension } from '@peculiar/x509';
import { Verifier } from '@sigstore/verify';
import { publicGoodRoots } from '../../../src/evidence/sigstore/public-good-roots.ts';
import { parseTrustedRoots } from '../../../src/evidence/sigstore/trusted-root.ts';
import type { SigstoreTrust, Trust } from '../../../src/evidence/trust.ts';
import { codeSigningUsage, timeStampingUsage } from '../../support/sigstore/certificate-authority.ts';
import {
  emailIdentity,
  githubIdentity,
  uriIdentity,
  withNames,
  withoutIssuer,
} from '../../support/sigstore/identity.ts';
import {
  type MadeBundle,
  makeKeyBundle,
  makeKeylessBundle,
  makeMessageBundle,
} from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { type Answer, changed, documentOf, judge, newKeys, trustOf, trustOfKey } from './trusted-world.ts';

const subject = `sha256:${'ab'.repeat(32)}` as const;
const statement = makeStatement({ subject });
const identity = githubIdentity();
const artifact = Buffer.from('the bytes of a manifest');
let world: SigstoreWorld;
let github: SigstoreWorld;
let other: SigstoreWorld;

before(async () => {
  [world, github, other] = await Promise.all([
    startSigstoreWorld(),
    startSigstoreWorld({ kind: 'github' }),
    startSigstoreWorld(),
  ]);
});
after(() => Promise.all([world, github, other].map((one) => one.close())));

interface Case {
  readonly title: string;
  readonly bundle: () => Promise<MadeBundle>;
  /** Default the world's root. */
  readonly trust?: () => Trust;
  readonly artifact?: Uint8Array;
  readonly state: Answer['state'];
  readonly says?: RegExp;
}

const keyless = (options: Partial<Parameters<typeof makeKeylessBundle>[1]> = {}): Promise<MadeBundle> =>
  makeKeylessBundle(world, { statement, identity, ...options } as Parameters<typeof makeKeylessBundle>[1]);

function runTable(cases: readonly Case[]): void {
  for (const { title, bundle, trust, artifact: bytes, state, says } of cases) {
    it(`${title}: ${state}`, async () => {
      const answer = await judge(documentOf(await bundle()), trust?.() ?? trustOf(world), bytes);
      assert.equal(answer.state, state, answer.reason);
      if (says !== undefined) assert.match(answer.reason, says);
    });
  }
}

describe('a bundle signed with a certificate', () => {
  runTable([
    { title: 'v0.1 with Rekor v1', bundle: () => keyless({ version: '0.1' }), state: 'verified' },
    { title: 'v0.2 with Rekor v1', bundle: () => keyless({ version: '0.2' }), state: 'verified' },
    { title: 'v0.3 with Rekor v1', bundle: () => keyless(), state: 'verified' },
    { title: 'v0.3 with Rekor v1 and a TSA', bundle: () => keyless({ tsa: true }), state: 'verified' },
    { title: 'v0.3 with Rekor v2 and a TSA', bundle: () => keyless({ rekor: 'v2' }), state: 'verified' },
    {
      title: "GitHub's own instance: a TSA and no log",
      bundle: () => makeKeylessBundle(github, { statement, identity }),
      trust: () => trustOf(github),
      state: 'verified',
    },
    {
      title: 'a certificate that has expired since',
      bundle: () => keyless({ at: new Date(Date.now() - 200 * 86_400_000) }),
      state: 'verified',
    },
    {
      title: 'a payload type of its predicate',
      bundle: () => keyless({ payloadType: 'application/vnd.in-toto.provenance+json' }),
      state: 'verified',
    },
    {
      title: 'a message signature',
      bundle: () => makeMessageBundle(world, { artifact, identity }),
      artifact,
      state: 'verified',
    },
    {
      title: 'the older spelling of v0.3, with a space',
      bundle: async () =>
        changed(await keyless(), (json) => {
          json.mediaType = 'application/vnd.dev.sigstore.bundle+json; version=0.3';
        }),
      state: 'verified',
    },
    {
      title: 'a message signature without its bytes',
      bundle: () => makeMessageBundle(world, { artifact, identity }),
      state: 'unsupported',
      says: /not at hand/,
    },
    {
      title: 'a message signature over other bytes',
      bundle: () => makeMessageBundle(world, { artifact, identity }),
      artifact: Buffer.from('other bytes'),
      state: 'invalid',
      says: /which these bytes are not/,
    },
    {
      title: 'a message signature that names the digest of other bytes',
      bundle: async () =>
        changed(await makeMessageBundle(world, { artifact, identity }), (json) => {
          assert.ok(json.messageSignature);
          json.messageSignature.messageDigest.digest = createHash('sha256').update('x').digest('base64');
        }),
      artifact: Buffer.from('x'),
      state: 'invalid',
    },
    {
      title: 'a message signature that names a digest of SHA-3',
      bundle: async () =>
        changed(await makeMessageBundle(world, { artifact, identity }), (json) => {
          assert.ok(json.messageSignature);
          json.messageSignature.messageDigest.algorithm = 'SHA3_256';
        }),
      artifact,
      state: 'unsupported',
      says: /digest algorithm that is not supported/,
    },
    {
      title: 'a log entry of a kind that cannot be compared',
      bundle: async () =>
        changed(await keyless(), (json) => {
          const [entry] = json.verificationMaterial.tlogEntries;
          assert.ok(entry);
          entry['kindVersion'] = { kind: 'rekord', version: '0.0.1' };
        }),
      state: 'unsupported',
      says: /kind "rekord 0\.0\.1"/,
    },
    {
      title: 'a certificate with a byte after its end',
      bundle: async () =>
        changed(await makeKeylessBundle(github, { statement, identity }), (json) => {
          const certificate = json.verificationMaterial['certificate'] as { rawBytes: string };
          const longer = Buffer.concat([Buffer.from(certificate.rawBytes, 'base64'), Buffer.from([0])]);
          certificate.rawBytes = longer.toString('base64');
        }),
      trust: () => trustOf(github),
      state: 'invalid',
    },
    {
      title: 'Rekor v2 without a TSA, so without a time',
      bundle: () => keyless({ rekor: 'v2', tsa: false }),
      state: 'invalid',
      says: /time is not proved/,
    },
    {
      title: 'no log where the root has logs',
      bundle: () => keyless({ rekor: 'none', tsa: true }),
      state: 'invalid',
      says: /log entries are not enough/,
    },
    {
      title: 'neither log nor time',
      bundle: () => keyless({ rekor: 'none', tsa: false }),
      state: 'invalid',
      says: /time is not proved/,
    },
    {
      title: 'a log entry taken away',
      bundle: async () =>
        changed(await keyless({ tsa: true }), (json) => {
          json.verificationMaterial.tlogEntries = [];
        }),
      state: 'invalid',
      says: /not enough/,
    },
    {
      title: 'the same log entry twice',
      bundle: async () =>
        changed(await keyless(), (json) => {
          json.verificationMaterial.tlogEntries.push(...json.verificationMaterial.tlogEntries);
        }),
      state: 'invalid',
      says: /duplicate/,
    },
    {
      title: 'the log entry of another bundle',
      bundle: async () => {
        const [one, two] = [await keyless(), await keyless()];
        return changed(one, (json) => {
          json.verificationMaterial.tlogEntries = changedEntries(two);
        });
      },
      state: 'invalid',
      says: /about something else/,
    },
    {
      title: 'a time that was changed',
      bundle: async () =>
        changed(await keyless(), (json) => {
          const [entry] = json.verificationMaterial.tlogEntries;
          assert.ok(entry);
          entry['integratedTime'] = String(Number(entry['integratedTime']) + 1);
        }),
      state: 'invalid',
      says: /inclusion promise/,
    },
    {
      title: 'a certificate that had expired when it was logged',
      bundle: async () => {
        const late = await keyless();
        const early = await keyless({ at: new Date(Date.now() - 86_400_000) });
        return changed(late, (json) => {
          json.verificationMaterial['certificate'] = (early.json['verificationMaterial'] as Record<string, unknown>)[
            'certificate'
          ];
        });
      },
      state: 'invalid',
      says: /expired/,
    },
    {
      title: 'a payload that was changed',
      bundle: async () =>
        changed(await keyless(), (json) => {
          assert.ok(json.dsseEnvelope);
          const text = Buffer.from(json.dsseEnvelope.payload, 'base64').toString().replace('acme', 'evil');
          json.dsseEnvelope.payload = Buffer.from(text).toString('base64');
        }),
      state: 'invalid',
    },
    {
      title: 'a payload type that was changed to another of in-toto',
      bundle: async () =>
        changed(await keyless(), (json) => {
          assert.ok(json.dsseEnvelope);
          json.dsseEnvelope.payloadType = 'application/vnd.in-toto.spdx+json';
        }),
      state: 'invalid',
      says: /signature/,
    },
    {
      title: 'a certificate for TLS and not for code signing',
      bundle: () => makeKeylessBundle(withUsage(github, [timeStampingUsage()]), { statement, identity }),
      trust: () => trustOf(github),
      state: 'invalid',
      says: /not one for code signing/,
    },
    {
      title: 'a certificate without any extended key usage',
      bundle: () => makeKeylessBundle(withUsage(github, []), { statement, identity }),
      trust: () => trustOf(github),
      state: 'invalid',
      says: /not one for code signing/,
    },
    {
      title: 'a certificate that no certificate log promised, where the root has such logs',
      bundle: () => makeKeylessBundle(withUsage(world, [codeSigningUsage()]), { statement, identity }),
      state: 'invalid',
      says: /expected 1 SCTs/,
    },
    {
      title: 'an issuer extension that is no text',
      bundle: () =>
        makeKeylessBundle(
          withUsage(github, [
            codeSigningUsage(),
            new Extension('1.3.6.1.4.1.57264.1.8', false, new Uint8Array([0x0c, 0x01, 0xff])),
          ]),
          { statement, identity },
        ),
      trust: () => trustOf(github),
      state: 'invalid',
      says: /57264\.1\.8 is no text/,
    },
    {
      title: 'asked for a key',
      bundle: () => keyless(),
      trust: () => trustOfKey(newKeys.p256()),
      state: 'untrusted',
      says: /signed with a certificate/,
    },
  ]);
});

describe('a log or an authority that the root does not know', () => {
  runTable([
    {
      title: 'another certificate authority',
      bundle: () => keyless(),
      trust: () => trustOf(other, 'corp.json'),
      state: 'unknown-root-material',
      says: /certificate was issued by an authority that the root corp\.json of 20\d\d-\d\d-\d\d does not know; give a newer file/,
    },
    {
      title: 'another instance than the embedded root',
      bundle: () => keyless(),
      trust: () => ({ kind: 'sigstore', name: 'sigstore', roots: publicGoodRoots() }),
      state: 'unknown-root-material',
      says: /root public-good of 20\d\d-\d\d-\d\d does not know; write `refresh: true` .* `refresh-trusted-root: true`.*private repository.*`github` \(the input `trusted-root: github`\)$/,
    },
    {
      title: 'another log',
      bundle: () => keyless(),
      trust: () => rootWith({ tlogs: other.trustedRoot['tlogs'] }),
      state: 'unknown-root-material',
      says: /it is in a log \(id [0-9a-f]{16}/,
    },
    {
      title: 'another certificate log',
      bundle: () => keyless(),
      trust: () => rootWith({ ctlogs: other.trustedRoot['ctlogs'] }),
      state: 'unknown-root-material',
      says: /certificate log/,
    },
    {
      title: 'another timestamp authority',
      bundle: () => keyless({ rekor: 'v2' }),
      trust: () => rootWith({ timestampAuthorities: github.trustedRoot['timestampAuthorities'] }),
      state: 'unknown-root-material',
      says: /timestamp of an authority/,
    },
    {
      title: "another log, and a payload that was changed, so that it does not fit its own certificate's key",
      bundle: async () =>
        changed(await keyless(), (json) => {
          assert.ok(json.dsseEnvelope);
          const text = Buffer.from(json.dsseEnvelope.payload, 'base64').toString().replace('acme', 'evil');
          json.dsseEnvelope.payload = Buffer.from(text).toString('base64');
        }),
      trust: () => rootWith({ tlogs: other.trustedRoot['tlogs'] }),
      state: 'invalid',
    },
    {
      title: 'a key with a log that the root does not know',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v1' }),
      trust: () => trustOfKey(sharedKey, other),
      state: 'unknown-root-material',
    },
    {
      title: 'two roots of which one knows it',
      bundle: () => keyless(),
      trust: () => ({ ...trustOf(world), roots: [...trustOf(other).roots, ...trustOf(world).roots] }),
      state: 'verified',
    },
    {
      title: 'two roots, and a signature that is wrong under the one that knows it',
      bundle: () => keyless({ rekor: 'none', tsa: true }),
      trust: () => ({ ...trustOf(world), roots: [...trustOf(other).roots, ...trustOf(world).roots] }),
      state: 'invalid',
    },
  ]);
});

const sharedKey = newKeys.p256();

describe('a bundle signed with a key', () => {
  const keys = Object.entries(newKeys);
  for (const [name, make] of keys) {
    const privateKey = make();
    runTable([
      {
        title: `${name}, an envelope, no log`,
        bundle: () => makeKeyBundle({ statement, privateKey }),
        trust: () => trustOfKey(privateKey),
        state: 'verified',
      },
      {
        title: `${name}, a message, no log`,
        bundle: () => makeMessageBundle(undefined, { artifact, privateKey }),
        trust: () => trustOfKey(privateKey),
        artifact,
        state: 'verified',
      },
      {
        title: `${name}, an envelope that was changed`,
        bundle: async () =>
          changed(await makeKeyBundle({ statement, privateKey }), (json) => {
            assert.ok(json.dsseEnvelope);
            json.dsseEnvelope.payload = Buffer.from(JSON.stringify({ ...statement, predicate: 1 })).toString('base64');
          }),
        trust: () => trustOfKey(privateKey),
        state: 'invalid',
      },
    ]);
  }

  const p384 = newKeys.p384();
  const ed25519 = newKeys.ed25519();
  runTable([
    {
      title: 'P-384 with SHA-256, as cosign signs messages',
      bundle: () => makeMessageBundle(undefined, { artifact, privateKey: p384, hash: 'sha256' }),
      trust: () => trustOfKey(p384),
      artifact,
      state: 'verified',
    },
    {
      title: 'with a timestamp that is none, where the key alone decides',
      bundle: async () =>
        changed(await makeKeyBundle({ statement, privateKey: sharedKey }), (json) => {
          json.verificationMaterial['timestampVerificationData'] = { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] };
        }),
      trust: () => trustOfKey(sharedKey),
      state: 'verified',
    },
    {
      title: 'with a timestamp that is none, where a log is required',
      bundle: async () =>
        changed(await makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v1' }), (json) => {
          json.verificationMaterial['timestampVerificationData'] = { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] };
        }),
      trust: () => trustOfKey(sharedKey, world),
      state: 'invalid',
    },
    {
      title: 'with a log entry',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v1' }),
      trust: () => trustOfKey(sharedKey, world),
      state: 'verified',
    },
    {
      title: 'with an entry in Rekor v2 and a timestamp',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v2', tsa: true }),
      trust: () => trustOfKey(sharedKey, world),
      state: 'verified',
    },
    {
      title: 'with an entry in Rekor v2 and no timestamp, so without a time',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v2', tsa: false }),
      trust: () => trustOfKey(sharedKey, world),
      state: 'invalid',
      says: /time is not proved/,
    },
    {
      title: 'without a log entry where the policy requires one',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world, tsa: true }),
      trust: () => trustOfKey(sharedKey, world),
      state: 'invalid',
      says: /not enough/,
    },
    {
      title: 'a log that is required of a root without logs',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world: github, tsa: true }),
      trust: () => trustOfKey(sharedKey, github),
      state: 'unsupported',
      says: /names none/,
    },
    {
      title: 'P-384 with SHA-384 and a log entry',
      bundle: () => makeKeyBundle({ statement, privateKey: p384, world, rekor: 'v1' }),
      trust: () => trustOfKey(p384, world),
      state: 'unsupported',
      says: /secp384r1/,
    },
    {
      title: 'an Ed25519 message with a log entry',
      bundle: () => makeMessageBundle(world, { artifact, privateKey: ed25519, rekor: 'v1' }),
      trust: () => trustOfKey(ed25519, world),
      artifact,
      state: 'unsupported',
      says: /ed25519/,
    },
    {
      title: 'an Ed25519 envelope with a log entry',
      bundle: () => makeKeyBundle({ statement, privateKey: ed25519, world, rekor: 'v1' }),
      trust: () => trustOfKey(ed25519, world),
      state: 'verified',
    },
    {
      title: 'another key, which its hint names',
      bundle: () => makeKeyBundle({ statement, privateKey: newKeys.p256() }),
      trust: () => trustOfKey(sharedKey),
      state: 'untrusted',
      says: /is signed, it says, with the key sha256:/,
    },
    {
      title: 'another key, and a hint that names the right one',
      bundle: async () => {
        const hint = Buffer.from(trustOfKey(sharedKey).fingerprint.slice(7), 'hex').toString('base64');
        return changed(await makeKeyBundle({ statement, privateKey: newKeys.p256() }), (json) => {
          json.verificationMaterial['publicKey'] = { hint };
        });
      },
      trust: () => trustOfKey(sharedKey),
      state: 'invalid',
      says: /does not fit the key release-key/,
    },
    {
      title: 'the right key, and a hint that names another',
      bundle: async () =>
        changed(await makeKeyBundle({ statement, privateKey: sharedKey }), (json) => {
          json.verificationMaterial['publicKey'] = { hint: Buffer.alloc(32).toString('base64') };
        }),
      trust: () => trustOfKey(sharedKey),
      state: 'verified',
    },
    {
      title: 'another key with a log entry',
      bundle: () => makeKeyBundle({ statement, privateKey: newKeys.p256(), world, rekor: 'v1' }),
      trust: () => trustOfKey(sharedKey, world),
      state: 'untrusted',
    },
    {
      title: 'asked for a certificate',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v1' }),
      state: 'untrusted',
      says: /signed with a key/,
    },
    {
      title: 'asked for a Notary Project signature',
      bundle: () => makeKeyBundle({ statement, privateKey: sharedKey }),
      trust: () => ({ kind: 'notation', name: 'corp', ca: [], signingAuthority: [], tsa: [], level: 'strict' }),
      state: 'untrusted',
    },
  ]);

  it('proves no time without a log, whatever the bundle brings along', async () => {
    const bundle = await makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v1', tsa: true });
    const { outcome } = await judge(documentOf(bundle), trustOfKey(sharedKey));
    assert.ok(outcome?.verified);
    assert.deepEqual(outcome.times, []);
    assert.equal(outcome.root, undefined);
  });
});

describe('what a verified bundle says', () => {
  it('names the signer by what Fulcio certified, and every proved time', async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000);
    const bundle = await keyless({ tsa: true, at });
    const { outcome, evidence } = await judge(documentOf(bundle), trustOf(world));
    assert.ok(outcome?.verified && outcome.signer.kind === 'certificate');
    const workflow = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0';
    const { identity: name, issuer, extensions, fingerprint } = outcome.signer;
    assert.equal(name, workflow);
    assert.equal(issuer, 'https://token.actions.githubusercontent.com');
    assert.equal(extensions['1'], issuer);
    assert.equal(extensions['8'], issuer);
    assert.equal(extensions['11'], 'github-hosted');
    assert.equal(extensions['12'], 'https://github.com/acme/app');
    assert.equal(extensions['14'], 'refs/tags/v1.4.0');
    assert.equal(extensions['18'], workflow);
    assert.match(fingerprint, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(outcome.times.map(({ source }) => source).sort(), ['timestamp-authority', 'transparency-log']);
    for (const { time } of outcome.times) assert.equal(time.getTime(), at.getTime());
    assert.equal(outcome.root?.label, 'trusted_root.json');
    assert.ok(evidence?.claim.kind === 'statement');
    assert.deepEqual(evidence.claim.statement.subjects[0]?.digest, { sha256: 'ab'.repeat(32) });
  });

  it('does not believe a time in a log entry that no promise signs', async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000);
    const bundle = changed(await keyless({ tsa: true, at }), (json) => {
      const [entry] = json.verificationMaterial.tlogEntries;
      assert.ok(entry);
      delete entry['inclusionPromise'];
      entry['integratedTime'] = String(Date.now() / 1000);
    });
    const { outcome, reason } = await judge(documentOf(bundle), trustOf(world));
    assert.ok(outcome?.verified, reason);
    assert.deepEqual(outcome.times, [{ time: at, source: 'timestamp-authority' }]);
  });

  const names: readonly (readonly [string, Parameters<typeof makeKeylessBundle>[1]['identity'], string | undefined])[] =
    [
      ['a mail address', emailIdentity('first-reviewer@acme.example'), 'first-reviewer@acme.example'],
      ['a URI', uriIdentity('spiffe://acme/build'), 'spiffe://acme/build'],
      [
        'nobody of two names',
        withNames(identity, [
          { type: 'email', value: 'a@acme.example' },
          { type: 'url', value: 'https://acme.example' },
        ]),
        undefined,
      ],
      ['nobody of another kind of name', withNames(identity, [{ type: 'dns', value: 'acme.example' }]), undefined],
      ['nobody of an OtherName', withNames(identity, [{ type: 'upn', value: 'a@acme.example' }]), undefined],
    ];
  for (const [title, claims, expected] of names) {
    it(`takes ${title} for the identity`, async () => {
      const { outcome } = await judge(documentOf(await keyless({ identity: claims })), trustOf(world));
      assert.ok(outcome?.verified && outcome.signer.kind === 'certificate', JSON.stringify(outcome));
      assert.equal(outcome.signer.identity, expected);
    });
  }

  it('has no issuer where the certificate has none', async () => {
    const bundle = await keyless({ identity: withoutIssuer(identity) });
    const { outcome } = await judge(documentOf(bundle), trustOf(world));
    assert.ok(outcome?.verified && outcome.signer.kind === 'certificate');
    assert.equal(outcome.signer.issuer, undefined);
  });

  it('is no question for the library: it is given no policy, by certificate or by key', async (t) => {
    const asked = t.mock.method(Verifier.prototype, 'verify'); // which goes on to the real one
    const byKey = await makeKeyBundle({ statement, privateKey: sharedKey, world, rekor: 'v1' });
    const answers = [
      await judge(documentOf(await keyless()), trustOf(world)),
      await judge(documentOf(byKey), trustOfKey(sharedKey, world)),
    ];
    assert.deepEqual(
      answers.map(({ state }) => state),
      ['verified', 'verified'],
    );
    assert.deepEqual(
      asked.mock.calls.map((call) => call.arguments.slice(1)),
      [[], []],
    );
  });

  it('is one envelope however its JSON is written, and two for two signatures', async () => {
    const bundle = await keyless();
    const spaced = changed(bundle, (json) => {
      json['anything'] = 'else';
      assert.ok(json.dsseEnvelope?.signatures[0]);
      json.dsseEnvelope.signatures[0].sig = json.dsseEnvelope.signatures[0].sig.replace(/=+$/, '');
    });
    const [one, same, another] = await Promise.all(
      [bundle, spaced, await keyless()].map(async (each) => (await judge(documentOf(each), trustOf(world))).evidence),
    );
    assert.ok(one && same && another);
    assert.match(one.envelope, /^sha256:[0-9a-f]{64}$/);
    assert.equal(one.envelope, same.envelope);
    assert.notEqual(one.envelope, another.envelope);
  });
});

function changedEntries(bundle: MadeBundle): Record<string, unknown>[] {
  let entries: Record<string, unknown>[] = [];
  changed(bundle, (json) => {
    entries = json.verificationMaterial.tlogEntries;
  });
  return entries;
}

/** A world's root with a part of another. */
function rootWith(parts: Readonly<Record<string, unknown>>): SigstoreTrust {
  const json = JSON.stringify({ ...world.trustedRoot, ...parts });
  const roots = parseTrustedRoots(Buffer.from(json), { label: 'mixed.json', source: 'file' });
  return { kind: 'sigstore', name: 'mixed', roots };
}

/** A world whose authority makes certificates with these extensions alone. */
function withUsage(from: SigstoreWorld, extensions: readonly Extension[]): SigstoreWorld {
  const issue: SigstoreWorld['fulcio']['issue'] = async ({ publicKey }, at = new Date()) => {
    const { createPublicKey, X509Certificate } = await import('node:crypto');
    const leaf = await from.fulcio.authority.issue({
      subject: '',
      serialNumber: '77',
      publicKey: createPublicKey(publicKey),
      notBefore: at,
      notAfter: new Date(at.getTime() + 600_000),
      extensions,
    });
    return [new X509Certificate(leaf).toString()];
  };
  return { ...from, fulcio: Object.create(from.fulcio, { issue: { value: issue } }) as SigstoreWorld['fulcio'] };
}
