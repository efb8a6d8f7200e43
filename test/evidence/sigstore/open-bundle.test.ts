import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBundle } from '../../../src/evidence/sigstore/open-bundle.ts';
import type { SigstoreTrust } from '../../../src/evidence/trust.ts';
import { fc } from '../../support/fast-check.ts';
import { githubIdentity } from '../../support/sigstore/identity.ts';
import { type MadeBundle, makeKeylessBundle, makeMessageBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { type Answer, changed, documentOf, type EditableBundle, judge, trustOf } from './trusted-world.ts';

const subject = `sha256:${'ab'.repeat(32)}` as const;
const identity = githubIdentity();
let world: SigstoreWorld;
let good: MadeBundle;
let chained: MadeBundle;
let message: MadeBundle;
let trust: SigstoreTrust;

before(async () => {
  world = await startSigstoreWorld();
  const statement = makeStatement({ subject });
  [good, chained, message] = await Promise.all([
    makeKeylessBundle(world, { statement, identity, tsa: true }),
    makeKeylessBundle(world, { statement, identity, tsa: true, version: '0.2' }),
    makeMessageBundle(world, { artifact: Buffer.from('bytes'), identity }),
  ]);
  trust = trustOf(world);
});
after(() => world.close());

const payloadOf = (value: unknown) => (json: EditableBundle) => {
  assert.ok(json.dsseEnvelope);
  json.dsseEnvelope.payload = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
};
const material = (parts: Record<string, unknown>) => (json: EditableBundle) => {
  Object.assign(json.verificationMaterial, parts);
};
const statementWith = (parts: object): object => ({ ...makeStatement({ subject }), ...parts });
const entry = (json: EditableBundle): Record<string, unknown> & { inclusionProof: Record<string, unknown> } =>
  json.verificationMaterial.tlogEntries[0] as never;

const envelopeIn = (json: EditableBundle): NonNullable<EditableBundle['dsseEnvelope']> => {
  assert.ok(json.dsseEnvelope);
  return json.dsseEnvelope;
};

type Ugly = readonly [
  title: string,
  make: () => Uint8Array,
  state: 'broken invalid' | 'broken unsupported',
  says: RegExp,
];
const change = (edit: (json: EditableBundle) => void, of = (): MadeBundle => good) => {
  return (): Uint8Array => changed(of(), edit).bytes;
};
const text = (edit: (json: string) => string) => (): Uint8Array =>
  Buffer.from(edit(Buffer.from(good.bytes).toString('utf8')));

const UGLIES: readonly Ugly[] = [
  ['no bytes', () => new Uint8Array(), 'broken invalid', /not valid JSON/],
  ['JSON that is cut off', text((json) => json.slice(0, -1)), 'broken invalid', /not valid JSON/],
  ['two documents', text((json) => `${json}\n${json}`), 'broken invalid', /not valid JSON/],
  ['a key twice', text((json) => json.replace('{', '{"mediaType":"x",')), 'broken invalid', /duplicate key/],
  [
    'a key twice, once spelt with an escape',
    text((json) => json.replace('{', '{"dsse\\u0045nvelope":{},')),
    'broken invalid',
    /duplicate key/,
  ],
  [
    'bytes that are not UTF-8',
    () => Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    'broken invalid',
    /not valid UTF-8/,
  ],
  [
    'an array nested 100 000 deep',
    text((json) => json.replace('{', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},`)),
    'broken invalid',
    /nested deeper/,
  ],
  ['17 MiB', () => Buffer.alloc(17 * 1024 * 1024, 0x20), 'broken unsupported', /read up to/],
  [
    'a version of tomorrow',
    change((json) => {
      json.mediaType = 'application/vnd.dev.sigstore.bundle.v0.4+json';
    }),
    'broken unsupported',
    /version that is not known/,
  ],
  [
    'a media type with more behind',
    change((json) => {
      json.mediaType = `${json.mediaType}x`;
    }),
    'broken unsupported',
    /version/,
  ],
  [
    'no media type',
    change((json) => {
      json.mediaType = undefined;
    }),
    'broken invalid',
    /without mediaType/,
  ],
  [
    'both contents',
    change((json) => Object.assign(json, { messageSignature: message.json['messageSignature'] })),
    'broken invalid',
    /2 of dsseEnvelope and messageSignature/,
  ],
  ['no content', change((json) => void delete json.dsseEnvelope), 'broken invalid', /0 of dsseEnvelope/],
  [
    'no verification material',
    change((json) => {
      json['verificationMaterial'] = null as never;
    }),
    'broken invalid',
    /no verificationMaterial/,
  ],
  ['a certificate and a key', change(material({ publicKey: { hint: '' } })), 'broken invalid', /2 of publicKey/],
  ['neither certificate nor key', change(material({ certificate: null })), 'broken invalid', /0 of publicKey/],
  [
    'two signatures',
    change((json) => void json.dsseEnvelope?.signatures.push({ sig: 'AAAA' })),
    'broken invalid',
    /signatures/,
  ],
  ['no signature', change((json) => void json.dsseEnvelope?.signatures.pop()), 'broken invalid', /signatures/],
  [
    'an empty signature',
    change((json) => {
      envelopeIn(json).signatures = [{ sig: '' }];
    }),
    'broken invalid',
    /sig/,
  ],
  [
    'signatures that are an object',
    change((json) => {
      envelopeIn(json).signatures = {} as never;
    }),
    'broken invalid',
    /./,
  ],
  [
    'five log entries',
    change((json) => {
      json.verificationMaterial.tlogEntries = Array(5).fill(entry(json));
    }),
    'broken invalid',
    /5 log entries/,
  ],
  [
    '10 000 log entries',
    change((json) => {
      json.verificationMaterial.tlogEntries = Array(10_000).fill({});
    }),
    'broken invalid',
    /10000 log entries/,
  ],
  [
    '65 hashes in a proof',
    change((json) => {
      entry(json).inclusionProof['hashes'] = Array(65).fill('AAAA');
    }),
    'broken invalid',
    /65 hashes/,
  ],
  [
    'five timestamps',
    change(material({ timestampVerificationData: { rfc3161Timestamps: Array(5).fill({ signedTimestamp: 'AAAA' }) } })),
    'broken invalid',
    /5 timestamps/,
  ],
  [
    'nine certificates',
    change(
      (json) => {
        json.verificationMaterial['x509CertificateChain'] = {
          certificates: Array(9).fill({ rawBytes: 'AAAA' }),
        };
      },
      () => chained,
    ),
    'broken invalid',
    /9 certificates/,
  ],
  [
    'an endless certificate',
    change(material({ certificate: { rawBytes: 'A'.repeat(70_000) } })),
    'broken invalid',
    /certificate in it is too long/,
  ],
  [
    'an endless checkpoint',
    change((json) => {
      entry(json).inclusionProof['checkpoint'] = { envelope: 'x'.repeat(70_000) };
    }),
    'broken invalid',
    /checkpoint in it is too long/,
  ],
  [
    'an endless timestamp',
    change(material({ timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'A'.repeat(70_000) }] } })),
    'broken invalid',
    /timestamp in it is too long/,
  ],
  [
    'a proof without checkpoint',
    change((json) => void delete entry(json).inclusionProof['checkpoint']),
    'broken invalid',
    /no checkpoint/,
  ],
  [
    'no inclusion proof in v0.3',
    change((json) => void delete (entry(json) as Record<string, unknown>)['inclusionProof']),
    'broken invalid',
    /inclusionProof/,
  ],
  [
    'a chain in v0.3',
    change(
      (json) => {
        json.mediaType = good.mediaType;
      },
      () => chained,
    ),
    'broken invalid',
    /invalid bundle/,
  ],
  ['a log entry of no kind', change((json) => void delete entry(json)['kindVersion']), 'broken invalid', /kindVersion/],
  [
    'log entries that are a text',
    change((json) => {
      json.verificationMaterial.tlogEntries = 'x' as never;
    }),
    'broken invalid',
    /./,
  ],
  [
    'a payload of plain text',
    change((json) => {
      envelopeIn(json).payloadType = 'text/plain';
    }),
    'broken unsupported',
    /text\/plain/,
  ],
  [
    'a payload type that only begins like in-toto',
    change((json) => {
      envelopeIn(json).payloadType = 'application/vnd.in-toto+json; x=1';
    }),
    'broken unsupported',
    /in-toto/,
  ],
  ['a payload that is no JSON', change(payloadOf('{')), 'broken invalid', /not valid JSON/],
  ['a payload with a key twice', change(payloadOf('{"_type":"a","_type":"b"}')), 'broken invalid', /duplicate key/],
  [
    'a statement of another version',
    change(payloadOf(statementWith({ _type: 'https://in-toto.io/Statement/v9' }))),
    'broken invalid',
    /_type/,
  ],
  ['a statement without subjects', change(payloadOf(statementWith({ subject: [] }))), 'broken invalid', /subject/],
  [
    'a statement without predicateType',
    change(payloadOf(statementWith({ predicateType: undefined }))),
    'broken invalid',
    /predicateType/,
  ],
];

describe('openBundle', () => {
  for (const [title, make, state, says] of UGLIES) {
    it(`is ${state} with ${title}`, () => {
      const evidence = openBundle({ bytes: make(), mediaType: '', annotations: {}, what: 'the layer' });
      assert.ok(evidence.signed === 'broken', 'it was opened');
      assert.equal(`broken ${evidence.state}`, state, evidence.reason);
      assert.match(evidence.reason, says);
      assert.match(evidence.reason, /the layer/);
    });
  }

  it('claims the digest of a message, and nothing where it is by another algorithm', () => {
    const open = (bytes: Uint8Array) => openBundle({ bytes, mediaType: '', annotations: {}, what: 'x' });
    const plain = open(message.bytes);
    assert.ok(plain.signed === true && plain.claim.kind === 'message');
    assert.match(plain.claim.digest ?? '', /^sha256:[0-9a-f]{64}$/);
    const other = open(
      changed(message, (json) => {
        assert.ok(json.messageSignature);
        json.messageSignature.messageDigest.algorithm = 'SHA2_384';
      }).bytes,
    );
    assert.ok(other.signed === true && other.claim.kind === 'message');
    assert.equal(other.claim.digest, undefined);
  });

  it('whatever one byte of a bundle becomes: never an error, and verified only with the same claim and signer', async () => {
    const original = await judge(documentOf(good), trust);
    const said = sayingOf(original);
    const counts = { verified: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(good.bytes.byteLength - 1), fc.integer({ min: 0x20, max: 0x7e }), async (at, byte) => {
        const bytes = Uint8Array.from(good.bytes);
        bytes[at] = byte;
        const answer = await judge({ ...documentOf(good), bytes }, trust);
        if (answer.state !== 'verified') {
          counts.refused++;
          return;
        }
        counts.verified++;
        assert.deepEqual(sayingOf(answer), said);
        // a time can be taken away, and none be added or changed
        assert.ok(timesOf(answer).length > 0);
        for (const time of timesOf(answer)) assert.ok(timesOf(original).includes(time), time);
      }),
      { numRuns: 200 },
    );
    assert.ok(counts.refused > 100, JSON.stringify(counts));
  });
});

function timesOf({ outcome }: Answer): readonly string[] {
  assert.ok(outcome?.verified);
  return outcome.times.map(({ time, source }) => `${source} ${time.toISOString()}`);
}

/** All but the fingerprint: of a certificate not every byte is signed (its outer signatureAlgorithm is not). */
function sayingOf({ state, outcome, evidence }: Answer): unknown {
  assert.ok(state === 'verified' && outcome?.verified && outcome.signer.kind === 'certificate');
  return [evidence?.claim, evidence?.envelope, { ...outcome.signer, fingerprint: '' }];
}
