import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseFileLines } from '../../../src/commands/attach/file-line.ts';
import { type PlanOptions, planArtifacts } from '../../../src/commands/attach/plan-artifacts.ts';
import { prepareFiles } from '../../../src/commands/attach/prepare.ts';
import { replaceRefusal } from '../../../src/commands/attach/replace-refusal.ts';
import { buildArtifactManifest } from '../../../src/oci/artifact-manifest.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { parseManifest } from '../../../src/oci/manifest.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../../src/referrers/marker.ts';
import {
  bundle,
  bytesOf,
  fixture,
  notationCose,
  notationJws,
  PREDICATE_TYPE,
  statement,
} from '../../evidence/samples.ts';
import { NO_ODD_NAMES } from '../../support/system.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

const MARKER = { [ANNOTATION_ATTACHED_BY]: ATTACHED_BY };
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const NOTATION_TYPE = 'application/vnd.cncf.notary.signature';

const FILES: Readonly<Record<string, Uint8Array>> = {
  'sbom.spdx.json': fixture('spdx-2.3.json'),
  'sbom.cdx.json': fixture('cyclonedx.json'),
  'bundle.sigstore.json': bytesOf(bundle()),
  'statement.json': bytesOf(statement()),
  'signature.jws': bytesOf(notationJws()),
  'signature.cose': notationCose(),
  'cut.spdx.json': fixture('spdx-2.3.json').subarray(0, 300),
  'report.txt': bytesOf('hello'),
  'a/report.txt': bytesOf('hello from a'),
  'b/REPORT.txt': bytesOf('hello from b'),
  'back\\slash.txt': bytesOf('x'),
};

let dir: TempDir;
before(async () => {
  dir = await makeTempDir();
  for (const [name, bytes] of Object.entries(FILES)) {
    await mkdir(dirname(join(dir.path, name)), { recursive: true });
    await writeFile(join(dir.path, name), bytes);
  }
});
after(() => dir.remove());

async function plan(lines: readonly string[], options: PlanOptions = {}) {
  return planArtifacts(await prepareFiles(parseFileLines(lines), { workspace: dir.path }), options);
}

/** The parts of a plan that end in the manifest. */
async function outline(lines: readonly string[], options: PlanOptions = {}) {
  const artifacts = await plan(lines, options);
  return artifacts.map(({ artifactType, layers, annotations }) => ({
    artifactType,
    layers: layers.map(({ mediaType, annotations: own }) => ({ mediaType, ...own })),
    annotations,
  }));
}

const title = (text: string) => ({ 'org.opencontainers.image.title': text });

describe('planArtifacts without an artifact type', () => {
  it('makes each file an artifact of its own, of the type of its content', async () => {
    assert.deepEqual(await outline(['sbom.spdx.json', 'bundle.sigstore.json']), [
      {
        artifactType: 'application/spdx+json',
        layers: [{ mediaType: 'application/spdx+json', ...title('sbom.spdx.json') }],
        annotations: MARKER,
      },
      {
        artifactType: BUNDLE_TYPE,
        layers: [{ mediaType: BUNDLE_TYPE, ...title('bundle.sigstore.json') }],
        annotations: {
          'dev.sigstore.bundle.content': 'dsse-envelope',
          'dev.sigstore.bundle.predicateType': PREDICATE_TYPE,
          ...MARKER,
        },
      },
    ]);
  });

  it('gives a statement its predicate type in manifest and layer', async () => {
    const [artifact] = await outline(['statement.json']);
    assert.equal(artifact?.annotations['in-toto.io/predicate-type'], PREDICATE_TYPE);
    assert.deepEqual(artifact?.layers, [
      {
        mediaType: 'application/vnd.in-toto+json',
        'in-toto.io/predicate-type': PREDICATE_TYPE,
        ...title('statement.json'),
      },
    ]);
  });

  it('gives a Notation signature its layer type and thumbprints', async () => {
    for (const [name, mediaType] of [
      ['signature.jws', 'application/jose+json'],
      ['signature.cose', 'application/cose'],
    ] as const) {
      const [artifact] = await outline([name]);
      assert.equal(artifact?.artifactType, NOTATION_TYPE);
      assert.equal(artifact?.layers[0]?.mediaType, mediaType);
      assert.match(
        artifact?.annotations['io.cncf.notary.x509chain.thumbprint#S256'] ?? '',
        /^\["[0-9a-f]{64}","[0-9a-f]{64}"\]$/,
      );
    }
  });

  it('takes the type from the content, and the media type of the layer from the line', async () => {
    const [artifact] = await outline(['sbom.spdx.json:text/json']);
    assert.equal(artifact?.artifactType, 'application/spdx+json');
    assert.equal(artifact?.layers[0]?.mediaType, 'text/json');
  });

  it('takes both from the line where the content does not tell', async () => {
    const [artifact] = await outline(['report.txt:application/vnd.acme.report.v1']);
    assert.equal(artifact?.artifactType, 'application/vnd.acme.report.v1');
    assert.equal(artifact?.layers[0]?.mediaType, 'application/vnd.acme.report.v1');
    const [cut] = await outline(['cut.spdx.json:application/spdx+json']);
    assert.equal(cut?.artifactType, 'application/spdx+json');
  });

  it('asks for a type where neither tells, with the reason and what was looked for', async () => {
    await assert.rejects(plan(['sbom.cdx.json', 'report.txt']), {
      code: 'artifact-type-needed',
      message: /the type of "report.txt" is not known from its content: it is text of no known format/,
      hint: /path:media-type in files, or set artifact-type. Looked for: Sigstore bundle, DSSE envelope, .*SPDX tag-value/,
    });
    await assert.rejects(plan(['cut.spdx.json']), {
      code: 'artifact-type-needed',
      message: /looks like SPDX 2 JSON, but it seems to be cut off/,
    });
    await assert.rejects(plan([]), { code: 'artifact-type-needed', message: /no file to attach and no artifact type/ });
  });

  it('lets artifacts of their own have equal titles', async () => {
    const artifacts = await plan(['report.txt:text/plain', 'a/report.txt:text/plain']);
    assert.equal(artifacts.length, 2);
  });
});

