import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RFC3161Timestamp } from '@sigstore/core';
import { parseTimestampToken } from '../../../src/evidence/notation/timestamp-token.ts';
import { verifyTimestamp } from '../../../src/evidence/notation/verify-timestamp.ts';
import { fc } from '../../support/fast-check.ts';
import {
  CODE_SIGNING,
  type Issued,
  issueCertificate,
  makeKeyPair,
  TIME_STAMPING,
} from '../../support/notation/certificates.ts';
import { sequence } from '../../support/notation/der.ts';
import { type ChainOptions, makeNotationChain, type NotationChain } from '../../support/notation/notation-chain.ts';
import { makeNotationWorld } from '../../support/notation/notation-world.ts';
import { makeTimestampToken, type TimestampSpec } from '../../support/notation/timestamp.ts';
import { accepted, FORMATS, type Format, openSigned, rejected, sign } from './open.ts';

const YEAR = 365 * 24 * 3_600_000;
const DAY = 24 * 3_600_000;
const world = makeNotationWorld({ now: new Date('2026-06-01T00:00:00Z') });
const AFTER = new Date('2031-01-01T00:00:00Z'); // every certificate has expired by then
const SIGNATURE = Buffer.from('the signature of an envelope');
const TIME = new Date('2026-06-01T00:00:00Z');

function token(changes: Partial<TimestampSpec> = {}, tsa: NotationChain = world.tsa): Buffer {
  return makeTimestampToken({ over: SIGNATURE, time: TIME, signer: tsa.leaf, others: [tsa.intermediate], ...changes });
}

function verify(bytes: Uint8Array, roots: readonly Issued[] = [world.tsa.root]): Date {
  return verifyTimestamp(
    bytes,
    SIGNATURE,
    roots.map(({ certificate }) => certificate),
  ).time;
}

function makeTsa(options: Partial<ChainOptions> = {}): NotationChain {
  const { notBefore, notAfter } = world.tsa.leaf.spec;
  return makeNotationChain({ purpose: 'timestamp', organisation: 'Other Time', notBefore, notAfter, ...options });
}

