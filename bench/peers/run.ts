/**
 * `npm run bench:peers`: what others and we do to the same registry with the same files, side by side. `--rows a,b` for
 * some of the rows, `--runs N` (default 5; rows that take long have 3), `--megabytes N`, `--referrers N`,
 * `--minutes N` after which no row is begun, `--dist FOLDER` for other built files than the committed ones, `--write` puts the tables into docs/performance.md.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { runProcess } from '../measure.ts';
import { findContenders } from './find-contenders.ts';
import { openGround } from './ground.ts';
import { renderPeers } from './render.ts';
import type { RowResult } from './results.ts';
import { ROWS, type Row, setScene } from './rows.ts';
import { runRow } from './run-row.ts';

const DELAY_MS = 40;
const root = resolve(import.meta.dirname, '../..');
const page = join(root, 'docs/performance.md');
const BEGIN = '<!-- measured:peers -->';
const END = '<!-- /measured:peers -->';

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    runs: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '500' },
    referrers: { type: 'string', default: '5000' },
    dist: { type: 'string', default: join(root, 'dist') },
    minutes: { type: 'string', default: 'Infinity' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const megabytes = Number(values.megabytes);
const count = Number(values.referrers);
const dist = resolve(values.dist);
const packages = join(root, '.cache/peers');

const temp = await makeTempDir('bench-peers-');
try {
  await mkdir(packages, { recursive: true });
  const field = await findContenders(dist, packages);
  await prepareFolder(temp.path, field.cosign);
  const date = new Date();
  const before = load();
  const begun = performance.now();
  const results: RowResult[] = [];
  const left: Row[] = [];
  for (const row of wantedRows()) {
    if (performance.now() - begun > Number(values.minutes) * 60_000) left.push(row);
    else results.push(await benchRow(row, field));
  }
  const text = renderPeers(results, {
    date,
    left,
    machine: `${cpus().length} cores of ${cpus()[0]?.model ?? 'unknown'}, shared`,
    load: [before, load()],
    delayMs: DELAY_MS,
    seconds: (performance.now() - begun) / 1000,
    megabytes,
    count,
  });
  console.log(text);
  if (values.write) await writePage(text);
} finally {
  await temp.remove();
}

function wantedRows(): readonly Row[] {
  const ids = values.rows?.split(',');
  const unknown = ids?.filter((id) => !ROWS.some((row) => row.id === id)) ?? [];
  if (unknown.length > 0)
    throw new Error(`no such row: ${unknown.join(', ')} (${ROWS.map(({ id }) => id).join(', ')})`);
  return ROWS.filter(({ id }) => ids?.includes(id) ?? true);
}

async function benchRow(row: Row, field: Awaited<ReturnType<typeof findContenders>>): Promise<RowResult> {
  const ground = await openGround(row.ground, count);
  try {
    const file = row.act === 'upload' ? 'large.bin' : 'report.json';
    if (row.act === 'upload') await writeLargeFile(join(temp.path, file));
    const scene = await setScene({ row, ground, folder: temp.path, file, cosign: field.cosign, count });
    const few = Math.min(runs, 3);
    const quick = row.runs === 'many' ? runs : few;
    const slow = row.act === 'upload' ? 1 : quick;
    return await runRow(scene, field, { dist, packages, delayMs: DELAY_MS, quick, slow });
  } finally {
    await ground.close();
  }
}

/** What the clients find in their working folder besides the file: keys, and a Sigstore configuration that names nobody. */
async function prepareFolder(folder: string, cosign: string | undefined): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const trustedRoot = { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' };
  await writeFile(join(folder, 'trusted-root.json'), JSON.stringify(trustedRoot));
  if (cosign === undefined) return;
  const env = { PATH: process.env['PATH'], HOME: folder, COSIGN_PASSWORD: '' };
  for (const words of [['generate-key-pair'], ['signing-config', 'create', '--out', 'signing-config.json']]) {
    const done = await runProcess(cosign, words, env, folder);
    if (done.code !== 0) throw new Error(`cosign ${words[0]}: ${done.output}`);
  }
}

async function writeLargeFile(path: string): Promise<void> {
  const block = randomBytes(1_000_000);
  const file = await open(path, 'w');
  for (let i = 0; i < megabytes; i++) {
    block.writeUInt32LE(i);
    await file.write(block);
  }
  await file.close();
}

function load(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** In place of what stands between the two marks. */
async function writePage(text: string): Promise<void> {
  const old = await readFile(page, 'utf8');
  const begin = old.indexOf(BEGIN);
  const end = old.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${page} has no place between ${BEGIN} and ${END}`);
  await writeFile(page, `${old.slice(0, begin + BEGIN.length)}\n${text}\n${old.slice(end)}`);
}
