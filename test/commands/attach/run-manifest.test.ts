import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor, Platform } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX } from '../../../src/oci/media-types.ts';
import { REPORT_TYPE } from '../../support/attach-run.ts';
import { startAttaching, stepsOf } from '../../support/attaching.ts';
import { pushIndex, pushNestedImage } from '../../support/nested-image.ts';
import { pushSampleBlob, pushSampleImage, pushSampleIndex, pushSampleManifest } from '../../support/sample-image.ts';

const EMPTY = `{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}`;
const REPORT = '{"report":1}';

function plain({ mediaType, digest, size }: Descriptor): string {
  return JSON.stringify({ mediaType, digest, size });
}

describe('the manifest of an artifact', () => {
  it('is to the byte what image-spec 1.1 says: empty config, titled layers, exact subject, sorted annotations, no time', async (t) => {
    const { attach, image, manifest } = await startAttaching(t);
    const { row } = await attach({ annotations: 'org.example.b=2\norg.example.a=1' });
    const layer = `{"mediaType":"${REPORT_TYPE}","digest":"${digestOf(REPORT)}","size":${REPORT.length},"annotations":{"org.opencontainers.image.title":"report.json"}}`;
    const { text } = await manifest(row.digest);
    assert.equal(
      text,
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"${REPORT_TYPE}","config":${EMPTY},"layers":[${layer}],"subject":${plain(image.descriptor)},"annotations":{"org.example.a":"1","org.example.b":"2","vnd.oci-referrers.attached-by":"oci-referrers/v1"}}`,
    );
    assert.equal(row.digest, digestOf(text));
    assert.equal(row.size, text.length + REPORT.length);
    assert.deepEqual(row.titles, ['report.json']);
  });

  it('is the same for the same input, from another folder and another run', async (t) => {
    const [one, other] = [await startAttaching(t), await startAttaching(t)];
    const [a, b] = [await one.attach(), await other.attach()];
    assert.ok(a.row.digest);
    assert.equal(a.row.digest, b.row.digest);
  });

  it('bears the time of SOURCE_DATE_EPOCH, and no other', async (t) => {
    const { attach, manifest } = await startAttaching(t);
    const { row } = await attach({}, { env: { SOURCE_DATE_EPOCH: '1700000000' } });
    const { json } = await manifest(row.digest);
    assert.equal(
      (json['annotations'] as Record<string, string>)['org.opencontainers.image.created'],
      '2023-11-14T22:13:20Z',
    );
  });

  it('has all files as layers, in their order, where artifact-type is given', async (t) => {
    const { attach, manifest, workspace } = await startAttaching(t);
    await workspace.write('b.txt', 'b');
    const { row } = await attach({
      files: 'report.json\nb.txt:text/plain',
      'artifact-type': 'application/vnd.acme.set',
    });
    const { json } = await manifest(row.digest);
    const layers = json['layers'] as Descriptor[];
    assert.equal(json['artifactType'], 'application/vnd.acme.set');
    assert.deepEqual(
      layers.map(({ mediaType, digest }) => [mediaType, digest]),
      [
        ['application/octet-stream', digestOf(REPORT)],
        ['text/plain', digestOf('b')],
      ],
    );
  });

  it('has the empty layer where there is no file', async (t) => {
    const { attach, manifest } = await startAttaching(t);
    const { row } = await attach({ files: '', 'artifact-type': 'application/vnd.acme.mark', annotations: 'a=b' });
    assert.equal(row.status, 'attached');
    assert.deepEqual(row.titles, []);
    assert.ok((await manifest(row.digest)).text.includes(`"config":${EMPTY},"layers":[${EMPTY}]`));
  });

  it('counts bytes, not characters, where annotations are not ASCII', async (t) => {
    const { attach, manifest, listed } = await startAttaching(t, { referrersApi: false });
    const { row } = await attach({ annotations: 'org.example.name=Žluťoučký 🐎' });
    const { text } = await manifest(row.digest);
    const [entry] = (await listed()) as readonly (Descriptor & { size: number })[];
    assert.equal(entry?.size, Buffer.byteLength(text));
    assert.notEqual(entry?.size, text.length);
    assert.equal(entry?.annotations?.['org.example.name'], 'Žluťoučký 🐎');
  });
});

describe('the subject', () => {
  it('of an index is the index; a tag is resolved once', async (t) => {
    const { attach, manifest, target, registry } = await startAttaching(t);
    const index = await pushSampleIndex(target, { tag: 'multi' });
    const { row, subjectDigests } = await attach({ image: `${registry.host}/acme/app:multi` });
    const { json } = await manifest(row.digest);
    assert.deepEqual(json['subject'], JSON.parse(plain(index.descriptor)));
    assert.deepEqual(subjectDigests, [index.descriptor.digest]);
    assert.equal(registry.log.filter(({ path }) => path.endsWith('/multi')).length, 1);
  });

  it('of docker type keeps its type and exact size', async (t) => {
    const { attach, manifest, target, registry } = await startAttaching(t);
    const config = await pushSampleBlob(target, new TextEncoder().encode('{}'), 'application/json');
    const docker = await pushSampleManifest(target, {
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config,
      layers: [],
    });
    const { row } = await attach({ image: `${registry.host}/acme/app@${docker.descriptor.digest}` });
    assert.deepEqual((await manifest(row.digest)).json['subject'], JSON.parse(plain(docker.descriptor)));
  });

  for (const referrersApi of [true, false]) {
    it(`may be named by sha512, ${referrersApi ? 'with the API' : 'by tag schema'}`, async (t) => {
      const { attach, target, registry, listed } = await startAttaching(t, { referrersApi });
      const empty = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
      const image = await pushSampleManifest(target, empty, { algorithm: 'sha512' });
      const { row } = await attach({ image: `${registry.host}/acme/app@${image.descriptor.digest}` });
      assert.equal(row.error, undefined);
      assert.equal(row.subject, image.descriptor.digest);
      assert.deepEqual(
        (await listed(image.descriptor.digest)).map(({ digest }) => digest),
        [row.digest],
      );
    });
  }
});

describe('the platforms of an image', () => {
  const buildkit = { os: 'unknown', architecture: 'unknown' };

  it('are taken from the hashed index: no request each, and BuildKit attestations are none', async (t) => {
    const { attach, manifest, target, registry } = await startAttaching(t);
    const index = await pushSampleIndex(target, {
      tag: 'multi',
      platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64', variant: 'v8' },
        buildkit,
      ],
    });
    const { rows } = await attach({
      image: `${registry.host}/acme/app:multi`,
      platforms: 'all',
      'missing-platforms': 'attach',
      'if-exists': 'add',
    });
    assert.deepEqual(
      rows.map(({ platform, subject, status }) => [platform, subject, status]),
      [
        ['linux/amd64', index.platforms[0]?.digest, 'attached'],
        ['linux/arm64/v8', index.platforms[1]?.digest, 'attached'],
      ],
    );
    const reads = registry.log.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));
    assert.equal(reads.length, 1);
    for (const [i, row] of rows.entries()) {
      const child = index.platforms[i];
      assert.ok(child);
      assert.deepEqual((await manifest(row.digest)).json['subject'], JSON.parse(plain(child)));
    }
  });

  it('each get the file of their placeholder', async (t) => {
    const { attach, manifest, target, registry, workspace } = await startAttaching(t);
    await pushSampleIndex(target, { tag: 'multi' });
    for (const arch of ['amd64', 'arm64']) await workspace.write(`sbom-linux-${arch}.json`, `{"arch":"${arch}"}`);
    const files = `sbom-{os}-{arch}.json:${REPORT_TYPE}`;
    const { rows } = await attach({ image: `${registry.host}/acme/app:multi`, files });
    for (const [i, arch] of ['amd64', 'arm64'].entries()) {
      const row = rows[i];
      assert.equal(row?.platform, `linux/${arch}`);
      const [layer] = (await manifest(row?.digest)).json['layers'] as Descriptor[];
      assert.equal(layer?.digest, digestOf(`{"arch":"${arch}"}`));
    }
  });

  it('are refused before anything is written when one has no file', async (t) => {
    const { attachFails, writes, target, registry, workspace } = await startAttaching(t);
    await pushSampleIndex(target, { tag: 'multi' });
    await workspace.write('sbom-linux-amd64.json', '{}');
    const error = await attachFails({
      image: `${registry.host}/acme/app:multi`,
      files: `sbom-{platform}.json:${REPORT_TYPE}`,
      'if-exists': 'add',
    });
    assert.equal(error.code, 'file-missing');
    assert.deepEqual(writes(), []);
  });

  it('that an image lacks are named together with those that it has', async (t) => {
    const { attachFails, writes, target, registry } = await startAttaching(t);
    await pushSampleIndex(target, { tag: 'multi' });
    const error = await attachFails({ image: `${registry.host}/acme/app:multi`, platforms: 'linux/s390x' });
    assert.equal(error.code, 'platform-not-found');
    assert.match(error.hint ?? '', /linux\/amd64, linux\/arm64/);
    assert.deepEqual(writes(), []);
  });

  it('that are named get the file, in the order they are named, and the others and the index nothing', async (t) => {
    const { attach, target, registry, listed } = await startAttaching(t);
    const platforms = ['amd64', 'arm64', 's390x'].map((architecture) => ({ os: 'linux', architecture }));
    const index = await pushSampleIndex(target, { tag: 'multi', platforms });
    const image = `${registry.host}/acme/app:multi`;
    const [amd64, arm64, s390x] = index.platforms.map(({ digest }) => digest);
    const one = await attach({ image, platforms: 'linux/arm64' });
    assert.deepEqual(
      one.rows.map(({ platform, subject, status }) => [platform, subject, status]),
      [['linux/arm64', arm64, 'attached']],
    );
    const two = await attach({ image, platforms: 'linux/s390x, linux/arm64', 'if-exists': 'skip' });
    assert.deepEqual(
      two.rows.map(({ platform, subject, status }) => [platform, subject, status]),
      [
        ['linux/s390x', s390x, 'attached'],
        ['linux/arm64', arm64, 'unchanged'],
      ],
    );
    const counts = await Promise.all(
      [amd64, arm64, s390x, index.descriptor.digest].map(async (digest) => (await listed(digest)).length),
    );
    assert.deepEqual(counts, [0, 1, 1, 0]);
  });

  it('of an image with one manifest are that one', async (t) => {
    const { attach, image } = await startAttaching(t);
    for (const platforms of ['all', 'linux/amd64']) {
      const { row } = await attach({ platforms });
      assert.deepEqual([row.platform, row.subject], ['linux/amd64', image.descriptor.digest]);
    }
  });

  const missing = { os: 'linux', architecture: 'riscv64' };
  for (const [missingPlatforms, code] of [
    ['fail', 'manifest-unknown'],
    ['skip', undefined],
    ['attach', undefined],
  ] as const) {
    it(`that the index names and the registry lacks: missing-platforms ${missingPlatforms}`, async (t) => {
      const { attach, writes, target, registry, listed } = await startAttaching(t);
      const index = await pushSampleIndex(target, { tag: 'sparse', missing: [missing] });
      const { rows, warned } = await attach({
        image: `${registry.host}/acme/app:sparse`,
        platforms: 'all',
        'missing-platforms': missingPlatforms,
      });
      if (code !== undefined) {
        assert.equal(rows[0]?.error?.code, code);
        assert.match(rows[0]?.error?.message ?? '', /linux\/riscv64 \(sha256:[0-9a-f]{64}\), which .* does not hold/);
        assert.deepEqual(writes(), []);
        return;
      }
      const isAttached = missingPlatforms === 'attach';
      assert.equal(rows.length, isAttached ? 3 : 2);
      assert.deepEqual(warned, isAttached ? [] : ['platform-missing']);
      assert.equal((await listed(index.platforms.at(-1)?.digest)).length, isAttached ? 1 : 0);
    });
  }
});

describe('the platforms of an index inside the index', () => {
  const image = (host: string): string => `${host}/acme/app:nested`;

  it('each get the file, and that index nothing', async (t) => {
    const { attach, target, registry, listed } = await startAttaching(t);
    const { index, nested, ...platforms } = await pushNestedImage(target, { tag: 'nested' });
    const { rows } = await attach({ image: image(registry.host), platforms: 'all' });
    assert.deepEqual(
      rows.map((row) => [row.platform, row.subject]),
      [
        ['linux/amd64', platforms.amd64.digest],
        ['linux/arm64', platforms.arm64.digest],
        ['linux/s390x', platforms.s390x.digest],
      ],
    );
    for (const { digest } of Object.values(platforms)) assert.equal((await listed(digest)).length, 1);
    for (const { digest } of [index, nested]) assert.deepEqual(await listed(digest), []);
  });

  it('each get the file of their placeholder, or are named, whatever platform the index has there', async (t) => {
    const { attach, attachFails, manifest, target, registry, workspace } = await startAttaching(t);
    await pushNestedImage(target, { tag: 'nested', hint: { os: 'windows', architecture: 'amd64' } });
    for (const arch of ['amd64', 'arm64', 's390x'])
      await workspace.write(`sbom-linux-${arch}.json`, `{"arch":"${arch}"}`);
    const files = `sbom-{os}-{arch}.json:${REPORT_TYPE}`;
    for (const platforms of ['all', 'linux/s390x']) {
      const last = (await attach({ image: image(registry.host), files, platforms })).rows.at(-1);
      assert.equal(last?.platform, 'linux/s390x');
      const [layer] = (await manifest(last?.digest)).json['layers'] as Descriptor[];
      assert.equal(layer?.digest, digestOf('{"arch":"s390x"}'));
    }
    const error = await attachFails({ image: image(registry.host), platforms: 'windows/amd64' });
    assert.equal(error.code, 'platform-not-found');
    assert.equal(error.hint, 'It has: linux/amd64, linux/arm64, linux/s390x.');
  });

  it('are asked for in one read of that index, and it is not asked for where nobody wants platforms', async (t) => {
    const { attach, target, registry } = await startAttaching(t);
    const { nested } = await pushNestedImage(target, { tag: 'nested' });
    const reads = (): number => registry.log.filter(({ path }) => path.endsWith(`/manifests/${nested.digest}`)).length;
    await attach({ image: image(registry.host), platforms: 'index' });
    assert.equal(reads(), 0);
    await attach({ image: image(registry.host), platforms: 'all' });
    assert.equal(reads(), 1);
  });

  for (const missingPlatforms of ['fail', 'skip', 'attach']) {
    for (const platforms of ['all', 'linux/amd64']) {
      it(`are not known where it cannot be read, and nothing is written: missing-platforms ${missingPlatforms}, ${platforms}`, async (t) => {
        const { attachFails, writes, target, registry } = await startAttaching(t);
        const { nested } = await pushNestedImage(target, { tag: 'nested' });
        registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/manifests/${nested.digest}`) };
        const inputs = { platforms, 'missing-platforms': missingPlatforms };
        const error = await attachFails({ image: image(registry.host), ...inputs });
        assert.deepEqual([error.code, writes()], ['server-error', []]);
      });
    }
  }

  for (const [missingPlatforms, subjects] of [
    ['fail', undefined],
    ['skip', ['amd64']],
    ['attach', ['amd64', 'nested']],
  ] as const) {
    it(`are not known where the registry lacks it: missing-platforms ${missingPlatforms}`, async (t) => {
      const { attach, writes, target, registry } = await startAttaching(t);
      const pushed = await pushNestedImage(target, { tag: 'nested', isHeld: false });
      const inputs = { platforms: 'all', 'missing-platforms': missingPlatforms };
      const { rows, warned } = await attach({ image: image(registry.host), ...inputs });
      const path = `/v2/acme/app/manifests/${pushed.nested.digest}`;
      assert.equal(registry.log.filter((one) => one.method === 'GET' && one.path === path).length, 1);
      if (subjects === undefined) {
        assert.deepEqual([rows[0]?.error?.code, writes()], ['manifest-unknown', []]);
        return;
      }
      assert.deepEqual(
        rows.map(({ subject }) => subject),
        subjects.map((name) => pushed[name].digest),
      );
      assert.deepEqual(warned, missingPlatforms === 'skip' ? ['platform-missing'] : []);
    });
  }

  it('are not known where its entry calls it an image, and nothing is written', async (t) => {
    const { attachFails, writes, target, registry } = await startAttaching(t);
    const { amd64, nested } = await pushNestedImage(target, { tag: 'nested' });
    await pushIndex(target, [amd64, { ...nested, mediaType: amd64.mediaType }], 'nested');
    const error = await attachFails({ image: image(registry.host), platforms: 'all' });
    assert.deepEqual([error.code, writes()], ['manifest-invalid', []]);
  });
});