describe('verifyTimestamp', () => {
  it('gives the time of a good token, as @sigstore/core does', () => {
    const bytes = token();
    assert.deepEqual(verify(bytes), TIME);
    // the library wants a TimeStampResp around it: a status first
    const response = RFC3161Timestamp.parse(sequence(Buffer.from('3003020100', 'hex'), bytes) as Buffer<ArrayBuffer>);
    response.verify(SIGNATURE, world.tsa.leaf.keys.publicKey);
    assert.deepEqual(response.signingTime, TIME);
  });

  for (const key of ['rsa-2048', 'rsa-4096', 'p-256', 'p-384', 'p-521'] as const) {
    it(`verifies ${key} with every hash of SHA-2`, () => {
      const tsa = makeTsa({ key });
      for (const signatureHash of ['sha256', 'sha384', 'sha512'] as const) {
        assert.deepEqual(verify(token({ signatureHash, imprintHash: signatureHash }, tsa), [tsa.root]), TIME);
      }
    });
  }

  it('finds the way up among certificates in any order, cross-signed and unrelated ones', () => {
    const { tsa, stranger, ca } = world;
    const cross = issueCertificate({ ...tsa.intermediate.spec, issuer: stranger.root });
    for (const others of [
      [cross, tsa.intermediate, ca.leaf],
      [ca.leaf, tsa.intermediate, cross],
      [tsa.root, cross, tsa.intermediate],
    ]) {
      assert.deepEqual(verify(token({ others })), TIME);
      assert.deepEqual(verify(token({ others }), [stranger.root, tsa.root]), TIME);
    }
    assert.deepEqual(verify(token({ others: [cross, tsa.intermediate] }), [stranger.root]), TIME);
  });

  it('takes a certificate of the store as the end, whichever it is', () => {
    const { leaf, intermediate } = world.tsa;
    assert.deepEqual(verify(token({ others: [] }), [intermediate]), TIME);
    assert.deepEqual(verify(token({ others: [] }), [leaf]), TIME);
  });

  it('takes a root that is itself signed with SHA-1: it is trusted as it is', () => {
    const tsa = makeTsa({ root: { hash: 'sha1' } });
    assert.deepEqual(verify(token({}, tsa), [tsa.root]), TIME);
  });

  it('reads fractions of a second', () => {
    const time = new Date('2026-06-01T00:00:00.250Z');
    for (const [written, expected] of [
      ['20260601000000.25Z', time],
      ['20260601000000.250999Z', time],
    ] as const) {
      assert.deepEqual(verify(token({ genTime: written })), expected);
    }
  });

  const expired = { notAfter: new Date(TIME.getTime() - DAY) };
  const uglies: readonly (readonly [
    what: string,
    make: () => { bytes: Uint8Array; roots?: readonly Issued[] },
    reason: RegExp,
    state?: string,
  ])[] = [
    [
      'over other bytes',
      () => ({ bytes: token({ over: Buffer.from('another signature') }) }),
      /is of another signature/,
    ],
    [
      'whose time was changed',
      () => ({ bytes: token({ tamper: (info) => replaceText(info, '20260601', '20250601') }) }),
      /not the one that was signed/,
    ],
    [
      'that somebody else signed',
      () => ({ bytes: token({ forger: makeTsa().leaf }) }),
      /signature of the timestamp is wrong/,
    ],
    [
      'by an authority that nobody trusts',
      () => ({ bytes: token({}, makeTsa()) }),
      /"C=US, ST=WA, O=Other Time, CN=release", of no authority in the trust store \(tsa\)/,
      'untrusted',
    ],
    [
      'whose intermediate is not there',
      () => ({ bytes: token({ others: [] }) }),
      /of no authority in the trust store/,
      'untrusted',
    ],
    ['with no trust store', () => ({ bytes: token(), roots: [] }), /of no authority in the trust store/, 'untrusted'],
    [
      'by the certificate of a code signer',
      () => ofTsa({ leaf: { extendedKeyUsage: { oids: [CODE_SIGNING], critical: true } } }),
      /is not for timestamps/,
    ],
    ['without an extended key usage', () => ofTsa({ leaf: { extendedKeyUsage: undefined } }), /is not for timestamps/],
    [
      'whose purpose is not critical',
      () => ofTsa({ leaf: { extendedKeyUsage: { oids: [TIME_STAMPING], critical: false } } }),
      /does not mark its purpose, timestamps, as critical/,
    ],
    [
      'of two purposes',
      () => ofTsa({ leaf: { extendedKeyUsage: { oids: [TIME_STAMPING, CODE_SIGNING], critical: true } } }),
      /for other purposes besides timestamps/,
    ],
    [
      'by what may not sign',
      () => ofTsa({ leaf: { keyUsage: { bits: ['keyCertSign'] } } }),
      /may not sign \(keyUsage\)/,
    ],
    [
      'under what is no authority',
      () => ofTsa({ intermediate: { basicConstraints: { ca: false } } }),
      /is no certificate authority/,
    ],
    [
      'under too long a chain',
      () => ofTsa({ root: { basicConstraints: { ca: true, pathLength: 0 } } }),
      /allows 0 authorities below it, and there are 1/,
    ],
    ['by a leaf signed with SHA-1', () => ofTsa({ leaf: { hash: 'sha1' } }), /not signed with a hash of SHA-2/],
    [
      'by a certificate that had expired',
      () => ofTsa({ leaf: expired }),
      /no longer valid at the time of the timestamp/,
    ],
    ['under a root that had expired', () => ofTsa({ root: expired }), /no longer valid at the time of the timestamp/],
    [
      'before its certificate was valid',
      () => ({ bytes: token({ time: new Date(TIME.getTime() - 2 * YEAR) }) }),
      /not yet at the time of the timestamp/,
    ],
    [
      'that does not say whose it is',
      () => ({ bytes: token({ signingCertificate: 'none' }) }),
      /does not say whose it is/,
    ],
    [
      'that names a certificate which is not there',
      () => ({ bytes: token({ signingCertificate: makeTsa().leaf }) }),
      /signer is not among its certificates/,
    ],
    [
      'whose signed attributes are about something else',
      () => ({ bytes: token({ signedContentType: '1.2.840.113549.1.7.1' }) }),
      /signed attributes of the timestamp are not about a TSTInfo/,
    ],
    [
      'that has a signed attribute twice',
      () => ({ bytes: token({ attributesTwice: ['1.2.840.113549.1.9.4'] }) }),
      /attribute 1\.2\.840\.113549\.1\.9\.4 of the timestamp stands twice/,
    ],
    ['of two signers', () => ({ bytes: token({ signers: 2 }) }), /has 2 signers, not one/],
    ['of no signer', () => ({ bytes: token({ signers: 0 }) }), /has 0 signers, not one/],
    [
      'that names two signers',
      () => ({ bytes: token({ signingCertificate: world.tsa.intermediate }) }),
      /names two different signers/,
    ],
    ['of other content', () => ({ bytes: token({ contentType: '1.2.840.113549.1.7.1' }) }), /signs no TSTInfo/],
    ['that is none', () => ({ bytes: Buffer.from('MAMCAQE=', 'base64') }), /the timestamp cannot be read/],
    ['that is empty', () => ({ bytes: Buffer.alloc(0) }), /the timestamp cannot be read/],
    ['that is cut off', () => ({ bytes: token().subarray(0, 300) }), /the timestamp cannot be read/],
    ['with bytes after it', () => ({ bytes: Buffer.concat([token(), Buffer.of(0)]) }), /the timestamp cannot be read/],
    [
      'that is a response',
      () => ({ bytes: sequence(Buffer.from('3003020100', 'hex'), token()) }),
      /the timestamp cannot be read/,
    ],
    [
      'with a time that is none',
      () => ({ bytes: token({ genTime: '20261301000000Z' }) }),
      /time of the timestamp cannot be read/,
    ],
    [
      'with a time in another zone',
      () => ({ bytes: token({ genTime: '20260601000000+0100' }) }),
      /time of the timestamp cannot be read/,
    ],
    [
      'with an extension that must be understood',
      () => ({ bytes: token({ criticalExtension: '1.2.3.4' }) }),
      /critical extension 1\.2\.3\.4/,
      'unsupported',
    ],
  ];
  for (const [what, make, reason, state = 'invalid'] of uglies) {
    it(`refuses a token ${what}`, () => {
      const { bytes, roots } = make();
      assert.throws(
        () => verify(bytes, roots),
        (error: Error & { state: string }) => {
          assert.match(error.message, reason);
          assert.equal(error.state, state);
          return true;
        },
      );
    });
  }

  it('refuses a token whose certificates all issued each other, soon', () => {
    const keys = makeKeyPair('p-256');
    const { notBefore, notAfter } = world.tsa.leaf.spec;
    const loop = Array.from({ length: 18 }, () =>
      issueCertificate({
        subject: [['CN', 'loop']],
        keys,
        notBefore,
        notAfter,
        basicConstraints: { ca: true },
        keyUsage: { bits: ['keyCertSign'] },
      }),
    );
    const signer = issueCertificate({ ...world.tsa.leaf.spec, issuer: loop[0] });
    const started = process.cpuUsage().user;
    assert.throws(() => verify(token({ signer, others: loop })), /too many ways to a root/);
    assert.ok(process.cpuUsage(undefined).user - started < 5_000_000, 'five seconds of CPU');
  });

  it('is fooled by no byte that is changed, and reads whatever it gets', () => {
    const original = token({ accuracySeconds: 1 });
    const change = fc.record({ at: fc.nat({ max: original.length - 1 }), mask: fc.integer({ min: 1, max: 255 }) });
    let verified = 0;
    fc.assert(
      fc.property(change, ({ at, mask }) => {
        const bytes = Buffer.from(original);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        let time: Date;
        try {
          time = verify(bytes);
        } catch (error) {
          assert.equal((error as Error).constructor.name, 'NotationFault', String(error));
          return;
        }
        verified += 1;
        assert.deepEqual(time, TIME);
        assert.deepEqual(signedParts(bytes), signedParts(original));
      }),
      { numRuns: 3000, seed: 20261122 },
    );
    assert.ok(verified > 0, 'versions and the list of digest algorithms are not signed');
  });
});

