import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { dsse } from '@sigstore/core';
import { fileAndSignature, startSigning } from '../support/signing.ts';

interface SignedJson {
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly payloadType: string;
    readonly signatures: readonly { readonly sig: string; readonly keyid?: string }[];
  };
  readonly verificationMaterial: {
    readonly publicKey?: { readonly hint: string };
    readonly tlogEntries?: readonly { readonly kindVersion: unknown; readonly canonicalizedBody: string }[];
  };
}

describe('what other verifiers need of a bundle', () => {
  it("an envelope signed with a key names it in the bundle's hint, and has no keyid", async (t) => {
    const stage = await startSigning(t);
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const inputs = { sign: 'key', 'signing-key': key.toString(), 'signing-config': '', 'trusted-root': '' };
    const [, signature] = fileAndSignature(await stage.sign(inputs, {}));
    const json = (await stage.bundleOf(signature.digest)).json as unknown as SignedJson;
    assert.match(json.verificationMaterial.publicKey?.hint ?? '', /^[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(
      json.dsseEnvelope.signatures.map(({ keyid = '' }) => keyid),
      [''],
    );
  });

  it('Rekor v2 logs the digest of what the signature is over, not an envelope', async (t) => {
    const stage = await startSigning(t, { config: { rekor: 'v2' } });
    const [, signature] = fileAndSignature(await stage.sign());
    const json = (await stage.bundleOf(signature.digest)).json as unknown as SignedJson;
    const { payload, payloadType, signatures } = json.dsseEnvelope;
    const [entry] = json.verificationMaterial.tlogEntries ?? [];
    assert.deepEqual(entry?.kindVersion, { kind: 'hashedrekord', version: '0.0.2' });
    const body = JSON.parse(Buffer.from(entry?.canonicalizedBody ?? '', 'base64').toString());
    const signed = dsse.preAuthEncoding(payloadType, Buffer.from(payload, 'base64'));
    const { data, signature: logged } = body.spec.hashedRekordV002;
    assert.deepEqual(data, { algorithm: 'SHA2_256', digest: createHash('sha256').update(signed).digest('base64') });
    assert.equal(logged.content, signatures[0]?.sig);
  });
});