describe('an image that other clients read differently', () => {
  it('is attached to neither as a whole nor by its platforms: nothing is written', async (t) => {
    const { attachFails, writes, target, registry } = await startAttaching(t, { manifestChecks: false });
    const { platforms } = await pushSampleIndex(target);
    const { index, nested } = await pushNestedImage(target);
    const documents = [
      { manifests: platforms, Manifests: [] },
      { manifests: platforms.map((entry) => ({ ...entry, Digest: index.digest })) },
      { manifests: [...platforms, { ...nested, Platform: { os: 'linux', architecture: 'amd64' } }] },
    ];
    for (const document of documents) {
      await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, ...document }, { tag: 'other' });
      for (const wanted of ['index', 'all', 'linux/amd64']) {
        const error = await attachFails({ image: `${registry.host}/acme/app:other`, platforms: wanted });
        assert.deepEqual([error.code, writes()], ['manifest-invalid', []]);
      }
    }
  });

  it('is attached to by every spelling of a platform, which is each that the index has of it', async (t) => {
    const { attach, target, registry } = await startAttaching(t);
    const entry = async (name: string, platform: Platform): Promise<Descriptor> => ({
      ...(await pushSampleImage(target, { name })).descriptor,
      platform,
    });
    const one = await entry('one', { os: 'linux', architecture: 'x86_64' });
    const other = await entry('other', { os: 'Linux', architecture: 'amd64' });
    const third = await entry('third', { os: 'linux', architecture: 'i386' });
    await pushIndex(target, [one, other, third], 'names');
    for (const platforms of ['linux/amd64', 'linux/x86-64']) {
      const { rows } = await attach({ image: `${registry.host}/acme/app:names`, platforms });
      assert.deepEqual(
        rows.map(({ subject, platform }) => [subject, platform]),
        [
          [one.digest, 'linux/x86_64'],
          [other.digest, 'Linux/amd64'],
        ],
      );
    }
  });
});

