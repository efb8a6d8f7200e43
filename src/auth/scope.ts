import type { Action, Scope } from './types.ts';

const ACTION_ORDER: readonly Action[] = ['pull', 'push', 'delete'];

/**
 * The scope texts to ask a token for, distribution's token scope grammar `repository:<name>:<actions>`. The one that
 * may push comes first, since some registries read only the first. Pushing needs pulling, so push is `pull,push`.
 */
export function formatScopes(scope: Scope): readonly string[] {
  const main = formatScope(scope.repository, scope.actions);
  const from = scope.mountFrom;
  return from === undefined || from === scope.repository ? [main] : [main, formatScope(from, ['pull'])];
}

function formatScope(repository: string, actions: readonly Action[]): string {
  const wanted = new Set<Action>(actions.includes('push') ? ['pull', ...actions] : actions);
  return `repository:${repository}:${ACTION_ORDER.filter((action) => wanted.has(action)).join(',')}`;
}

/** Whether the scope asks for nothing but reading. */
export function isPullOnly(scope: Scope): boolean {
  return scope.actions.every((action) => action === 'pull');
}

/** Whether a token asked for with `held` is good for `wanted`: each action on each resource was asked for. */
export function coversScopes(held: readonly string[], wanted: readonly string[]): boolean {
  const has = new Set(held.flatMap(splitScope));
  return wanted.flatMap(splitScope).every((grant) => has.has(grant));
}

/** `first`, and what of `second` it does not cover, in order. */
export function unionScopes(first: readonly string[], second: readonly string[]): readonly string[] {
  const all = [...first];
  for (const scope of second) if (!coversScopes(all, [scope])) all.push(scope);
  return all;
}

/** `repository:a:pull,push` -> `repository:a:pull`, `repository:a:push`. */
function splitScope(scope: string): readonly string[] {
  const colon = scope.lastIndexOf(':');
  if (colon < 0) return [scope];
  return scope
    .slice(colon + 1)
    .split(',')
    .map((action) => `${scope.slice(0, colon + 1)}${action}`);
}
