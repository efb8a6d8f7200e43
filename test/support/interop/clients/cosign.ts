import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttachOrder, type InteropClient, nameOf, type SeenReferrer, type SignedTrust } from '../client.ts';
import { runProgram } from '../run-program.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** Its layer's type: the manifest gives none of its own. */
const LEGACY = 'application/vnd.dev.cosign.simplesigning.v1+json';
const PREDICATE = 'https://acme.example/checked/v1';
/** No services at all: cosign asks nobody but the registry. */
const TRUSTED_ROOT = { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' };

/** cosign with a key, without a transparency log. `home` gets the key pair. */
export async function cosignClient(path: string, version: string, home: string): Promise<readonly InteropClient[]> {
  const run = (args: readonly string[]): Promise<Buffer> =>
    runProgram(path, args, home, { cwd: home, env: { COSIGN_PASSWORD: '' } });
  await run(['generate-key-pair']);
  await run(['signing-config', 'create', '--out', 'signing-config.json']);
  await writeFile(join(home, 'trusted-root.json'), JSON.stringify(TRUSTED_ROOT));
  const signing = ['--yes', '--key', 'cosign.key', '--trusted-root', 'trusted-root.json', '--allow-http-registry'];
  const offline = ['--signing-config', 'signing-config.json'];

  return [
    legacyCosign(version, run, await trustOf(home, { 'artifact-type': LEGACY })),
    {
      name: 'cosign',
      version,
      trust: await trustOf(home, { 'predicate-type': PREDICATE }),
      cannot: {
        pull: 'has no command that fetches any artifact',
        delete: 'deletes its own tags only',
      },
      async list(subject): Promise<readonly SeenReferrer[]> {
        const text = (await run(['tree', '--allow-http-registry', nameOf(subject)])).toString();
        const found = text.matchAll(/artifacts via OCI referrer: \S+@(?<digest>sha256:[0-9a-f]{64})/gu);
        return [...found].map(({ groups }) => ({ digest: groups?.['digest'] ?? '' }));
      },
      async attach({ host, repository, subject, content }: AttachOrder) {
        await writeFile(join(home, 'predicate.json'), content);
        const target = nameOf({ host, repository, digest: subject.digest });
        const what = ['--type', PREDICATE, '--predicate', 'predicate.json'];
        await run(['attest', ...signing, ...offline, ...what, target]);
        return { artifactType: BUNDLE, annotations: { 'dev.sigstore.bundle.predicateType': PREDICATE } };
      },
      async verify(subject) {
        await run([
          ...['verify-attestation', '--key', 'cosign.pub', '--type', PREDICATE, '--insecure-ignore-tlog'],
          ...['--trusted-root', 'trusted-root.json', '--allow-http-registry', nameOf(subject)],
        ]);
      },
    },
  ];
}

/** The same program with the format of cosign 1 and 2: a tag `sha256-<hex>.sig` beside the image. */
function legacyCosign(
  version: string,
  run: (args: readonly string[]) => Promise<Buffer>,
  trust: SignedTrust,
): InteropClient {
  const signing = ['--yes', '--key', 'cosign.key', '--trusted-root', 'trusted-root.json', '--allow-http-registry'];
  const legacy = ['--use-signing-config=false', '--tlog-upload=false', '--new-bundle-format=false'];
  return {
    name: 'cosign (.sig tags)',
    version,
    trust,
    cannot: {
      list: 'as cosign',
      pull: 'as cosign',
      delete: 'not tried',
      mix: 'writes a tag of its own',
      verify: 'its signatures are no referrers, which attach makes',
    },
    async attach({ host, repository, subject, content }) {
      const annotation = ['--annotations', `length=${content.length}`];
      await run(['sign', ...signing, ...legacy, ...annotation, nameOf({ host, repository, digest: subject.digest })]);
      return { artifactType: LEGACY, annotations: {}, sources: [['cosign-tags']] };
    },
  };
}

/** The key pair in `home`, and another one. */
async function trustOf(home: string, wanted: object): Promise<SignedTrust> {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
  return {
    right: { key: await readFile(join(home, 'cosign.pub'), 'utf8') },
    wrong: { key: other.toString() },
    wanted,
    signer: {},
  };
}
