import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { startAttachChild } from './attach-child.ts';
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
        return startAttachChild(workspace.path, { image, files: `${name}:${REPORT_TYPE}`, ...inputs });
      }),
    );
    const began = performance.now();
    const outcomes = await Promise.all(racers.map((racer) => racer.go()));
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
