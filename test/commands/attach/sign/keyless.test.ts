import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BY_TAG } from '../../../support/attaching.ts';
import { pushSampleIndex } from '../../../support/sample-image.ts';
import { fileAndSignature, SPDX, startSigning } from '../../../support/signing.ts';
import { verifyWithLibrary } from '../../../support/sigstore/verify-with-library.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

describe('attach with sign: keyless', () => {
  const setups = [
    ['Rekor v1', {}],
    ['Rekor v1 and a time stamp', { config: { tsa: true } }],
    ['Rekor v2 and a time stamp', { config: { rekor: 'v2' } }],
    ["no log, as in GitHub's own instance", { kind: 'github' }],
    ['Rekor v1, on a registry that keeps referrers by tag', { quirks: BY_TAG }],
  ] as const;
  for (const [name, options] of setups) {
    it(`attaches the file and its statement: ${name}`, async (t) => {
      const stage = await startSigning(t, options);
      const [file, signature] = fileAndSignature(await stage.sign());
      assert.deepEqual(
        [file.status, file.artifactType, file.titles],
        ['attached', 'application/spdx+json', ['sbom.spdx.json']],
      );
      assert.deepEqual([signature.status, signature.artifactType], ['attached', BUNDLE]);
      assert.equal(signature.predicateType, 'https://spdx.dev/Document/v2.3');
      const { manifest, json, statement } = await stage.bundleOf(signature.digest);
      const signer = verifyWithLibrary(stage.world, json);
      assert.equal(
        signer.identity?.subjectAlternativeName,
        'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0',
      );
      const subject = stage.image.descriptor.digest;
      assert.deepEqual(statement, {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: `${stage.registry.host}/acme/app`, digest: { sha256: subject.slice(7) } }],
        predicateType: 'https://spdx.dev/Document/v2.3',
        predicate: SPDX,
      });
      assert.equal(manifest.subject.digest, subject);
      const listed = (await stage.listed()).map(({ digest }) => digest).sort();
      assert.deepEqual(listed, [file.digest, signature.digest].sort());
    });
  }

  it('the manifest is that of cosign v3 and actions/attest', async (t) => {
    const stage = await startSigning(t);
    const [, signature] = fileAndSignature(
      await stage.sign({}, { ...stage.oidc.env, SOURCE_DATE_EPOCH: '1700000000' }),
    );
    const { manifest } = await stage.bundleOf(signature.digest);
    assert.equal(manifest.artifactType, BUNDLE);
    assert.equal(manifest.config.mediaType, 'application/vnd.oci.empty.v1+json');
    assert.deepEqual(
      manifest.layers.map((layer) => Object.keys(layer).sort()),
      [['digest', 'mediaType', 'size']],
    );
    assert.equal(manifest.layers[0]?.mediaType, BUNDLE);
    assert.deepEqual(manifest.annotations, {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': 'https://spdx.dev/Document/v2.3',
      'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
    });
  });

  it('the result holds the bundle as it was attached', async (t) => {
    const stage = await startSigning(t);
    const run = await stage.sign();
    const { json } = await stage.bundleOf(fileAndSignature(run)[1].digest);
    assert.deepEqual(
      run.bundles?.map((bundle) => JSON.parse(Buffer.from(bundle).toString())),
      [json],
    );
  });

  it('a file of each platform is signed over its platform', async (t) => {
    const stage = await startSigning(t);
    const index = await pushSampleIndex(stage.target, { tag: 'multi', name: 'multi' });
    await stage.workspace.write('sbom-linux-amd64.spdx.json', JSON.stringify({ ...SPDX, name: 'amd64' }));
    await stage.workspace.write('sbom-linux-arm64.spdx.json', JSON.stringify({ ...SPDX, name: 'arm64' }));
    const image = `${stage.registry.host}/acme/app:multi`;
    const { rows } = await stage.sign({ image, files: 'sbom-{platform}.spdx.json' });
    const signatures = rows.filter(({ predicateType }) => predicateType !== undefined);
    assert.equal(rows.length, 4);
    const about = await Promise.all(
      signatures.map(async ({ digest, platform, subject }) => {
        const { statement } = await stage.bundleOf(digest);
        assert.equal(`sha256:${statement.subject[0]?.digest['sha256']}`, subject);
        return [platform, (statement.predicate as { name: string }).name];
      }),
    );
    assert.deepEqual(about.sort(), [
      ['linux/amd64', 'amd64'],
      ['linux/arm64', 'arm64'],
    ]);
    assert.deepEqual(
      new Set(signatures.map(({ subject }) => subject)),
      new Set(index.platforms.map(({ digest }) => digest)),
    );
    assert.equal(stage.oidc.requests.length, 1, 'one token for all');
  });

  it('an in-toto statement is signed as it is', async (t) => {
    const stage = await startSigning(t);
    const subject = [{ name: 'anything', digest: { sha256: stage.image.descriptor.digest.slice(7) } }];
    const text = `{ "_type": "https://in-toto.io/Statement/v1", "subject": ${JSON.stringify(subject)},
      "predicateType": "https://example.com/review/v1", "predicate": { "big": 12345678901234567890 } }`;
    await stage.workspace.write('review.json', text);
    const [file, signature] = fileAndSignature(await stage.sign({ files: 'review.json' }));
    assert.equal(file.artifactType, 'application/vnd.in-toto+json');
    assert.equal(signature.predicateType, 'https://example.com/review/v1');
    const { json } = await stage.bundleOf(signature.digest);
    const { payload } = json['dsseEnvelope'] as { payload: string };
    assert.equal(Buffer.from(payload, 'base64').toString(), text);
    verifyWithLibrary(stage.world, json);
  });

  it('numbers and escapes of a predicate are signed as they were written', async (t) => {
    const stage = await startSigning(t);
    await stage.workspace.write('result.json', '{ "n": 1.10, "big": 12345678901234567890,\n "s": "a \\u0041 \\" b" }');
    const [, signature] = fileAndSignature(
      await stage.sign({
        files: 'result.json:application/vnd.acme.result+json',
        'predicate-type': 'https://acme.example/result/v1',
      }),
    );
    const { json } = await stage.bundleOf(signature.digest);
    const { payload } = json['dsseEnvelope'] as { payload: string };
    const text = Buffer.from(payload, 'base64').toString();
    assert.ok(
      text.endsWith(
        '"predicateType":"https://acme.example/result/v1","predicate":{"n":1.10,"big":12345678901234567890,"s":"a \\u0041 \\" b"}}',
      ),
      text,
    );
  });

  it('what is signed already is attached as it is', async (t) => {
    const stage = await startSigning(t);
    const first = await stage.sign();
    await stage.workspace.write('made.sigstore.json', first.bundles?.[0] ?? '');
    const asked = stage.asked();
    const { rows } = await stage.sign({ files: 'made.sigstore.json', 'if-exists': 'add' });
    assert.deepEqual(
      rows.map(({ status, predicateType }) => [status, predicateType]),
      [['attached', undefined]],
    );
    assert.equal(stage.asked(), asked);
  });
});
