/**
 * 500 MB to Debian's docker-registry, over `curl -T` of such a file with the digest known beforehand: the upload alone,
 * with the digest known as well; and the committed CLI from its start to its end, which besides hashes the file, pushes
 * the manifest, lists it and waits until the list has settled.
 */
import { createHash, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerRegistryAvailable, startDockerRegistry } from '../test/support/docker-registry.ts';
import { pushSampleImage } from '../test/support/sample-image.ts';
import { makeTempDir } from '../test/support/temp-dir.ts';
import { median, printTable, runProcess } from './measure.ts';

const MEGABYTES = 500;
const RUNS = 5;
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const uploader = fileURLToPath(new URL('./upload-process.ts', import.meta.url));
const printRss = fileURLToPath(new URL('./print-rss.ts', import.meta.url));

/** A file that no registry has seen, and its digest. */
async function freshFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const block = randomBytes(1_000_000);
  const file = await open(path, 'w');
  for (let i = 0; i < MEGABYTES; i++) {
    block.writeUInt32LE(i);
    hash.update(block);
    await file.write(block);
  }
  await file.close();
  return `sha256:${hash.digest('hex')}`;
}

async function curl(url: string, path: string, digest: string): Promise<number> {
  const begun = await fetch(`${url}/v2/acme/app/blobs/uploads/`, { method: 'POST' });
  const location = `${begun.headers.get('location')}&digest=${digest}`;
  const done = await runProcess('curl', [
    '-sS',
    '-f',
    '-T',
    path,
    '-H',
    'Content-Type: application/octet-stream',
    location,
  ]);
  if (done.code !== 0) throw new Error(`curl: ${done.output}`);
  return done.milliseconds;
}

export async function benchUpload(): Promise<void> {
  if (!dockerRegistryAvailable()) {
    console.log('\n### Upload\n\nskipped: no docker-registry (apt-get install docker-registry)');
    return;
  }
  const registry = await startDockerRegistry({ storage: 'filesystem' });
  const temp = await makeTempDir();
  const path = join(temp.path, 'big.bin');
  const image = await pushSampleImage({ host: registry.host, repository: 'acme/app' });
  const times = { curl: [] as number[], upload: [] as number[], attach: [] as number[] };
  const peaks = { upload: [] as number[], attach: [] as number[] };
  const env = { PATH: process.env['PATH'] };
  const name = `${registry.host}/acme/app`;
  const run = async (words: readonly string[]) => {
    const done = await runProcess(process.execPath, ['--import', printRss, ...words], env, temp.path);
    if (done.code !== 0) throw new Error(done.output);
    return { ...done, peak: Number(/peak RSS (\d+) MiB/.exec(done.output)?.[1]) };
  };
  for (let i = 0; i < RUNS; i++) {
    times.curl.push(await curl(registry.url, path, await freshFile(path)));
    const uploaded = await run([uploader, name, path, await freshFile(path), String(MEGABYTES * 1_000_000)]);
    times.upload.push(Number(/uploaded in ([\d.]+) ms/.exec(uploaded.output)?.[1]));
    peaks.upload.push(uploaded.peak);
    await freshFile(path);
    const words = ['attach', `${name}@${image.descriptor.digest}`, 'big.bin'];
    const attached = await run([cli, ...words, '--artifact-type', 'application/vnd.acme.big.v1', '--if-exists', 'add']);
    times.attach.push(attached.milliseconds);
    peaks.attach.push(attached.peak);
  }
  await registry.close();
  await temp.remove();
  const base = median(times.curl);
  const row = (what: string, own: readonly number[], rss: readonly number[], goal: string) => [
    what,
    (MEGABYTES * 1000) / median(own),
    base / median(own),
    goal,
    String(Math.max(...rss)),
  ];
  printTable(
    `${MEGABYTES} MB to docker-registry, medians of ${RUNS} (curl -T: ${((MEGABYTES * 1000) / base).toFixed(0)} MB/s)`,
    ['case', 'MB/s', 'x curl -T', 'goal', 'peak RSS MiB (goal <= 170)'],
    [
      row('upload, digest known', times.upload, peaks.upload, '>= 0.8'),
      row('attach as the CLI: start, hash, upload, list, settle', times.attach, peaks.attach, 'given'),
    ],
  );
}
