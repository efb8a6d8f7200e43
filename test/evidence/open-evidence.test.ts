import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { openEvidence } from '../../src/evidence/open-evidence.ts';
import type { OpenedEvidence } from '../../src/evidence/signed-evidence.ts';
import { makeNotationWorld } from '../support/notation/notation-world.ts';
import { type MadeBundle, makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { type CosignLayer, makeCosignAttestation, makeCosignSignature } from '../support/sigstore/make-cosign.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { sign } from './notation/open.ts';

const digest = `sha256:${'ab'.repeat(32)}` as const;
const statement = makeStatement({ subject: digest });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
let bundle: MadeBundle;
let signature: CosignLayer;
let attestation: CosignLayer;
const cose = sign('notation-cose', makeNotationWorld());

before(async () => {
  bundle = await makeKeyBundle({ statement, privateKey });
  signature = await makeCosignSignature(undefined, { digest, privateKey });
  attestation = await makeCosignAttestation(undefined, { statement, privateKey });
});

const open = (
  bytes: Uint8Array | string,
  mediaType: string,
  artifactType: string,
  annotations: Readonly<Record<string, string>> = {},
): Promise<OpenedEvidence> =>
  openEvidence({ bytes: Buffer.from(bytes as string), mediaType, annotations, what: 'the layer' }, artifactType);

const signedAs = (evidence: OpenedEvidence): string =>
  evidence.signed === true ? evidence.format : evidence.signed === 'broken' ? `broken: ${evidence.reason}` : 'unsigned';

describe('openEvidence', () => {
  const spellings = [
    BUNDLE,
    'application/vnd.dev.sigstore.bundle+json;version=0.3',
    'application/vnd.dev.sigstore.bundle+json; version=0.1',
    'application/vnd.dev.sigstore.bundle+json',
    'Application/vnd.dev.sigstore.bundle.v0.2+JSON',
  ];
  for (const type of spellings) {
    it(`opens a bundle by ${type}, of the layer or of the artifact`, async () => {
      assert.equal(signedAs(await open(bundle.bytes, type, 'application/vnd.acme+json')), 'sigstore-bundle');
      assert.equal(signedAs(await open(bundle.bytes, 'application/json', type)), 'sigstore-bundle');
    });
  }

  it('opens by content what bears no type of its own', async () => {
    const type = 'application/octet-stream';
    assert.equal(signedAs(await open(bundle.bytes, type, type)), 'sigstore-bundle');
    assert.equal(signedAs(await open(attestation.payload, type, type)), 'cosign-attestation');
    assert.equal(signedAs(await open(signature.payload, type, type, signature.annotations)), 'cosign-signature');
    assert.equal(signedAs(await open(cose, type, type)), 'notation-cose');
  });

  it("prefers the layer's type to the artifact's", async () => {
    const { payload, mediaType, annotations } = signature;
    assert.equal(signedAs(await open(payload, mediaType, BUNDLE, annotations)), 'cosign-signature');
  });

  it("opens cosign's OCI 1.1 signatures by the artifact's type", async () => {
    const type = 'application/vnd.dev.cosign.artifact.sig.v1+json';
    assert.equal(
      signedAs(await open(signature.payload, 'text/plain', type, signature.annotations)),
      'cosign-signature',
    );
  });

  const declared: readonly (readonly [string, string])[] = [
    [BUNDLE, '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}'],
    [BUNDLE, 'SPDXVersion: SPDX-2.3\n'],
    ['application/vnd.dsse.envelope.v1+json', '{"payload":"e30="}'],
    ['application/vnd.dev.cosign.simplesigning.v1+json', '{}'],
    ['application/vnd.cncf.notary.signature', 'hello'],
    ['application/vnd.cncf.notary.signature', '{"payload":"e30="}'],
    ['application/jose+json', '{}'],
    ['application/cose', 'hello'],
  ];
  for (const [type, content] of declared) {
    it(`says broken, never unsigned, of ${JSON.stringify(content.slice(0, 24))} declared ${type}`, async () => {
      const evidence = await open(content, 'application/json', type);
      assert.equal(evidence.signed, 'broken', JSON.stringify(evidence));
    });
  }

  const unsigned: readonly (readonly [string, string])[] = [
    ['application/spdx+json', '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x"}'],
    ['application/vnd.in-toto+json', JSON.stringify(statement)],
    ['text/plain', 'payloadType and x5c'],
    ['application/json', '{"payloadType":1,"x5c":2}'],
    ['application/json', ''],
  ];
  for (const [type, content] of unsigned) {
    it(`says unsigned of ${JSON.stringify(content.slice(0, 24))} declared ${type}`, async () => {
      assert.equal((await open(content, type, type)).signed, false);
    });
  }

  it('says unsigned of an envelope whose keys are spelt with escapes: it may count for less, never for more', async () => {
    const text = Buffer.from(attestation.payload).toString().replace('"payloadType"', '"payload\\u0054ype"');
    assert.equal((await open(text, 'application/json', 'application/json')).signed, false);
  });
});
