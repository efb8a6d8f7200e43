/** Besides those of pull requests: a queue tests what is proposed, and jobs after the others check out what they name. */
const OF_PROPOSALS: readonly string[] = ['merge_group', 'issue_comment', 'workflow_run'];

/** Whether what is checked out may be a change that somebody proposes, which nobody has merged. */
export function mayBeProposal(env: Readonly<Record<string, string | undefined>>): boolean {
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  return event.startsWith('pull_request') || OF_PROPOSALS.includes(event);
}
