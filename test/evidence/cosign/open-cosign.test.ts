import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EvidenceDocument } from '../../../src/evidence/signed-evidence.ts';
import type { Trust } from '../../../src/evidence/trust.ts';
import { githubIdentity } from '../../support/sigstore/identity.ts';
import { type CosignLayer, makeCosignAttestation, makeCosignSignature } from '../../support/sigstore/make-cosign.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { type Answer, documentOfLayer, judge, newKeys, trustOf, trustOfKey } from '../sigstore/trusted-world.ts';

const digest = `sha256:${'ab'.repeat(32)}` as const;
const other = `sha256:${'cd'.repeat(32)}` as const;
const identity = githubIdentity();
const statement = makeStatement({ subject: digest });
const keys = Object.fromEntries(Object.entries(newKeys).map(([name, make]) => [name, make()]));
const [p256, p384, ed25519] = [newKeys.p256(), newKeys.p384(), newKeys.ed25519()];
let world: SigstoreWorld;
let github: SigstoreWorld;
let stranger: SigstoreWorld;

before(async () => {
  [world, github, stranger] = await Promise.all([
    startSigstoreWorld(),
    startSigstoreWorld({ kind: 'github' }),
    startSigstoreWorld(),
  ]);
});
after(() => Promise.all([world, github, stranger].map((one) => one.close())));

const PREFIX = 'dev.sigstore.cosign/';
const signature = (): Promise<CosignLayer> => makeCosignSignature(world, { digest, identity });
const attestation = (): Promise<CosignLayer> => makeCosignAttestation(world, { statement, identity });

/** The layer with annotations changed; undefined takes one away. */
async function annotated(
  layer: CosignLayer | Promise<CosignLayer>,
  change: Readonly<Record<string, string | undefined>>,
): Promise<CosignLayer> {
  const { annotations, ...rest } = await layer;
  const entries = Object.entries({ ...annotations, ...change }).filter(([, value]) => value !== undefined);
  return { ...rest, annotations: Object.fromEntries(entries) as Record<string, string> };
}

async function edited(
  layer: CosignLayer | Promise<CosignLayer>,
  name: string,
  edit: (json: Record<string, unknown> & { Payload: Record<string, unknown> }) => void,
): Promise<CosignLayer> {
  const made = await layer;
  const json = JSON.parse(made.annotations[PREFIX + name] ?? '');
  edit(json);
  return annotated(made, { [PREFIX + name]: JSON.stringify(json) });
}

interface Case {
  readonly title: string;
  readonly layer: () => Promise<CosignLayer>;
  readonly trust?: () => Trust;
  readonly state: Answer['state'];
  readonly says?: RegExp;
}

function runTable(cases: readonly Case[]): void {
  for (const { title, layer, trust, state, says } of cases) {
    it(`${title}: ${state}`, async () => {
      const answer = await judge(documentOfLayer(await layer()), trust?.() ?? trustOf(world));
      assert.equal(answer.state, state, answer.reason);
      if (says !== undefined) assert.match(answer.reason, says);
    });
  }
}

