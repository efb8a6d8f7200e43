import { CodedError } from '../../errors/coded-error.ts';
import type { ExitCode } from '../../errors/codes.ts';
import type { RepairResult } from './result.ts';

/** Everything that keeps a repair from being whole, in order. */
export function repairErrors({ rows, unreadPackages }: Pick<RepairResult, 'rows' | 'unreadPackages'>): CodedError[] {
  return [
    ...rows.flatMap(({ error }) => error ?? []),
    ...unreadPackages.map(({ error }) => error),
    ...rows.flatMap(({ repository, entries }) =>
      entries.filter(({ change }) => change === 'unread').map(({ digest, why }) => unread(repository, digest, why)),
    ),
  ];
}

/** 0 also where there was nothing to do. A definite refusal outweighs "could not look". */
export function repairExitCode({ errors }: RepairResult): ExitCode {
  const codes = errors.map(({ exitCode }) => exitCode);
  return codes.includes(1) ? 1 : (codes[0] ?? 0);
}

function unread(repository: string, digest: string, why: string): CodedError {
  return new CodedError(
    'list-incomplete',
    `${repository}@${digest} could not be read, its entry stays as it is: ${why}`,
    {
      hint: 'Run repair again.',
    },
  );
}
