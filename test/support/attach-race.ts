import type { Descriptor } from '../../src/oci/descriptor.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { makeWorkspace } from './attach-run.ts';
import { ourRacer, type StartRacer } from './race/racers.ts';
import { openStallingDoor, type StallingDoor } from './race/stalling-door.ts';
import type { Stalls } from './race/stalls.ts';
import { pushSampleImage } from './sample-image.ts';

/** What came of N processes that attached one file each to one image at the same moment. */
export interface RaceOutcome {
  readonly writers: number;
  /** Artifacts that a process said it attached, and that the list does not hold in the end. */
  readonly lost: number;
  /** Digests that the processes said they attached. */
  readonly attached: readonly string[];
  /** Processes that did not say `attached`, and why. */
  readonly failed: readonly string[];
  /** Entries in the list. */
  readonly listed: number;
  /** Milliseconds from the start of the first to the end of the last, process start not counted. */
  readonly milliseconds: number;
  readonly requests: number;
  readonly warned: readonly string[];
  /** Writes that were held up, and reads after which a process was stopped. */
  readonly stalled: { readonly writes: number; readonly reads: number };
  /** What was attached to. */
  readonly repository: string;
  readonly subject: Descriptor;
}

export interface RaceOptions {
  readonly stalls?: Stalls | undefined;
  /** Whose attach; default ours. */
  readonly racer?: StartRacer | undefined;
}

let races = 0;

/** Runs a race on the registry at `host`, on an image of its own. `inputs` are for our attach. */
export async function raceToAttach(
  host: string,
  writers: number,
  inputs: Readonly<Record<string, string>> = {},
  { stalls, racer = ourRacer(inputs) }: RaceOptions = {},
): Promise<RaceOutcome> {
  const repository = `race/r${races++}`;
  const { descriptor } = await pushSampleImage({ host, repository });
  const workspace = await makeWorkspace();
  const tag = buildReferrersTag(descriptor.digest);
  const doors: StallingDoor[] = [];
  try {
    const racers = await Promise.all(
      Array.from({ length: writers }, async (_, i) => {
        const file = `report-${i}.json`;
        await workspace.write(file, `{"writer":${i}}`);
        const door = stalls === undefined ? undefined : await openStallingDoor(host, tag, stalls);
        if (door !== undefined) doors.push(door);
        return racer({
          workspace,
          repository: `${door?.host ?? host}/${repository}`,
          subject: descriptor.digest,
          file,
          onProcess: (process) => door?.belongsTo(process),
        });
      }),
    );
    const began = performance.now();
    const outcomes = await Promise.all(racers.map((go) => go()));
    const milliseconds = Math.round(performance.now() - began);
    const listed = await readList(host, repository, tag);
    const attached = outcomes.flatMap((outcome) => outcome.attached ?? []);
    return {
      writers,
      attached,
      lost: attached.filter((digest) => !listed.includes(digest)).length,
      failed: outcomes.flatMap(({ error }) => error ?? []),
      listed: listed.length,
      milliseconds,
      requests: sum(doors.map((door) => door.requests)) || sum(outcomes.map(({ requests }) => requests ?? Number.NaN)),
      warned: outcomes.flatMap(({ warned }) => warned),
      stalled: {
        writes: sum(doors.map(({ stalled }) => stalled.writes)),
        reads: sum(doors.map(({ stalled }) => stalled.reads)),
      },
      repository,
      subject: descriptor,
    };
  } finally {
    await Promise.all(doors.map((door) => door.close()));
    await workspace.remove();
  }
}

/** Digests that the list at the fallback tag holds. */
export async function readList(host: string, repository: string, tag: string): Promise<readonly string[]> {
  const url = `http://${host}/v2/${repository}/manifests/${tag}`;
  const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
  if (answer.status === 404) return [];
  const { manifests } = (await answer.json()) as { manifests: { digest: string }[] };
  return manifests.map(({ digest }) => digest);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
