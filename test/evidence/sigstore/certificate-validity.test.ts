import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { buildCertificateSigner } from '../../../src/evidence/sigstore/certificate-signer.ts';
import { makeNotationChain } from '../../support/notation/notation-chain.ts';
import { githubIdentity } from '../../support/sigstore/identity.ts';
import { makeKeylessBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { documentOf, judge, trustOf } from './trusted-world.ts';

let world: SigstoreWorld;
before(async () => {
  world = await startSigstoreWorld();
});
after(() => world.close());

describe('the signer of a certificate', () => {
  it('comes with the certificate’s own validity, which bounds how often its timestamp can be renewed', async () => {
    const statement = makeStatement({ subject: `sha256:${'ab'.repeat(32)}` });
    const bundle = await makeKeylessBundle(world, { statement, identity: githubIdentity() });
    const { outcome } = await judge(documentOf(bundle), trustOf(world));
    assert.ok(outcome?.verified === true && outcome.signer.kind === 'certificate');
    const { certificate } = bundle.json['verificationMaterial'] as { certificate?: { rawBytes: string } };
    const leaf = new X509Certificate(Buffer.from(certificate?.rawBytes ?? '', 'base64'));
    assert.deepEqual(outcome.signer.validity, {
      notBefore: new Date(leaf.validFrom),
      notAfter: new Date(leaf.validTo),
    });
  });

  it('is nobody where the certificate must be understood in what nobody here does', () => {
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 60_000) };
    const signerOf = (oid: string, critical: boolean): ReturnType<typeof buildCertificateSigner> => {
      const { leaf } = makeNotationChain({ ...validity, leaf: { other: { oid, critical, value: Buffer.of(5, 0) } } });
      return buildCertificateSigner(leaf.der, { key: leaf.certificate.publicKey });
    };
    assert.partialDeepStrictEqual(signerOf('1.2.3.4', false), { kind: 'certificate' });
    assert.deepEqual(signerOf('1.2.3.4', true), {
      reason: 'its certificate has the extension 1.2.3.4, which is not understood here',
    });
  });
});
