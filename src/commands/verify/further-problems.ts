import { type PolicyProblem, PolicyProblems } from '../../policy/policy-problems.ts';

/** GitHub shows ten annotations of a kind for a step; a terminal is not to be flooded either. */
const MAX_SHOWN = 9;

/** What is wrong with a policy, besides what the error itself says already; none where it is about something else. */
export function furtherProblems(thrown: unknown): readonly PolicyProblem[] {
  if (thrown instanceof PolicyProblems) return thrown.problems.slice(1, 1 + MAX_SHOWN);
  // of a policy that was only proposed the error says no more than that there are some
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof PolicyProblems ? cause.problems.slice(0, MAX_SHOWN) : [];
}