describe("cosign's signature of an image", () => {
  runTable([
    { title: 'with a certificate and a log entry', layer: signature, state: 'verified' },
    {
      title: 'with a certificate, a log entry and a timestamp',
      layer: () => makeCosignSignature(world, { digest, identity, tsa: true }),
      state: 'verified',
    },
    {
      title: 'with a certificate and a timestamp, of an instance without logs',
      layer: () => makeCosignSignature(github, { digest, identity, tsa: true }),
      trust: () => trustOf(github),
      state: 'verified',
    },
    {
      title: 'with the other spelling of the annotations',
      layer: async () => {
        const { annotations, ...rest } = await signature();
        const spelt = Object.entries(annotations).map(([key, value]) => [
          key.replace(PREFIX, 'dev.cosignproject.cosign/'),
          value,
        ]);
        return { ...rest, annotations: Object.fromEntries(spelt) };
      },
      state: 'verified',
    },
    {
      title: 'with a chain that is none: nobody asks the signer who vouches for him',
      layer: () => annotated(signature(), { [`${PREFIX}chain`]: 'not a chain' }),
      state: 'verified',
    },
    ...Object.entries(keys).map(
      ([name, privateKey]): Case => ({
        title: `with a key (${name}) and no log`,
        layer: () => makeCosignSignature(undefined, { digest, privateKey }),
        trust: () => trustOfKey(privateKey),
        state: 'verified',
      }),
    ),
    {
      title: 'with a key on P-384 and SHA-256, as cosign v2 signs',
      layer: () => makeCosignSignature(undefined, { digest, privateKey: p384, hash: 'sha256' }),
      trust: () => trustOfKey(p384),
      state: 'verified',
    },
    {
      title: 'with a key and the log entry that is required',
      layer: () => makeCosignSignature(world, { digest, privateKey: p256, log: true }),
      trust: () => trustOfKey(p256, world),
      state: 'verified',
    },
    {
      title: 'with a key and no log entry where one is required',
      layer: () => makeCosignSignature(world, { digest, privateKey: p256 }),
      trust: () => trustOfKey(p256, world),
      state: 'invalid',
    },
    {
      title: 'with an Ed25519 key and a log entry',
      layer: () => makeCosignSignature(world, { digest, privateKey: ed25519, log: true }),
      trust: () => trustOfKey(ed25519, world),
      state: 'unsupported',
    },
    {
      title: 'with another key',
      layer: () => makeCosignSignature(undefined, { digest, privateKey: newKeys.p256() }),
      trust: () => trustOfKey(p256),
      state: 'invalid',
      says: /does not fit the key/,
    },
    {
      title: 'with a key, asked for a certificate',
      layer: () => makeCosignSignature(undefined, { digest, privateKey: p256 }),
      state: 'untrusted',
    },
    {
      title: 'with a certificate, asked for a key',
      layer: signature,
      trust: () => trustOfKey(p256),
      state: 'untrusted',
    },
    {
      title: 'under a root that does not know it',
      layer: signature,
      trust: () => trustOf(stranger),
      state: 'unknown-root-material',
    },
    {
      title: 'of a payload that was changed to another digest',
      layer: async () => {
        const made = await signature();
        const payload = Buffer.from(Buffer.from(made.payload).toString().replace(digest, other));
        return { ...made, payload };
      },
      state: 'invalid',
    },
    {
      title: 'with the proof of another signature',
      layer: async () => {
        const theirs = await makeCosignSignature(world, { digest: other, identity });
        return annotated(signature(), { [`${PREFIX}bundle`]: theirs.annotations[`${PREFIX}bundle`] });
      },
      state: 'invalid',
      says: /about something else/,
    },
    {
      title: 'with a log entry whose time was changed',
      layer: () =>
        edited(signature(), 'bundle', ({ Payload }) => {
          Payload['integratedTime'] = Number(Payload['integratedTime']) + 1;
        }),
      state: 'invalid',
      says: /promise/,
    },
    {
      title: 'without a log entry, and so without a time',
      layer: () => annotated(signature(), { [`${PREFIX}bundle`]: undefined }),
      state: 'invalid',
      says: /time is not proved/,
    },
    {
      title: 'without its certificate: then it is of a key',
      layer: () => annotated(signature(), { [`${PREFIX}certificate`]: undefined }),
      state: 'untrusted',
      says: /signed with a key/,
    },
    {
      title: 'with a log entry of another kind',
      layer: () =>
        edited(signature(), 'bundle', ({ Payload }) => {
          const body = JSON.parse(Buffer.from(String(Payload['body']), 'base64').toString());
          Payload['body'] = Buffer.from(JSON.stringify({ ...body, kind: 'rekord' })).toString('base64');
        }),
      state: 'unsupported',
      says: /rekord 0\.0\.1/,
    },
  ]);

  const broken: readonly (readonly [string, () => Promise<CosignLayer>, RegExp])[] = [
    [
      'no signature',
      () => annotated(signature(), { 'dev.cosignproject.cosign/signature': undefined }),
      /no signature annotation/,
    ],
    ['an empty signature', () => annotated(signature(), { 'dev.cosignproject.cosign/signature': '' }), /signature/],
    [
      'two signatures, one in each spelling',
      () => annotated(signature(), { 'dev.sigstore.cosign/signature': 'AAAA' }),
      /two different signatures/,
    ],
    [
      'two certificates, one in each spelling',
      () => annotated(signature(), { 'dev.cosignproject.cosign/certificate': 'x' }),
      /two different certificates/,
    ],
    ['a certificate that is none', () => annotated(signature(), { [`${PREFIX}certificate`]: 'x' }), /no certificate/],
    [
      'a certificate twice',
      async () => {
        const made = await signature();
        const pem = made.annotations[`${PREFIX}certificate`] ?? '';
        return annotated(made, { [`${PREFIX}certificate`]: `${pem}\n${pem}` });
      },
      /not one certificate/,
    ],
    ['a bundle that is no JSON', () => annotated(signature(), { [`${PREFIX}bundle`]: '{' }), /not valid JSON/],
    ['a bundle that is empty', () => annotated(signature(), { [`${PREFIX}bundle`]: '{}' }), /no entry/],
    [
      'a bundle with a key twice',
      async () => {
        const made = await signature();
        const text = made.annotations[`${PREFIX}bundle`] ?? '';
        return annotated(made, { [`${PREFIX}bundle`]: text.replace('{', '{"Payload":{},') });
      },
      /duplicate key/,
    ],
    [
      'a log id that is no hex',
      () => edited(signature(), 'bundle', ({ Payload }) => Object.assign(Payload, { logID: 'xyz' })),
      /log id/,
    ],
    [
      'a log time that is no number',
      () => edited(signature(), 'bundle', ({ Payload }) => Object.assign(Payload, { integratedTime: '1' })),
      /no time/,
    ],
    [
      'a log entry that is no JSON',
      () => edited(signature(), 'bundle', ({ Payload }) => Object.assign(Payload, { body: 'AAAA' })),
      /log entry in its annotations/,
    ],
    [
      'a timestamp annotation without timestamp',
      () => annotated(signature(), { [`${PREFIX}rfc3161timestamp`]: '{}' }),
      /has no timestamp/,
    ],
    [
      'a payload of another type',
      async () => {
        const payload = {
          critical: { type: 'atomic container signature', image: { 'docker-manifest-digest': digest } },
        };
        return makeCosignSignature(world, { digest, identity, payload: Buffer.from(JSON.stringify(payload)) });
      },
      /critical\.type/,
    ],
    [
      'a payload without a digest',
      () => {
        const payload = { critical: { type: 'cosign container image signature', image: {} } };
        return makeCosignSignature(world, { digest, identity, payload: Buffer.from(JSON.stringify(payload)) });
      },
      /docker-manifest-digest is no digest/,
    ],
    [
      'a payload with a digest that is none',
      () => {
        const image = { 'docker-manifest-digest': 'sha256:../../etc' };
        const payload = { critical: { type: 'cosign container image signature', image } };
        return makeCosignSignature(world, { digest, identity, payload: Buffer.from(JSON.stringify(payload)) });
      },
      /docker-manifest-digest is no digest/,
    ],
    [
      'a payload with the digest twice',
      () => {
        const payload = `{"critical":{"type":"cosign container image signature","image":{"docker-manifest-digest":"${digest}","docker-manifest-digest":"${other}"}}}`;
        return makeCosignSignature(world, { digest, identity, payload: Buffer.from(payload) });
      },
      /duplicate key/,
    ],
  ];
  it('is not read where its payload is longer than one MiB', async () => {
    const long = async (length: number): Promise<Answer> => {
      const { payload, ...rest } = await signature();
      const padded = Buffer.concat([payload, Buffer.alloc(length - payload.byteLength, ' ')]);
      return judge(documentOfLayer({ ...rest, payload: padded }), trustOf(world));
    };
    assert.equal((await long(1024 * 1024)).state, 'invalid');
    assert.equal((await long(1024 * 1024 + 1)).state, 'broken unsupported');
  });
  for (const [title, layer, says] of broken) {
    it(`is broken with ${title}`, async () => {
      const answer = await judge(documentOfLayer(await layer()), trustOf(world));
      assert.equal(answer.state, 'broken invalid', answer.reason);
      assert.match(answer.reason, says);
    });
  }

  it('claims the digest that was signed, and the annotations that are text', async () => {
    const layer = await makeCosignSignature(world, { digest, identity, optional: { env: 'prod' } });
    const { evidence } = await judge(documentOfLayer(layer), trustOf(world));
    assert.deepEqual(evidence?.claim, { kind: 'manifest-digest', digest, annotations: { env: 'prod' } });
    assert.equal(evidence?.format, 'cosign-signature');
  });

  it('verifies its own payload, whatever artifact it is asked about', async () => {
    const answer = await judge(documentOfLayer(await signature()), trustOf(world), Buffer.from('something else'));
    assert.equal(answer.state, 'verified', answer.reason);
  });
});

