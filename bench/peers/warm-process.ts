/**
 * A library in a process that stays: `ours FOLDER-OF-BUILT-FILES` or `sigstore-oci FOLDER-OF-PACKAGE`. Does each order
 * that it is sent and says what it cost; for measured-run.ts.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CapabilityMemory, ManifestTarget, Store } from '../../src/index.ts';
import { ARTIFACT_TYPE, FILE_TYPE, type Order, PREDICATE } from './contender.ts';
import type { Cost } from './measured-run.ts';

type Library = typeof import('../../src/index.ts');
type Worker = (order: Order) => Promise<unknown>;

interface SigstoreOci {
  getImageDigest(options: Record<string, unknown>): Promise<string>;
  attachArtifactToImage(options: Record<string, unknown>): Promise<unknown>;
}

const [, , kind, folder = ''] = process.argv;
const work = kind === 'ours' ? await loadOurs() : loadSigstoreOci();

process.on('message', (order: Order) => {
  measure(order).then(
    (cost) => process.send?.(cost),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.('ready');

async function measure(order: Order): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work(order);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wallMs, cpuMs: (user + system) / 1000, rssMiB: process.resourceUsage().maxRSS / 1024 };
}

async function loadOurs(): Promise<Worker> {
  const library = (await import(join(folder, 'index.js'))) as Library;
  let opened: ReturnType<Library['openRegistry']> | undefined;
  return async (order) => {
    const { user, name, reference, act } = order;
    opened ??= library.openRegistry(user === undefined ? {} : { username: user.name, password: user.password });
    const registry = await opened;
    const store = await registry.repository(name);
    const target = reference.startsWith('@') ? library.parseDigest(reference.slice(1)) : { tag: reference.slice(1) };
    const { capabilities } = registry;
    switch (act) {
      case 'list':
      case 'list-many':
        return library.listReferrers({ store, target, capabilities });
      case 'list-deep':
        return library.listReferrers({ store, target, capabilities, depth: Number.POSITIVE_INFINITY });
      case 'verify':
        return verify(library, { store, target, capabilities }, order);
      case 'attach':
      case 'upload':
        return attachTo(library, { store, target, capabilities }, order);
      case 'attach-platforms': {
        const { root } = await library.listReferrers({ store, target, sources: ['in-index'], verify: false });
        const images = root.children.map(({ descriptor }) => descriptor.digest);
        return Promise.all(images.map((image) => attachTo(library, { store, target: image, capabilities }, order)));
      }
      case 'sign':
        throw new Error('the library does not sign');
    }
  };
}

interface At {
  readonly store: Store;
  readonly target: ManifestTarget;
  readonly capabilities: CapabilityMemory;
}

async function attachTo({ attach }: Library, at: At, { act, file, folder }: Order): Promise<unknown> {
  const path = join(folder, file);
  const content = act === 'upload' ? await largeFile(path) : await readFile(path);
  return attach({ ...at, artifactType: ARTIFACT_TYPE, files: [{ title: file, mediaType: FILE_TYPE, content }] });
}

async function verify({ verify: judge }: Library, at: At, { folder }: Order): Promise<void> {
  const { verdict } = await judge({
    ...at,
    policy: { require: [PREDICATE], key: 'cosign.pub' },
    readFile: (path) => readFile(join(folder, path)),
  });
  if (verdict !== 'pass') throw new Error(`the verdict is ${verdict}`);
}

/** Hashed first, as a blob must be whose digest is not known. */
async function largeFile(path: string) {
  const { createHash } = await import('node:crypto');
  const open = () => createReadStream(path, { highWaterMark: 1024 * 1024 });
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of open() as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.byteLength;
  }
  return { digest: `sha256:${hash.digest('hex')}` as const, size, open };
}

function loadSigstoreOci(): Worker {
  const oci = createRequire(join(folder, 'package.json'))('@sigstore/oci') as SigstoreOci;
  return async ({ name: imageName, reference, user, file, folder: place }) => {
    const credentials = user && { username: user.name, password: user.password };
    const fetchOpts = { retry: false };
    const imageTag = reference.slice(1);
    const imageDigest = await oci.getImageDigest({ imageName, imageTag, credentials, fetchOpts });
    const artifact = await readFile(join(place, file));
    const what = { artifact, mediaType: ARTIFACT_TYPE, annotations: {} };
    return oci.attachArtifactToImage({ ...what, imageName, imageDigest, credentials, fetchOpts });
  };
}