describe('planArtifacts with an artifact type', () => {
  const artifactType = 'application/vnd.acme.release.v1';

  it('makes all files layers of one artifact, each of its declared or found type, or octets', async () => {
    assert.deepEqual(await outline(['sbom.spdx.json', 'report.txt'], { artifactType }), [
      {
        artifactType,
        layers: [
          { mediaType: 'application/spdx+json', ...title('sbom.spdx.json') },
          { mediaType: 'application/octet-stream', ...title('report.txt') },
        ],
        annotations: MARKER,
      },
    ]);
    const [artifact] = await outline(['a/report.txt:text/plain'], { artifactType });
    assert.equal(artifact?.layers[0]?.mediaType, 'text/plain');
  });

  it('sets what the content says only where the artifact is of that type and holds nothing else', async () => {
    const annotationsOf = async (lines: readonly string[], type: string) =>
      Object.keys((await outline(lines, { artifactType: type }))[0]?.annotations ?? {});
    assert.ok((await annotationsOf(['bundle.sigstore.json'], BUNDLE_TYPE)).includes('dev.sigstore.bundle.content'));
    assert.deepEqual(await annotationsOf(['bundle.sigstore.json'], artifactType), [ANNOTATION_ATTACHED_BY]);
    assert.deepEqual(await annotationsOf(['bundle.sigstore.json', 'report.txt'], BUNDLE_TYPE), [
      ANNOTATION_ATTACHED_BY,
    ]);
  });

  it('refuses two titles that are one where case does not count', async () => {
    await assert.rejects(plan(['a/report.txt', 'b/REPORT.txt'], { artifactType }), {
      code: 'input-conflict',
      message: /"a\/report.txt" and "b\/REPORT.txt" would both have the title "REPORT.txt"/,
    });
  });

  it('refuses a name that cannot be a title', { skip: NO_ODD_NAMES }, async () => {
    await assert.rejects(plan(['back\\slash.txt'], { artifactType }), {
      code: 'file-line-invalid',
      message: /cannot be a title/,
    });
  });

  it('makes an artifact of annotations alone', async () => {
    assert.deepEqual(await outline([], { artifactType, annotations: { eol: '2027-01-01' } }), [
      { artifactType, layers: [], annotations: { eol: '2027-01-01', ...MARKER } },
    ]);
    await assert.rejects(plan([], { artifactType }), { code: 'input-invalid', message: /nothing to attach/ });
  });

  it('does not make a Notation signature that notation would not find', async () => {
    const options = { artifactType: NOTATION_TYPE };
    await assert.rejects(plan(['report.txt'], options), {
      code: 'annotation-invalid',
      message: /needs the annotation io.cncf.notary.x509chain.thumbprint#S256, which cannot be computed: it is text/,
    });
    await assert.rejects(plan(['signature.jws', 'signature.cose'], options), {
      code: 'annotation-invalid',
      message: /is computed for exactly one signature envelope/,
    });
    const annotations = { 'io.cncf.notary.x509chain.thumbprint#S256': '["00"]' };
    assert.equal((await plan(['report.txt'], { ...options, annotations })).length, 1);
  });
});

