import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'cborg';
import { MAX_ENVELOPE_BYTES } from '../../../src/evidence/notation/envelope.ts';
import type { NotationLevel } from '../../../src/evidence/trust.ts';
import { fc } from '../../support/fast-check.ts';
import { makeNotationWorld } from '../../support/notation/notation-world.ts';
import { accepted, FORMATS, openBytes, openSigned, rejected, sign, TARGET } from './open.ts';

const world = makeNotationWorld();
type Json = Record<string, unknown>;

function jws(change: (json: Json) => Json): Buffer {
  return Buffer.from(JSON.stringify(change(JSON.parse(sign('notation-jws', world).toString()) as Json)));
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** The parts of a COSE_Sign1, with changes. */
function cose(change: (parts: Uint8Array[]) => unknown[], tag = 0xd2): Buffer {
  const bytes = sign('notation-cose', world);
  const parts = splitSign1(bytes);
  const changed = change(parts).map((part) => (part instanceof Raw ? part.bytes : encode(part)));
  return Buffer.concat([Buffer.of(tag), Buffer.of(0x80 | changed.length), ...changed]);
}

/** CBOR as it is. */
class Raw {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Protected header, unprotected header (as CBOR), payload, signature, by the lengths of this project's own samples. */
function splitSign1(bytes: Buffer): Uint8Array[] {
  const protectedEnd = 2 + headLength(bytes, 2) + contentLength(bytes, 2);
  const signatureStart = bytes.length - 64;
  const payload = Buffer.from(JSON.stringify({ targetArtifact: TARGET }));
  const payloadStart = bytes.indexOf(payload);
  return [
    bytes.subarray(2 + headLength(bytes, 2), protectedEnd),
    bytes.subarray(protectedEnd, payloadStart - headLength(encode(payload), 0)),
    payload,
    bytes.subarray(signatureStart),
  ];
}

function headLength(bytes: Uint8Array, at: number): number {
  return 1 + ([1, 2, 4][((bytes[at] ?? 0) & 0x1f) - 24] ?? 0);
}

function contentLength(bytes: Buffer, at: number): number {
  const info = (bytes[at] ?? 0) & 0x1f;
  if (info < 24) return info;
  return info === 24 ? bytes.readUInt8(at + 1) : bytes.readUInt16BE(at + 1);
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

type Ugly = readonly [what: string, bytes: () => Buffer, reason: RegExp];

const JWS_UGLIES: readonly Ugly[] = [
  ['nothing', () => Buffer.alloc(0), /the envelope is not valid JSON/],
  ['an array', () => Buffer.from('[]'), /expected a JSON object/],
  [
    'a key twice',
    () =>
      Buffer.from(
        jws((json) => json)
          .toString()
          .replace('{', '{"payload":"e30",'),
      ),
    /duplicate key "payload"/,
  ],
  [
    'a header twice in the protected header',
    () => jws((json) => ({ ...json, protected: base64url('{"alg":"ES256","alg":"ES256"}') })),
    /the protected header: duplicate key "alg"/,
  ],
  [
    'deep nesting',
    () => jws((json) => ({ ...json, header: JSON.parse(nested(100)) as unknown })),
    /nested deeper than 64/,
  ],
  [
    'deep nesting in the protected header',
    () => jws((json) => ({ ...json, protected: base64url(`{"a":${nested(100)}}`) })),
    /nested deeper than 64/,
  ],
  [
    'bytes that are no UTF-8',
    () => Buffer.concat([Buffer.from('{"payload":"'), Buffer.of(0xff), Buffer.from('"}')]),
    /not valid UTF-8/,
  ],
  ['a list of signatures', () => jws((json) => ({ ...json, signatures: [] })), /list of signatures/],
  ['no signature', () => jws((json) => ({ ...json, signature: undefined })), /not all strings/],
  ['an empty signature', () => jws((json) => ({ ...json, signature: '' })), /signature is not base64url/],
  ['padding', () => jws((json) => ({ ...json, payload: `${json['payload']}=` })), /payload is not base64url/],
  ['standard base64', () => jws((json) => ({ ...json, signature: '+/+/' })), /signature is not base64url/],
  ['no unprotected header', () => jws((json) => ({ ...json, header: undefined })), /header is no object/],
  ['no chain', () => jws((json) => ({ ...json, header: {} })), /header\.x5c is no list/],
  ['an empty chain', () => jws((json) => ({ ...json, header: { x5c: [] } })), /chain is empty/],
  ['a chain that is not base64', () => jws((json) => ({ ...json, header: { x5c: ['*'] } })), /x5c\[0\] is not base64/],
  [
    'a chain of what are no certificates',
    () => jws((json) => ({ ...json, header: { x5c: ['MAMCAQE='] } })),
    /certificate 1 of its chain cannot be read/,
  ],
  [
    'a certificate in PEM',
    () => jws((json) => ({ ...json, header: { x5c: [Buffer.from(world.ca.leaf.pem).toString('base64')] } })),
    /not one certificate in DER/,
  ],
  [
    'bytes after a certificate',
    () =>
      jws((json) => ({
        ...json,
        header: { x5c: [Buffer.concat([world.ca.leaf.der, Buffer.of(0)]).toString('base64')] },
      })),
    /not one certificate in DER/,
  ],
  [
    'a timestamp that is not base64',
    () =>
      jws((json) => ({ ...json, header: { ...(json['header'] as Json), 'io.cncf.notary.timestampSignature': '*' } })),
    /timestampSignature"\] is not base64/,
  ],
  [
    'a protected header that is no object',
    () => jws((json) => ({ ...json, protected: base64url('[]') })),
    /the protected header: expected a JSON object/,
  ],
];

const COSE_UGLIES: readonly Ugly[] = [
  ['nothing', () => Buffer.alloc(0), /the envelope is no CBOR/],
  [
    'another tag',
    () => cose((parts) => [parts[0], new Raw(parts[1]!), parts[2], parts[3]], 0xd1),
    /tag not supported \(17\)/,
  ],
  [
    'no tag',
    () => cose((parts) => [parts[0], new Raw(parts[1]!), parts[2], parts[3]]).subarray(1),
    /not a tagged COSE_Sign1/,
  ],
  ['three parts', () => cose((parts) => [parts[0], new Raw(parts[1]!), parts[2]]), /not a tagged COSE_Sign1/],
  [
    'five parts',
    () => cose((parts) => [parts[0], new Raw(parts[1]!), parts[2], parts[3], 1]),
    /not a tagged COSE_Sign1/,
  ],
  [
    'a detached payload',
    () => cose((parts) => [parts[0], new Raw(parts[1]!), null, parts[3]]),
    /with its payload inside/,
  ],
  ['bytes after it', () => Buffer.concat([sign('notation-cose', world), Buffer.of(0)]), /no CBOR: 1 bytes follow/],
  [
    'an unprotected header that is no map',
    () => cose((parts) => [parts[0], [], parts[2], parts[3]]),
    /not a tagged COSE_Sign1/,
  ],
  [
    'a protected header that is no map',
    () => cose((parts) => [encode([]), new Raw(parts[1]!), parts[2], parts[3]]),
    /the protected header is no map/,
  ],
  [
    'a protected header that is cut off',
    () => cose((parts) => [parts[0]!.subarray(0, -1), new Raw(parts[1]!), parts[2], parts[3]]),
    /the protected header is no CBOR/,
  ],
  [
    'a label twice',
    () => cose((parts) => [Buffer.from('a201260126', 'hex'), new Raw(parts[1]!), parts[2], parts[3]]),
    /key 1 stands twice/,
  ],
  [
    'a label that is both signed and unsigned',
    () => cose((parts) => [parts[0], new Map([[3, 'x']]), parts[2], parts[3]]),
    /the header 3 is both signed and unsigned/,
  ],
  ['no chain', () => cose((parts) => [parts[0], new Map(), parts[2], parts[3]]), /x5chain is no list/],
  ['an empty chain', () => cose((parts) => [parts[0], new Map([[33, []]]), parts[2], parts[3]]), /chain is empty/],
  [
    'a chain of what are no certificates',
    () => cose((parts) => [parts[0], new Map([[33, Buffer.from('x')]]), parts[2], parts[3]]),
    /certificate 1 of its chain cannot be read/,
  ],
  [
    'deep nesting',
    () => Buffer.concat([Buffer.of(0xd2), Buffer.alloc(100_000, 0x81), Buffer.of(0)]),
    /nested deeper than 16/,
  ],
  ['an array that promises what is not there', () => Buffer.from('d29b001fffffffffffff', 'hex'), /cut off|over 2\^53/],
  ['lengths that are indefinite', () => Buffer.from('d29fff', 'hex'), /indefinite/],
];

describe('openNotation', () => {
  for (const [format, uglies] of [
    ['notation-jws', JWS_UGLIES],
    ['notation-cose', COSE_UGLIES],
  ] as const) {
    for (const [what, bytes, reason] of uglies) {
      it(`does not open ${format} with ${what}`, async () => {
        const opened = await openBytes(format, bytes());
        assert.ok(opened.signed === 'broken', 'it was opened');
        assert.match(opened.reason, reason);
        assert.equal(opened.state, 'invalid');
      });
    }

    it(`says of ${format} over 4 MiB that it is not looked into`, async () => {
      const opened = await openBytes(format, Buffer.alloc(MAX_ENVELOPE_BYTES + 1));
      assert.deepEqual(opened, {
        signed: 'broken',
        state: 'unsupported',
        reason: 'it has 4194305 bytes, and envelopes are read up to 4 MiB',
      });
    });
  }

  it('puts the parts of a COSE signature together again, so that the uglies differ in one thing alone', async () => {
    const bytes = cose((parts) => [parts[0], new Raw(parts[1]!), parts[2], parts[3]]);
    accepted(await (await openSigned('notation-cose', bytes)).verify(world.trust, { now: world.now }));
  });

  const payloads: readonly (readonly [what: string, payload: string, reason: RegExp])[] = [
    ['no JSON', 'x', /the payload is not valid JSON/],
    ['a key twice', '{"targetArtifact":{},"targetArtifact":{}}', /duplicate key "targetArtifact"/],
    ['deep nesting', `{"targetArtifact":${nested(100)}}`, /nested deeper than 64/],
    ['no target', '{}', /has no targetArtifact/],
    ['a target that is a list', '{"targetArtifact":[]}', /has no targetArtifact/],
    ['no media type', JSON.stringify({ targetArtifact: { ...TARGET, mediaType: undefined } }), /mediaType is missing/],
    ['no digest', JSON.stringify({ targetArtifact: { ...TARGET, digest: undefined } }), /digest is no digest/],
    [
      'a digest in capitals',
      JSON.stringify({ targetArtifact: { ...TARGET, digest: TARGET.digest.toUpperCase() } }),
      /digest is no digest/,
    ],
    ['no size', JSON.stringify({ targetArtifact: { ...TARGET, size: undefined } }), /size is no size/],
    ['a size that is no whole number', JSON.stringify({ targetArtifact: { ...TARGET, size: 1.5 } }), /size is no size/],
    ['a size below zero', JSON.stringify({ targetArtifact: { ...TARGET, size: -1 } }), /size is no size/],
    [
      'annotations that are no object',
      JSON.stringify({ targetArtifact: { ...TARGET, annotations: ['a'] } }),
      /annotations is no object/,
    ],
    [
      'annotations that are no strings',
      JSON.stringify({ targetArtifact: { ...TARGET, annotations: { a: 1 } } }),
      /value that is no string/,
    ],
  ];
  for (const format of FORMATS) {
    for (const [what, payload, reason] of payloads) {
      it(`does not open ${format} with a payload that has ${what}`, async () => {
        const opened = await openBytes(format, sign(format, world, { payload }));
        assert.ok(opened.signed === 'broken', 'it was opened');
        assert.match(opened.reason, reason);
      });
    }

    it(`passes over what else a payload has (${format})`, async () => {
      const target = { ...TARGET, urls: ['https://example.com'], annotations: { __proto__x: '1' } };
      const opened = await openSigned(
        format,
        sign(format, world, { payload: JSON.stringify({ targetArtifact: target, more: 1 }) }),
      );
      assert.deepEqual(opened.claim, { kind: 'manifest-digest', ...TARGET, annotations: { __proto__x: '1' } });
      accepted(await opened.verify(world.trust, { now: world.now }));
    });
  }

  it('does not take one encoding for the other', async () => {
    for (const format of FORMATS) {
      const other = format === 'notation-jws' ? 'notation-cose' : 'notation-jws';
      assert.equal((await openBytes(format, sign(other, world))).signed, 'broken');
    }
  });
});

describe('a Notary Project signature that was changed', () => {
  const LEVELS = ['strict', 'permissive', 'audit'] as const;

  it('is rejected with another payload, header or signature of the same signer', async () => {
    const [one, other] = [1, 2].map(
      (size) =>
        JSON.parse(
          sign('notation-jws', world, { target: { ...TARGET, size }, signingTime: new Date(size * 1e12) }).toString(),
        ) as Json,
    );
    assert.ok(one !== undefined && other !== undefined);
    for (const part of ['payload', 'protected', 'signature']) {
      assert.notEqual(one[part], other[part]);
      const mixed = await openSigned('notation-jws', Buffer.from(JSON.stringify({ ...one, [part]: other[part] })));
      for (const level of LEVELS) {
        rejected(
          await mixed.verify({ ...world.trust, level }, { now: world.now }),
          'invalid',
          /^the signature is wrong$/,
        );
      }
    }
  });

  /** What must not change: each byte of these is signed. */
  for (const format of FORMATS) {
    const original = sign(format, world, { timestamp: true });

    it(`by a byte anywhere (${format}): it never throws, and is only verified where what was signed is untouched`, async () => {
      const expected = await openSigned(format, original);
      const signed = await signedParts(original, format);
      const at = fc.nat({ max: original.length - 1 });
      const level = fc.constantFrom<NotationLevel>(...LEVELS);
      let verifiedCount = 0;
      await fc.assert(
        fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), level, async (position, mask, chosen) => {
          const bytes = Buffer.from(original);
          bytes[position] = (bytes[position] ?? 0) ^ mask;
          const opened = await openBytes(format, bytes);
          if (opened.signed === 'broken') return;
          const outcome = await opened.verify({ ...world.trust, level: chosen }, { now: world.now });
          if (!outcome.verified) return;
          verifiedCount += 1;
          assert.deepEqual(opened.claim, expected.claim);
          assert.equal(opened.envelope, expected.envelope);
          assert.deepEqual(await signedParts(bytes, format), signed);
        }),
        { numRuns: 1500, seed: 20261122 },
      );
      assert.ok(verifiedCount > 0, 'some of what is changed is not signed: the agent, at level audit the timestamp');
    });

    it(`in length (${format}): cut off, or with bytes put in or taken out`, async () => {
      const edit = fc.record({
        from: fc.nat({ max: original.length }),
        remove: fc.nat({ max: 40 }),
        insert: fc.uint8Array({ maxLength: 40 }),
      });
      await fc.assert(
        fc.asyncProperty(edit, async ({ from, remove, insert }) => {
          const bytes = Buffer.concat([original.subarray(0, from), insert, original.subarray(from + remove)]);
          const opened = await openBytes(format, bytes);
          if (opened.signed === 'broken') return;
          const outcome = await opened.verify(world.trust, { now: world.now });
          if (outcome.verified) assert.deepEqual(await signedParts(bytes, format), await signedParts(original, format));
        }),
        { numRuns: 500, seed: 20261122 },
      );
    });
  }

  it('to any bytes at all does not throw', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(...FORMATS), async (document, format) => {
        assert.equal((await openBytes(format, document)).signed, 'broken');
      }),
    );
  });
});

/** What a signature is over, and the signature: read by other means than those under test. */
async function signedParts(bytes: Buffer, format: (typeof FORMATS)[number]): Promise<string[]> {
  if (format === 'notation-jws') {
    const json = JSON.parse(bytes.toString()) as Json;
    const signature = Buffer.from(String(json['signature']), 'base64url').toString('hex');
    return [String(json['protected']), String(json['payload']), signature];
  }
  const { decode } = await import('cborg');
  const parts = decode(bytes.subarray(1), { useMaps: true }) as Uint8Array[];
  return [0, 2, 3].map((part) => Buffer.from(parts[part] ?? []).toString('hex'));
}
