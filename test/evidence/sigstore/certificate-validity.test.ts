import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
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
});