describe('planArtifacts, annotations', () => {
  it('has a time stamp only if it is given one, and the user\u2019s own wins', async () => {
    const created = '2023-11-14T22:13:20Z';
    const key = 'org.opencontainers.image.created';
    const [without] = await plan(['sbom.cdx.json']);
    assert.equal(without?.annotations[key], undefined);
    const [given] = await plan(['sbom.cdx.json'], { created });
    assert.equal(given?.annotations[key], created);
    const [own] = await plan(['sbom.cdx.json'], { created, annotations: { [key]: '2020-01-01T00:00:00Z' } });
    assert.equal(own?.annotations[key], '2020-01-01T00:00:00Z');
  });

  it('refuses an annotation that contradicts the content, and takes one that repeats it', async () => {
    const key = 'dev.sigstore.bundle.predicateType';
    await assert.rejects(plan(['bundle.sigstore.json'], { annotations: { [key]: 'https://example.com/other' } }), {
      code: 'annotation-invalid',
      message:
        /given as "https:\/\/example.com\/other", but the content of "bundle.sigstore.json" says "https:\/\/slsa.dev/,
    });
    const [artifact] = await plan(['bundle.sigstore.json'], { annotations: { [key]: PREDICATE_TYPE, team: 'a' } });
    assert.equal(artifact?.annotations[key], PREDICATE_TYPE);
    assert.equal(artifact?.annotations['team'], 'a');
  });

  it('counts bytes, not characters, of a manifest with annotations beyond ASCII', async () => {
    const [artifact] = await plan(['sbom.cdx.json'], {
      annotations: { team: '\u00fcn\u00efc\u00f6d\u00eb \ud83d\ude80' },
    });
    const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf('x'), size: 1 };
    const bytes = buildArtifactManifest({
      artifactType: artifact?.artifactType ?? '',
      layers: [],
      subject,
      annotations: artifact?.annotations,
    });
    const manifest = parseManifest(bytes, { what: 'the manifest' });
    assert.equal(manifest.size, bytes.byteLength);
    assert.ok(manifest.size > Buffer.from(bytes).toString('utf8').length);
    assert.equal(manifest.annotations?.['team'], '\u00fcn\u00efc\u00f6d\u00eb \ud83d\ude80');
  });

  it('gives the same plan for the same files, wherever they lie', async () => {
    await mkdir(join(dir.path, 'elsewhere'), { recursive: true });
    await writeFile(join(dir.path, 'elsewhere/sbom.cdx.json'), FILES['sbom.cdx.json'] ?? '');
    assert.deepEqual(await outline(['elsewhere/sbom.cdx.json']), await outline(['sbom.cdx.json']));
  });
});

describe('replaceRefusal', () => {
  const refused: readonly (readonly [lines: readonly string[], artifactType: string | undefined, why: RegExp])[] = [
    [['bundle.sigstore.json'], undefined, /is a type of signatures/],
    [['signature.jws'], undefined, /is a type of signatures/],
    [['report.txt'], 'application/vnd.dev.cosign.artifact.sig.v1+json', /is a type of signatures/],
    [['bundle.sigstore.json', 'report.txt'], 'application/vnd.acme.release.v1', /"bundle.sigstore.json" is signed/],
  ];
  for (const [lines, artifactType, why] of refused) {
    it(`refuses to replace ${lines.join(' and ')} as ${artifactType ?? 'what it is'}`, async () => {
      const [artifact] = await plan(lines, { artifactType });
      assert.ok(artifact !== undefined);
      assert.match(replaceRefusal(artifact) ?? '', why);
    });
  }

  it('has nothing against replacing what nobody signed', async () => {
    for (const artifact of await plan(['sbom.spdx.json', 'sbom.cdx.json', 'statement.json', 'report.txt:text/plain'])) {
      assert.equal(replaceRefusal(artifact), undefined);
    }
  });
});
