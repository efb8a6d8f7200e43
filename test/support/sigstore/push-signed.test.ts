import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { BOTH_REGISTRIES } from '../both-registries.ts';
import { list } from '../list-run.ts';
import { pushSampleImage } from '../sample-image.ts';
import { makeKeyBundle } from './make-bundle.ts';
import { makeCosignAttestation, makeCosignSignature } from './make-cosign.ts';
import { makeStatement } from './make-statement.ts';
import { pushBundle, pushCosignReferrer, pushCosignTag } from './push-signed.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('signed referrers for tests', () => {
  for (const { name, start, skip } of BOTH_REGISTRIES) {
    it(`are found by list on ${name}`, { skip }, async (t) => {
      const registry = await start();
      t.after(() => registry.close());
      const target = { host: registry.host, repository: 'acme/app' };
      const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
      const statement = makeStatement({ subject: descriptor.digest });
      const bundle = await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey }));
      const signature = await makeCosignSignature(undefined, { digest: descriptor.digest, privateKey });
      const attestation = await makeCosignAttestation(undefined, { statement, privateKey });
      await pushCosignTag(target, descriptor.digest, 'sig', [signature, signature]);
      await pushCosignTag(target, descriptor.digest, 'att', [attestation]);

      const found = await list({ image: `${registry.host}/acme/app:v1`, sources: 'api\ntag-schema\ncosign-tags' });
      const byType = Object.groupBy(found.rows, ({ descriptor: { artifactType } }) => artifactType ?? 'none');
      const [row] = byType['application/vnd.dev.sigstore.bundle.v0.3+json'] ?? [];
      assert.equal(row?.descriptor.digest, bundle);
      assert.equal(row?.descriptor.annotations?.['dev.sigstore.bundle.content'], 'dsse-envelope');
      assert.equal(row?.descriptor.annotations?.['dev.sigstore.bundle.predicateType'], statement.predicateType);
      assert.equal(found.rows.length, 3, JSON.stringify(found.rows));
    });
  }

  it('a cosign signature can be a referrer', async (t) => {
    const [embedded] = BOTH_REGISTRIES;
    const registry = await embedded!.start();
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const signature = await makeCosignSignature(undefined, { digest: descriptor.digest, privateKey });
    const { descriptor: pushed } = await pushCosignReferrer(target, descriptor, [signature]);
    const { rows } = await list({ image: `${registry.host}/acme/app:v1` });
    assert.deepEqual(
      rows.map((row) => [row.descriptor.digest, row.descriptor.artifactType]),
      [[pushed.digest, 'application/vnd.dev.cosign.artifact.sig.v1+json']],
    );
  });
});
