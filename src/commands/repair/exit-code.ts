import { CodedError } from '../../errors/coded-error.ts';
import type { ExitCode } from '../../errors/codes.ts';
import type { RepairedEntry } from '../../referrers/repair-types.ts';
import type { RepairResult } from './result.ts';

/** Everything that keeps a repair from being whole, in order, each once whatever number of lists it concerns. */
export function repairErrors({ rows, unreadPackages }: Pick<RepairResult, 'rows' | 'unreadPackages'>): CodedError[] {
  const unread = rows.flatMap(({ repository, entries }) =>
    entries.filter(({ change }) => change === 'unread').map((entry) => unreadError(repository, entry)),
  );
  return [
    ...rows.flatMap(({ error }) => error ?? []),
    ...unreadPackages.map(({ error }) => error),
    ...onceEach([...rows.flatMap(({ unlooked }) => unlooked), ...unread]),
  ];
}

/** 0 also where there was nothing to do. A definite refusal outweighs "could not look". */
export function repairExitCode({ errors }: RepairResult): ExitCode {
  const codes = errors.map(({ exitCode }) => exitCode);
  return codes.includes(1) ? 1 : (codes[0] ?? 0);
}

function unreadError(repository: string, { digest, sources, why }: RepairedEntry): CodedError {
  const consequence = sources.includes('list')
    ? 'its entry stays as it is'
    : 'whether it refers to the image is not known';
  return new CodedError('list-incomplete', `${repository}@${digest} could not be read, ${consequence}: ${why}`, {
    hint: 'Run repair again.',
  });
}

function onceEach(errors: readonly CodedError[]): CodedError[] {
  return [...new Map(errors.map((error) => [error.message, error])).values()];
}