for (const format of FORMATS) {
  describe(`a timestamp on a ${format} signature`, () => {
    it('proves the time, so that certificates that have expired since do not matter', async () => {
      const bytes = sign(format, world, { timestamp: true });
      const { times, notes } = accepted(await judge(format, bytes, AFTER));
      assert.deepEqual(times, [{ time: world.now, source: 'timestamp-authority' }]);
      assert.equal(notes.length, 1);
      rejected(await judge(format, sign(format, world), AFTER), 'invalid', /no longer valid now, and no verified time/);
    });

    it('is not looked at, which is said, where the trust names no authority for it', async () => {
      const bytes = sign(format, world, { timestamp: true });
      const trust = { ...world.trust, tsa: [] };
      const { times, notes } = accepted(await judge(format, bytes, world.now, trust));
      assert.deepEqual(times, []);
      assert.ok(notes.includes('timestamp: not checked, the trust names no timestamp authority (tsa)'));
      rejected(await judge(format, bytes, AFTER, trust), 'invalid', /no verified time/);
    });

    it('must be right even where the certificates are still valid', async () => {
      const bytes = sign(format, world, { timestamp: { over: Buffer.from('another signature') } });
      rejected(await judge(format, bytes, world.now), 'invalid', /timestamp is of another signature/);
      const { times, notes } = accepted(await judge(format, bytes, world.now, { ...world.trust, level: 'permissive' }));
      assert.deepEqual(times, []);
      assert.match(
        notes[0] ?? '',
        /^authentic timestamp: not given, let through by level permissive: the timestamp is of another signature/,
      );
    });

    it('by an authority that nobody trusts proves nothing', async () => {
      const { leaf, intermediate } = makeTsa();
      const bytes = sign(format, world, { timestamp: { signer: leaf, others: [intermediate] } });
      rejected(await judge(format, bytes, AFTER), 'untrusted', /of no authority in the trust store \(tsa\)/);
    });

    it('must lie within the validity of the signer, its accuracy included', async () => {
      const { notAfter } = world.ca.leaf.spec;
      const made = (seconds: number): Buffer => {
        const time = new Date(notAfter.getTime() - 10_000);
        return sign(format, world, { timestamp: { time, accuracySeconds: seconds } });
      };
      accepted(await judge(format, made(10), AFTER));
      rejected(await judge(format, made(11), AFTER), 'invalid', /expired on .*no longer valid when it was signed/);
    });

    it('is exact to a second under the baseline policy of ETSI, and to what it says under others', async () => {
      const { notAfter } = world.ca.leaf.spec;
      const made = (policy: string | undefined, before: number, accuracySeconds?: number): Buffer => {
        const time = new Date(notAfter.getTime() - before);
        return sign(format, world, { timestamp: { time, policy, accuracySeconds } });
      };
      const baseline = '0.4.0.2023.1.1';
      accepted(await judge(format, made(undefined, 0), AFTER));
      accepted(await judge(format, made(baseline, 1000), AFTER));
      rejected(await judge(format, made(baseline, 0), AFTER), 'invalid', /no longer valid when it was signed/);
      rejected(await judge(format, made(baseline, 1000, 2), AFTER), 'invalid', /no longer valid when it was signed/);
    });

    it('must not lie in the future', async () => {
      const time = new Date(world.now.getTime() + 6 * 60_000);
      const bytes = sign(format, world, { timestamp: { time } });
      rejected(await judge(format, bytes, world.now), 'invalid', /in the future/);
      accepted(await judge(format, bytes, time));
    });

    it('is no matter for a signing authority, which says the time itself', async () => {
      const bytes = sign(format, world, {
        scheme: 'notary.x509.signingAuthority',
        timestamp: { over: Buffer.from('x') },
      });
      const { times } = accepted(await judge(format, bytes, AFTER));
      assert.equal(times[0]?.source, 'signing-authority');
    });
  });
}

async function judge(
  format: Format,
  bytes: Uint8Array,
  now: Date,
  trust = world.trust,
): ReturnType<Awaited<ReturnType<typeof openSigned>>['verify']> {
  return (await openSigned(format, bytes)).verify(trust, { now });
}

/** All that a signature is over, and the signature. */
function signedParts(bytes: Uint8Array): readonly Buffer[] {
  const { content, signedAttributes, signature } = parseTimestampToken(bytes);
  return [content, signedAttributes, signature];
}

function ofTsa(options: Partial<ChainOptions>): { bytes: Uint8Array; roots: readonly Issued[] } {
  const tsa = makeTsa(options);
  return { bytes: token({}, tsa), roots: [tsa.root] };
}

function replaceText(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(from);
  assert.ok(at > 0, 'it is there');
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(to), bytes.subarray(at + from.length)]);
}
