import { CodedError, type SourceLocation } from '../errors/coded-error.ts';

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** What was expected and what was found; untrusted text in it is quoted, not escaped. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string | undefined;
  readonly location: SourceLocation;
}

/** Everything that is wrong with a policy, in the order of the file; the error's own location is the first one's. */
export class PolicyProblems extends CodedError {
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly [PolicyProblem, ...PolicyProblem[]]) {
    const [first, ...others] = problems;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    super('policy-invalid', `${first.message}${more}`, {
      hint: first.hint,
      location: first.location,
    });
    this.problems = problems;
  }
}

/** `file:line:column`, as compilers write it. */
export function formatLocation({ file, line, column }: SourceLocation): string {
  return [file, ...(line === undefined ? [] : [line]), ...(column === undefined ? [] : [column])].join(':');
}
