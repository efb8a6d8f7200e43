/**
 * The door to @actions/core, which is loaded only once there is something to put out: it would double the time until
 * the first request. Outputs, state and summary are written the way the runner's own toolkit does it.
 */
import { saveState, setOutput, summary } from '@actions/core';

/** Sets every output; names as action.yml has them. */
export function writeOutputs(outputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
}

/** For the post step of this step. Never a secret: the runner keeps it in a file. */
export function writeState(name: string, value: string): void {
  saveState(name, value);
}

/** Adds to the job summary. Runners without summaries (GITHUB_STEP_SUMMARY unset) go without. */
export async function writeSummary(markdown: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  if (env['GITHUB_STEP_SUMMARY']) await summary.addRaw(markdown, true).write();
}
