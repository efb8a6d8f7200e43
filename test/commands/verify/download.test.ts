import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { EvidenceFolder } from '../../../src/commands/verify/evidence-folder.ts';
import { verifyExitCode } from '../../../src/commands/verify/exit-code.ts';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { EMPTY_BLOB } from '../../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { ANNOTATION_TITLE, OCI_EMPTY, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { startGithub } from '../../support/github-api.ts';
import { makeTrustedKey } from '../../support/judging.ts';
import {
  pushSampleBlob,
  pushSampleImage,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleTarget,
} from '../../support/sample-image.ts';
import { githubIdentity } from '../../support/sigstore/identity.ts';
import { type MadeBundle, makeKeyBundle, makeKeylessBundle } from '../../support/sigstore/make-bundle.ts';
import { makeCosignAttestation, makeCosignSignature } from '../../support/sigstore/make-cosign.ts';
import { makeStatement, SLSA_V1 } from '../../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../../support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { NO_SYMLINKS } from '../../support/system.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import { type VerifyRun, verify } from '../../support/verify-run.ts';

const key = makeTrustedKey();
const stranger = makeTrustedKey('stranger');
const PEM = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
const STRANGER_PEM = stranger.trust.key.export({ type: 'spki', format: 'pem' }).toString();
const BY_KEY = { require: SLSA_V1, key: PEM };
const SBOM = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'app',
  documentNamespace: 'https://acme.example/app',
  creationInfo: { created: '2026-11-22T00:00:00Z', creators: ['Tool: test'] },
  packages: [{ SPDXID: 'SPDXRef-a', name: 'a', downloadLocation: 'NOASSERTION' }],
});

interface Row {
  readonly image: string;
  readonly subject: string;
  readonly referrer: string | null;
  readonly document: string;
  readonly predicateType: string | null;
  readonly signed: boolean;
  readonly signer: string | null;
  readonly cells: readonly { readonly rule: string; readonly column: string }[];
  readonly file: string;
  readonly statement: string | null;
}

let world: SigstoreWorld;
let registry: EmbeddedRegistry;
let workspace: TempDir;
let target: SampleTarget;
let count = 0;

before(async () => {
  [world, registry, workspace] = await Promise.all([startSigstoreWorld(), startEmbeddedRegistry(), makeTempDir()]);
  await writeFile(join(workspace.path, 'trusted_root.json'), world.trustedRootJson);
});
after(() => Promise.all([world.close(), registry.close(), workspace.remove()]));
beforeEach(() => {
  count += 1;
  target = { host: registry.host, repository: `acme/app-${count}` };
});

/** A run with a folder of its own. */
function run(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<VerifyRun> {
  return verify({ download: `evidence-${count}`, ...inputs }, { workspace: workspace.path, env });
}

function at(...path: string[]): string {
  return join(workspace.path, `evidence-${count}`, ...path);
}

function imageName(tag = '1'): string {
  return `${target.host}/${target.repository}:${tag}`;
}

async function readIndex(): Promise<Row[]> {
  return JSON.parse(await readFile(at('evidence.json'), 'utf8')) as Row[];
}

async function onlyRow(): Promise<Row> {
  const [row, ...others] = await readIndex();
  assert.ok(row);
  assert.deepEqual(others, []);
  return row;
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(path.length + 1)
        .replaceAll(sep, '/'),
    )
    .sort();
}

function keyBundle(subject: Descriptor, by = key): Promise<MadeBundle> {
  return makeKeyBundle({ statement: makeStatement({ subject: subject.digest }), privateKey: by.privateKey });
}