describe("cosign's attestation", () => {
  runTable([
    { title: 'with a certificate and a log entry', layer: attestation, state: 'verified' },
    {
      title: 'with a key and no log',
      layer: () => makeCosignAttestation(undefined, { statement, privateKey: p256 }),
      trust: () => trustOfKey(p256),
      state: 'verified',
    },
    {
      title: 'with a key on P-384 and no log',
      layer: () => makeCosignAttestation(undefined, { statement, privateKey: p384 }),
      trust: () => trustOfKey(p384),
      state: 'verified',
    },
    {
      title: 'without its proof',
      layer: async () => ({ ...(await attestation()), annotations: {} }),
      state: 'untrusted',
      says: /signed with a key/,
    },
    {
      title: 'of a payload that was changed',
      layer: async () => {
        const made = await attestation();
        const envelope = JSON.parse(Buffer.from(made.payload).toString());
        const payload = JSON.stringify(makeStatement({ subject: other }));
        const changed = { ...envelope, payload: Buffer.from(payload).toString('base64') };
        return { ...made, payload: Buffer.from(JSON.stringify(changed)) };
      },
      state: 'invalid',
    },
    {
      title: 'with two signatures',
      layer: async () => {
        const made = await attestation();
        const envelope = JSON.parse(Buffer.from(made.payload).toString());
        envelope.signatures.push(envelope.signatures[0]);
        return { ...made, payload: Buffer.from(JSON.stringify(envelope)) };
      },
      state: 'broken invalid',
    },
    {
      title: 'that is no envelope',
      layer: async () => ({ ...(await attestation()), payload: Buffer.from('{}') }),
      state: 'broken invalid',
    },
  ]);

  it('claims the statement', async () => {
    const { evidence } = await judge(documentOfLayer(await attestation()), trustOf(world));
    assert.ok(evidence?.claim.kind === 'statement');
    assert.equal(evidence.claim.statement.predicateType, statement.predicateType);
    assert.equal(evidence.format, 'cosign-attestation');
  });

  it('is signed in the same way where its layer has a type of its own and only the content tells', async () => {
    const layer = await attestation();
    const document: EvidenceDocument = { ...documentOfLayer(layer), mediaType: 'application/vnd.in-toto+json' };
    const answer = await judge(document, trustOf(world));
    assert.equal(answer.state, 'verified', answer.reason);
  });
});
