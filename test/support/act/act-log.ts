/** One line of what `act --json` prints, as far as it is used here. */
interface ActLine {
  readonly msg?: string;
  readonly job?: string;
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly stage?: string;
  readonly step?: string;
  readonly stepID?: readonly string[];
  readonly stepResult?: string;
  readonly jobResult?: string;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
}

export interface ActStep {
  readonly job: string;
  readonly step: string;
  /** `Main` or `Post`. */
  readonly stage: string;
  readonly result: string;
}

/** A workflow as it ran. */
export interface ActRun {
  readonly exitCode: number | null;
  /** Everything that was printed, for the message of an assertion. */
  readonly text: string;
  /** Steps that came to an end, in that order. */
  readonly steps: readonly ActStep[];
  /** `success` or `failure` of each job that ran. */
  readonly jobs: readonly string[];
  /** `name` of the step with this id, in every job that set it. */
  outputs(stepId: string, name: string): readonly string[];
  /** Titles of `error`, `warning` or `notice` commands. */
  titles(command: string): readonly string[];
  readonly summaries: readonly string[];
}

export function readActLog(text: string, exitCode: number | null): ActRun {
  const lines = text.split('\n').flatMap(parseLine);
  return {
    exitCode,
    text,
    steps: lines.flatMap(({ job = '', step = '', stage = '', stepResult: result }) =>
      result === undefined || stage === '' ? [] : [{ job, step, stage, result }],
    ),
    jobs: lines.flatMap(({ jobResult }) => jobResult ?? []),
    outputs: (stepId, name) =>
      lines.flatMap((line) =>
        line.command === 'set-output' && line.name === name && line.stepID?.[0] === stepId ? [line.arg ?? ''] : [],
      ),
    titles: (command) =>
      lines.flatMap((line) => (line.command === command ? [line.kvPairs?.['title'] ?? line.arg ?? ''] : [])),
    summaries: lines.flatMap(({ command, content }) => (command === 'summary' ? [content ?? ''] : [])),
  };
}

/** act mixes messages of its own, which are no JSON, into its log. */
function parseLine(line: string): ActLine[] {
  if (!line.startsWith('{')) return [];
  return [JSON.parse(line) as ActLine];
}
