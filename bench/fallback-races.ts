/**
 * Processes that attach to one image at the same moment, ours beside oras and regctl, with and without stalls, and what
 * of it the list holds in the end. `--write` puts the table into docs/reliability.md, between its markers.
 *
 *     node bench/fallback-races.ts [--runs 3] [--few-runs 1] [--writers 2,8] [--stalls no,yes] [--registries docker,embedded]
 *                                  [--minutes 15] [--json FILE] [--write]
 *     node bench/fallback-races.ts --join FILE --join FILE [--write]
 *
 * `--write` leaves the rows that were not run. `--few-runs` is for more than eight writers. `--minutes` ends it in time: what was not run by then is left out, and the
 * table says how often each race was run. `--json` keeps the figures after each race, and goes on from those that the
 * file has: the same command again runs what is lacking. `--join` makes one table of several such files.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import { startEmbeddedRegistry } from '../src/embedded/embedded-registry.ts';
import { raceToAttach } from '../test/support/attach-race.ts';
import { startDockerRegistry } from '../test/support/docker-registry.ts';
import type { GoTool } from '../test/support/go-tools.ts';
import { haveProgram, PEERS } from '../test/support/interop/peers.ts';
import { orasRacer, ourRacer, regctlRacer, type StartRacer } from '../test/support/race/racers.ts';
import { repairAfterRace } from '../test/support/race/repair-after-race.ts';
import { usualStalls } from '../test/support/race/stalls.ts';
import { daysOf, mergeRaces, type RaceCell, type RaceKey, raceId, renderRaceTable, rowsOf } from './race-table.ts';

const PAGE = new URL('../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- measured:races -->';
const END = '<!-- /measured:races -->';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    writers: { type: 'string', default: '2,8,32,64' },
    stalls: { type: 'string', default: 'no,yes' },
    registries: { type: 'string', default: 'docker,embedded' },
    minutes: { type: 'string', default: '60' },
    'few-runs': { type: 'string' },
    json: { type: 'string' },
    join: { type: 'string', multiple: true },
    write: { type: 'boolean', default: false },
  },
});

interface Client {
  readonly name: string;
  readonly racer: StartRacer;
  /** Followed by one `repair`, whose result counts. */
  readonly repaired?: true;
}

const REGISTRIES = [
  { name: 'docker-registry 2.8', start: startDockerRegistry },
  {
    name: 'embedded, 200 ms behind',
    start: () => startEmbeddedRegistry({ quirks: { referrersApi: false, preconditions: false, tagLag: { ms: 200 } } }),
  },
] as const;

const deadline = performance.now() + Number(values.minutes) * 60_000;
const isJoin = values.join !== undefined;
const clients = isJoin ? [] : await findClients();
const known = (await Promise.all((values.join ?? [values.json ?? []].flat()).map(readCells))).flat();
const cells = new Map(mergeRaces(known).map((cell) => [raceId(cell), cell]));
if (isJoin) await save();
else await runAll();
const all = mergeRaces([...cells.values()]);
console.log(renderRaceTable(all));
if (values.write) await writeTable(all);

/** A file that is to be joined has to be there; one to be kept need not be there yet. */
async function readCells(file: string): Promise<readonly RaceCell[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RaceCell[];
  } catch (thrown) {
    if (!isJoin && thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

async function save(): Promise<void> {
  if (values.json === undefined) return;
  const unfinished = `${values.json}.unfinished`;
  await writeFile(unfinished, JSON.stringify([...cells.values()]));
  await rename(unfinished, values.json); // whatever ends this process, the file is whole
}

async function runAll(): Promise<void> {
  for (const writers of values.writers.split(',').map(Number)) {
    for (const stalls of values.stalls.split(',')) {
      for (const registry of REGISTRIES) {
        if (values.registries.split(',').some((name) => registry.name.startsWith(name)))
          await runCell(registry, writers, stalls === 'yes');
      }
    }
  }
}

async function findClients(): Promise<readonly Client[]> {
  const ours: Client[] = [
    { name: 'ours', racer: ourRacer({ 'if-exists': 'add' }) },
    {
      name: 'ours, unique tags, one repair',
      racer: ourRacer({ 'if-exists': 'add', 'unique-tags': 'true' }),
      repaired: true,
    },
  ];
  const [oras, regctl] = await Promise.all([haveProgram('oras'), haveProgram('regctl')]);
  if ('path' in oras) ours.push({ name: nameOf('oras'), racer: orasRacer(oras.path) });
  if ('path' in regctl) ours.push({ name: nameOf('regctl'), racer: regctlRacer(regctl.path) });
  return ours;
}

function nameOf(name: 'oras' | 'regctl'): string {
  const tool: GoTool = PEERS[name];
  return 'version' in tool ? `${name} ${tool.version}` : name;
}

/** The clients take turns, so that all meet the same noise of the machine. */
async function runCell({ name, start }: (typeof REGISTRIES)[number], writers: number, isStalled: boolean) {
  const runs = writers > 8 && values['few-runs'] !== undefined ? Number(values['few-runs']) : Number(values.runs);
  for (let run = 0; run < runs; run++) {
    for (const client of clients) {
      if (client.repaired && !isStalled) continue; // without stalls there is nothing to repair
      const key = { registry: name, writers, isStalled, client: client.name };
      if ((cells.get(raceId(key))?.runs.length ?? 0) > run) continue; // of an earlier run of this program
      if (performance.now() > deadline) return;
      // one for each race: what the races before left behind is nobody's burden
      const registry = await start();
      try {
        const stalls = isStalled ? usualStalls(run + 1) : undefined;
        const outcome = await raceToAttach(registry.host, writers, {}, { racer: client.racer, stalls });
        const lostInTheEnd = client.repaired ? await repairAfterRace(registry.host, outcome) : outcome.lost;
        await note(key, { ...outcome, lostInTheEnd });
      } finally {
        await registry.close();
      }
    }
  }
}

async function note(
  key: RaceKey,
  outcome: Awaited<ReturnType<typeof raceToAttach>> & { readonly lostInTheEnd: number },
): Promise<void> {
  const id = raceId(key);
  const cell = cells.get(id) ?? { ...key, runs: [] };
  const { lostInTheEnd, lost, failed, milliseconds, requests, warned } = outcome;
  const day = new Date().toISOString().slice(0, 10);
  const run = { day, lost: lostInTheEnd, lostBefore: lost, failed: failed.length, milliseconds, requests, warned };
  cells.set(id, { ...cell, runs: [...cell.runs, run] });
  console.error(id, JSON.stringify({ ...run, warned: warned.length, stalled: outcome.stalled }));
  for (const why of failed) console.error(`  ${why}`);
  await save();
}

/** Rows of the page that were not run again stay, with their day in the heading. */
async function writeTable(races: readonly RaceCell[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [old, after] = rest?.split(END) ?? [];
  if (before === undefined || old === undefined || after === undefined)
    throw new Error(`docs/reliability.md lacks ${BEGIN} or ${END}`);
  const machine = `${platform()} ${arch()}, ${cpus().length} cores shared by all processes, Node ${process.versions.node}`;
  const text = renderRaceTable(races, old);
  const isKept = rowsOf(text).length > rowsOf(renderRaceTable(races)).length;
  const heading = `${daysOf(races, isKept ? old : '')}, ${machine}.`;
  await writeFile(PAGE, `${before}${BEGIN}\n\n${heading}\n\n${text}\n\n${END}${after}`);
}