describe('a statement about another image', () => {
  const statementOf = (digest: string): string =>
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'app', digest: { sha256: digest.slice(7) } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {},
    });

  for (const ifExists of ['skip', 'add']) {
    for (const by of ['digest', 'tag']) {
      it(`is refused before any write, and leaves no upload open (${by}, if-exists: ${ifExists})`, async (t) => {
        const { attachFails, writes, reference, registry, workspace } = await startAttaching(t);
        await workspace.write('provenance.json', statementOf(digestOf('another image')));
        const image = by === 'digest' ? reference : `${registry.host}/acme/app:v1`;
        const error = await attachFails({ image, files: 'provenance.json', 'if-exists': ifExists });
        assert.equal(error.code, 'subject-mismatch');
        assert.match(error.message, /provenance\.json.*cannot be attached to sha256:/);
        assert.deepEqual(stepsOf(writes()), []);
      });
    }
  }

  it('is attached where allow-subject-mismatch says so, with a warning', async (t) => {
    const { attach, workspace } = await startAttaching(t);
    await workspace.write('provenance.json', statementOf(digestOf('another image')));
    const run = await attach({ files: 'provenance.json', 'allow-subject-mismatch': 'true' });
    assert.deepEqual([run.row.status, run.warned], ['attached', ['subject-mismatch-allowed']]);
  });

  it('is no concern where it is about this one: it is attached', async (t) => {
    const { attach, workspace, image } = await startAttaching(t);
    await workspace.write('provenance.json', statementOf(image.descriptor.digest));
    const { row } = await attach({ files: 'provenance.json', 'if-exists': 'add' });
    assert.deepEqual([row.status, row.artifactType], ['attached', 'application/vnd.in-toto+json']);
  });
});