describe('verify with download', () => {
  it('writes the bundle that counted, and the bytes of the statement that is signed in it', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const statement = makeStatement({ subject: descriptor.digest });
    const made = await makeKeylessBundle(world, { statement, identity: githubIdentity() });
    const referrer = await pushBundle(target, descriptor, made);
    const workflow = 'acme/app/.github/workflows/release.yml';
    const inputs = { require: SLSA_V1, 'signer-workflow': workflow, 'trusted-root': 'trusted_root.json' };
    const { verdict, download } = await run({ image: imageName(), ...inputs });
    assert.equal(verdict, 'pass');
    assert.equal(download?.error, undefined);
    const row = await onlyRow();
    const folder = `${descriptor.digest.slice(7, 19)}/${digestOf(made.bytes).slice(7, 19)}`;
    const by = { signed: true, signer: `https://github.com/${workflow}@refs/tags/v1.4.0`, trust: 'sigstore' };
    assert.deepEqual(row, {
      image: `${target.host}/${target.repository}@${descriptor.digest}`,
      subject: descriptor.digest,
      referrer,
      document: digestOf(made.bytes),
      artifactType: made.mediaType,
      predicateType: SLSA_V1,
      ...by,
      cells: [{ rule: SLSA_V1, column: 'image', ...by }],
      file: `${folder}/bundle.json`,
      statement: `${folder}/statement.json`,
    });
    assert.deepEqual(await readFile(at(row.file)), Buffer.from(made.bytes));
    const envelope = (made.json as { dsseEnvelope: { payload: string } }).dsseEnvelope;
    assert.deepEqual(await readFile(at(row.statement ?? '')), Buffer.from(envelope.payload, 'base64'));
    assert.deepEqual(await filesOf(at()), [row.file, row.statement, 'evidence.json']);
  });

  it('writes nothing of what was refused beside it', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushBundle(target, descriptor, await keyBundle(descriptor, stranger));
    const made = await keyBundle(descriptor);
    await pushBundle(target, descriptor, made);
    await run({ image: imageName(), ...BY_KEY });
    const row = await onlyRow();
    assert.equal(row.document, digestOf(made.bytes));
    assert.equal((await filesOf(at())).length, 3);
  });

  it("writes what lies in cosign's tags: the envelope with its statement, the simple signing payload", async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const statement = makeStatement({ subject: descriptor.digest });
    const attestation = await makeCosignAttestation(world, { statement, privateKey: key.privateKey });
    await pushCosignTag(target, descriptor.digest, 'att', [attestation]);
    await run({ image: imageName(), ...BY_KEY });
    const row = await onlyRow();
    assert.match(row.file, /\/envelope\.json$/);
    assert.deepEqual(await readFile(at(row.file)), Buffer.from(attestation.payload));
    const { payload } = JSON.parse(Buffer.from(attestation.payload).toString()) as { payload: string };
    assert.deepEqual(await readFile(at(row.statement ?? '')), Buffer.from(payload, 'base64'));

    await pushSampleImage(target, { tag: '2', name: 'two' }).then(async ({ descriptor: two }) => {
      const signature = await makeCosignSignature(world, { digest: two.digest, privateKey: key.privateKey });
      await pushCosignTag(target, two.digest, 'sig', [signature]);
      await writeFile(join(workspace.path, 'key.pem'), PEM);
      await writeFile(
        join(workspace.path, 'any.yml'),
        'version: 1\ntrust: { k: { key: key.pem } }\nrules: [{ name: signed, signed-by: { trust: k } }]\n',
      );
      const { verdict } = await run({ image: imageName('2'), policy: 'any.yml' });
      assert.equal(verdict, 'pass');
      const signed = await onlyRow();
      assert.match(signed.file, /\/simplesigning\.json$/);
      assert.equal(signed.statement, null);
      assert.deepEqual(await readFile(at(signed.file)), Buffer.from(signature.payload));
    });
  });

  it('finds the signature that counted among several of one payload, and has a row for each that did', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const sign = (privateKey: typeof key.privateKey) =>
      makeCosignSignature(world, { digest: descriptor.digest, privateKey });
    const [byStranger, byKey] = await Promise.all([sign(stranger.privateKey), sign(key.privateKey)]);
    assert.deepEqual(byStranger.payload, byKey.payload);
    await pushCosignTag(target, descriptor.digest, 'sig', [byStranger, byKey]);
    await writeFile(join(workspace.path, 'key.pem'), PEM);
    await writeFile(join(workspace.path, 'stranger.pem'), STRANGER_PEM);
    const rule = (name: string) => `{ name: ${name}, signed-by: { trust: ${name} } }`;
    const trust = 'trust: { k: { key: key.pem }, s: { key: stranger.pem } }';
    await writeFile(join(workspace.path, 'one.yml'), `version: 1\n${trust}\nrules: [${rule('k')}]\n`);
    await writeFile(join(workspace.path, 'two.yml'), `version: 1\n${trust}\nrules: [${rule('k')}, ${rule('s')}]\n`);
    assert.equal((await run({ image: imageName(), policy: 'one.yml' })).download?.error, undefined);
    assert.equal((await onlyRow()).signer, key.trust.fingerprint);
    await run({ image: imageName(), policy: 'two.yml' });
    const signers = (await readIndex()).map(({ signer, cells }) => [
      cells.map(({ rule: name }) => name).join(),
      signer,
    ]);
    assert.deepEqual(Object.fromEntries(signers), { k: key.trust.fingerprint, s: stranger.trust.fingerprint });
  });

  it('lists the documents of two tags of one image once, in an order that no run changes', async () => {
    const lines: string[] = [];
    for (const tag of ['c', 'a', 'b']) {
      const { descriptor } = await pushSampleImage(target, { tag, name: tag });
      await pushBundle(target, descriptor, await keyBundle(descriptor));
      lines.push(imageName(tag));
    }
    await pushSampleImage(target, { tag: 'again', name: 'a' });
    await run({ image: [...lines, imageName('again')].join('\n'), ...BY_KEY });
    const first = await readIndex();
    assert.equal(first.length, 3);
    assert.deepEqual(
      first.map(({ image }) => image),
      first.map(({ image }) => image).sort(),
    );
    await run({ image: [imageName('again'), ...lines.toReversed()].join('\n'), ...BY_KEY });
    assert.deepEqual(await readIndex(), first);
  });

  it('writes a file that nobody signed as it is, by a name of its own whatever its title, and says that nobody did', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const { mediaType, digest, size } = descriptor;
    const layer = await pushSampleBlob(target, new TextEncoder().encode(SBOM), 'application/spdx+json');
    await pushSampleManifest(target, {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/spdx+json',
      config: await pushSampleBlob(target, EMPTY_BLOB, OCI_EMPTY),
      layers: [{ ...layer, annotations: { [ANNOTATION_TITLE]: '../../escape.json' } }],
      subject: { mediaType, digest, size },
    });
    const { verdict } = await run({ image: imageName(), 'require-unsigned': 'application/spdx+json' });
    assert.equal(verdict, 'pass');
    const row = await onlyRow();
    assert.match(row.file, /^[0-9a-f]{12}\/[0-9a-f]{12}\/document\.json$/);
    assert.deepEqual([row.signed, row.signer, row.statement], [false, null, null]);
    assert.equal(await readFile(at(row.file), 'utf8'), SBOM);
  });

  it("writes what no registry holds: GitHub's attestation, asked for once, and a line of the user's bundles", async (t) => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const made = await keyBundle(descriptor);
    const attestations = { [`acme/app ${descriptor.digest}`]: [{ snappy: made.json }] };
    const github = await startGithub(t, { attestations });
    const env = { GITHUB_API_URL: github.url.href, GITHUB_REPOSITORY: 'acme/app' };
    const outside = { image: imageName(), ...BY_KEY, 'github-token': 'ghs_x' };
    assert.equal((await run({ ...outside, sources: 'github' }, env)).download?.error, undefined);
    const ofGithub = await onlyRow();
    assert.equal(ofGithub.referrer, null);
    assert.deepEqual(JSON.parse(await readFile(at(ofGithub.file), 'utf8')), made.json);
    const asked = github.requests.length;
    await run({ ...outside, sources: 'github', download: 'elsewhere' }, env);
    await verify({ ...outside, sources: 'github' }, { workspace: workspace.path, env });
    assert.equal(github.requests.length, 3 * asked);

    const other = await keyBundle({ ...descriptor, digest: digestOf('another image') });
    const lines = [other, made].map(({ json }) => JSON.stringify(json));
    await writeFile(join(workspace.path, 'bundles.jsonl'), `${lines.join('\n')}\n`);
    await run({ ...outside, bundles: 'bundles.jsonl' });
    assert.equal(await readFile(at((await onlyRow()).file), 'utf8'), lines[1]);
  });

  it('asks the registry for nothing twice', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushBundle(target, descriptor, await keyBundle(descriptor));
    const urls = async (inputs: Readonly<Record<string, string>>): Promise<string[]> => {
      registry.clearLog();
      await verify({ image: imageName(), ...BY_KEY, ...inputs }, { workspace: workspace.path });
      return registry.log.map(({ method, path }) => `${method} ${path}`).sort();
    };
    assert.deepEqual(await urls({ download: `evidence-${count}` }), await urls({}));
    assert.equal((await readIndex()).length, 1);
  });

  it('writes what one image passed by and nothing of another that failed, in mode warn too', async () => {
    const good = await pushSampleImage(target, { tag: 'good', name: 'good' });
    const bad = await pushSampleImage(target, { tag: 'bad', name: 'bad' });
    await pushBundle(target, good.descriptor, await keyBundle(good.descriptor));
    await pushSampleReferrer(target, good.descriptor, { artifactType: 'application/spdx+json', content: SBOM });
    await pushSampleReferrer(target, bad.descriptor, { artifactType: 'application/spdx+json', content: SBOM });
    const inputs = { ...BY_KEY, 'require-unsigned': 'application/spdx+json', mode: 'warn' };
    const { images } = await run({ image: `${imageName('good')}\n${imageName('bad')}`, ...inputs });
    // the SBOM rule of the second was met, and the image was not let through
    assert.deepEqual(
      images.map(({ verdict }) => verdict?.verdict),
      ['pass', 'fail'],
    );
    assert.equal(images[1]?.verdict?.rules[1]?.verdict, 'pass');
    assert.deepEqual(new Set((await readIndex()).map(({ subject }) => subject)), new Set([good.descriptor.digest]));
    const short = bad.descriptor.digest.slice(7, 19);
    assert.equal(
      (await filesOf(at())).some((file) => file.startsWith(short)),
      false,
    );
  });

  it('leaves no index of an earlier run beside a verdict that is not pass', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushBundle(target, descriptor, await keyBundle(descriptor));
    await run({ image: imageName(), ...BY_KEY });
    assert.equal((await readIndex()).length, 1);
    await run({ image: imageName(), ...BY_KEY });
    assert.equal((await readIndex()).length, 1);
    assert.equal((await run({ image: imageName(), require: SLSA_V1, key: STRANGER_PEM })).verdict, 'fail');
    assert.deepEqual(await readIndex(), []);
  });

  it('overwrites nothing: a file in the way fails the run beside its verdict, and the index is of what is whole', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushBundle(target, descriptor, await keyBundle(descriptor));
    await run({ image: imageName(), ...BY_KEY });
    const { file } = await onlyRow();
    await writeFile(at(file), 'mine');
    const result = await run({ image: imageName(), ...BY_KEY, mode: 'warn' });
    assert.deepEqual([result.verdict, result.download?.error?.code], ['pass', 'download-conflict']);
    assert.equal(verifyExitCode(result), 1);
    assert.deepEqual(await readIndex(), []);
    assert.equal(await readFile(at(file), 'utf8'), 'mine');
  });

  it('follows no link of the checkout, and asks nothing of the registry before it knows where to write', {
    skip: NO_SYMLINKS,
  }, async () => {
    await using elsewhere = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushBundle(target, descriptor, await keyBundle(descriptor));
    await symlink(elsewhere.path, at());
    registry.clearLog();
    const refused = (code: string) => (thrown: unknown) => thrown instanceof CodedError && thrown.code === code;
    await assert.rejects(run({ image: imageName(), ...BY_KEY }), refused('file-outside-workspace'));
    await assert.rejects(run({ image: imageName(), ...BY_KEY, download: '../x' }), refused('file-outside-workspace'));
    assert.deepEqual([registry.log.length, await readdir(elsewhere.path)], [0, []]);
    // nor one below the folder, which is there from before
    await mkdir(join(workspace.path, 'own'));
    await symlink(elsewhere.path, join(workspace.path, 'own', descriptor.digest.slice(7, 19)));
    const below = await run({ image: imageName(), ...BY_KEY, download: 'own' });
    assert.equal(below.download?.error?.code, 'download-conflict');
    assert.deepEqual(await readdir(elsewhere.path), []);
  });

  it('takes the index of an earlier run away first, so that a run that is cut off leaves none', async () => {
    const context = { workspace: workspace.path, signal: new AbortController().signal };
    await mkdir(at());
    await writeFile(at('evidence.json'), '[{}]');
    const folder = await EvidenceFolder.open(`evidence-${count}`, context);
    assert.deepEqual(await filesOf(at()), []);
    assert.deepEqual(await folder.finish(), { index: at('evidence.json'), documents: [], error: undefined });
    assert.deepEqual(await readIndex(), []);
  });

  it('leaves no index of an earlier run where the policy cannot be had, or the inputs are wrong', async (t) => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushBundle(target, descriptor, await keyBundle(descriptor));
    const image = imageName();
    const before = async (): Promise<void> => {
      assert.equal((await run({ image, ...BY_KEY })).verdict, 'pass');
      assert.equal((await readIndex()).length, 1);
    };
    await before();
    const github = await startGithub(t, {});
    const env = { GITHUB_API_URL: github.url.href, GITHUB_REPOSITORY: 'acme/app' };
    const absent = { policy: 'p.yml', 'policy-ref': 'refs/heads/none', 'github-token': 'ghs_x' };
    const unknown = await run({ image, ...absent }, env);
    assert.deepEqual([unknown.verdict, unknown.images, unknown.download?.documents], ['unknown', [], []]);
    assert.notEqual(unknown.error, undefined);
    assert.deepEqual(await readIndex(), []);
    for (const wrong of [
      { image, require: SLSA_V1, key: 'no key' },
      { image: 'not an image', ...BY_KEY },
    ]) {
      await before();
      await assert.rejects(run(wrong));
      await assert.rejects(readIndex(), { code: 'ENOENT' });
    }
  });

  it('is refused beside reports, which hold no documents', async () => {
    await assert.rejects(
      run({ reports: 'report.json' }),
      (thrown: unknown) => thrown instanceof CodedError && thrown.code === 'input-conflict',
    );
  });
});
