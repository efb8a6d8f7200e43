import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { makeWorkspace, REPORT_TYPE } from './attach-run.ts';
import { pushSampleImage } from './sample-image.ts';

/** What came of N processes that attached one file each to one image at the same moment. */
export interface RaceOutcome {
  readonly writers: number;
  /** Artifacts that a process said it attached, and that the list does not hold in the end. */
  readonly lost: number;
  /** Processes that did not say `attached`, and why. */
  readonly failed: readonly string[];
  /** Entries in the list. */
  readonly listed: number;
  /** Milliseconds from the start of the first to the end of the last, process start not counted. */
  readonly milliseconds: number;
  readonly requests: number;
  readonly warned: readonly string[];
}

interface Racer {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

interface RacerOutcome {
  readonly rows: readonly { readonly status: string; readonly digest?: string; readonly error?: string }[];
  readonly warned: readonly string[];
  readonly requests: number;
}

const SCRIPT = fileURLToPath(new URL('attach-process.ts', import.meta.url));
let races = 0;

/** Runs a race on the registry at `host`, on an image of its own. */
export async function raceToAttach(
  host: string,
  writers: number,
  inputs: Readonly<Record<string, string>> = {},
): Promise<RaceOutcome> {
  const repository = `race/r${races++}`;
  const { descriptor } = await pushSampleImage({ host, repository });
  const workspace = await makeWorkspace();
  try {
    const racers = await Promise.all(
      Array.from({ length: writers }, async (_, i) => {
        const name = `report-${i}.json`;
        await workspace.write(name, `{"writer":${i}}`);
        const image = `${host}/${repository}@${descriptor.digest}`;
        return startRacer(workspace.path, { image, files: `${name}:${REPORT_TYPE}`, ...inputs });
      }),
    );
    const began = performance.now();
    for (const { child } of racers) child.stdin?.write('go\n');
    const outcomes = await Promise.all(racers.map(finish));
    const milliseconds = Math.round(performance.now() - began);
    const url = `http://${host}/v2/${repository}/manifests/${buildReferrersTag(descriptor.digest)}`;
    const list = (await (await fetch(url, { headers: { accept: OCI_INDEX } })).json()) as {
      manifests: { digest: string }[];
    };
    const listed = new Set(list.manifests.map(({ digest }) => digest));
    const rows = outcomes.flatMap((outcome) => outcome.rows);
    return {
      writers,
      lost: rows.filter(({ status, digest }) => status === 'attached' && !listed.has(digest ?? '')).length,
      failed: rows.flatMap(({ status, error }) => (status === 'attached' ? [] : [`${status}: ${error}`])),
      listed: list.manifests.length,
      milliseconds,
      requests: outcomes.reduce((sum, { requests }) => sum + requests, 0),
      warned: outcomes.flatMap(({ warned }) => warned),
    };
  } finally {
    await workspace.remove();
  }
}

async function startRacer(workspace: string, inputs: Readonly<Record<string, string>>): Promise<Racer> {
  const child = spawn(process.execPath, [SCRIPT, workspace, JSON.stringify(inputs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next(); // ready
  return { child, lines };
}

async function finish({ child, lines }: Racer): Promise<RacerOutcome> {
  const exited = once(child, 'exit');
  const { value, done } = await lines.next();
  await exited;
  if (done === true) throw new Error(`a racer ended without a word, code ${child.exitCode}`);
  return JSON.parse(value) as RacerOutcome;
}
