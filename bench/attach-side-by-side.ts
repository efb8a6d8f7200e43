/**
 * Attach of one file to a digest at 40 ms a request, warm library calls, anonymous, beside @sigstore/oci (what
 * actions/attest pushes with). The registry is the embedded one, with the referrers API and without.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { attach, openRegistry, parseDigest } from '../src/index.ts';
import { median, milliseconds, printTable, runProcess } from './measure.ts';

const RUNS = 9;
const PEER = '@sigstore/oci@0.7.2';
const folder = fileURLToPath(new URL('../.cache/peers/', import.meta.url));
const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

interface Peer {
  attachArtifactToImage(options: Record<string, unknown>): Promise<unknown>;
}

/** The peer is no dependency of ours: it is installed beside, for the bench alone. */
async function loadPeer(): Promise<Peer | undefined> {
  const require = createRequire(`${folder}package.json`);
  if (!existsSync(`${folder}node_modules/@sigstore/oci`)) {
    const install = await runProcess('npm', [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      PEER,
    ]);
    if (install.code !== 0) return undefined;
  }
  return require('@sigstore/oci') as Peer;
}

interface Ready {
  readonly host: string;
  /** A fresh repository for each attach: nothing is there, not even the empty config. */
  readonly subjects: readonly { readonly repository: string; readonly digest: string }[];
}

async function startServer(api: boolean): Promise<{ readonly ready: Ready; stop(): void }> {
  const server = fileURLToPath(new URL('./slow-registry.ts', import.meta.url));
  const child = fork(server, [api ? 'api' : 'tag', String(RUNS * 4)]);
  const [ready] = (await once(child, 'message')) as [Ready];
  return { ready, stop: () => child.kill() };
}

/** A bundle-sized document that differs each time, so that no blob is there before. */
function freshBundle(i: number): Buffer {
  return Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPE, n: `${i} ${performance.now()}`, pad: 'x'.repeat(8192) }));
}

async function benchOne(api: boolean, peer: Peer | undefined): Promise<(string | number)[][]> {
  const { ready, stop } = await startServer(api);
  const registry = await openRegistry();
  const subjects = [...ready.subjects];
  const next = () => {
    const subject = subjects.pop();
    if (subject === undefined) throw new Error('too few subjects');
    return { name: `${ready.host}/${subject.repository}`, digest: parseDigest(subject.digest) };
  };
  const ours = (settleMs: number | undefined) => async (i: number) => {
    const { name, digest } = next();
    const store = await registry.repository(name);
    return attach({
      store,
      target: digest,
      artifactType: MEDIA_TYPE,
      files: [{ title: 'bundle.json', mediaType: MEDIA_TYPE, content: freshBundle(i) }],
      ifExists: 'add',
      settleMs,
    });
  };
  const theirs = async (i: number) => {
    const { name, digest } = next();
    return peer?.attachArtifactToImage({
      artifact: freshBundle(i),
      mediaType: MEDIA_TYPE,
      imageName: name,
      imageDigest: digest,
      credentials: undefined,
      annotations: {},
      fetchOpts: { retry: false },
    });
  };
  const times = { peer: [] as number[], settled: [] as number[], unsettled: [] as number[] };
  for (let i = -1; i < RUNS; i++) {
    const settled = await milliseconds(() => ours(undefined)(i));
    const unsettled = api ? settled : await milliseconds(() => ours(0)(i));
    const peerTime = await milliseconds(() => theirs(i));
    if (i < 0) continue; // connections, capability
    times.settled.push(settled);
    times.unsettled.push(unsettled);
    times.peer.push(peerTime);
  }
  await registry.close();
  stop();
  const theirTime = median(times.peer);
  const speedup = (own: readonly number[]): string | number =>
    peer === undefined ? 'peer not there' : theirTime / median(own);
  if (api) return [['referrers API, read back', median(times.settled), theirTime, speedup(times.settled), '>= 2']];
  return [
    ['tag schema, settled (the default)', median(times.settled), theirTime, speedup(times.settled), 'given'],
    ['tag schema, read back without settling', median(times.unsettled), theirTime, speedup(times.unsettled), 'given'],
  ];
}

export async function benchAttach(): Promise<void> {
  const peer = await loadPeer();
  const rows = [...(await benchOne(true, peer)), ...(await benchOne(false, peer))];
  printTable(
    `Attach one file to a digest at 40 ms a request, medians of ${RUNS}`,
    ['case', 'ours ms', `${PEER} ms`, 'x faster', 'goal'],
    rows,
  );
}
