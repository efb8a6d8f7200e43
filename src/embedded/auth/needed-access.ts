import type { RegistryRequest } from '../exchange.ts';
import type { Route } from '../route.ts';
import type { RegistryAction } from './auth-options.ts';

/** What a request needs to be allowed. undefined: only to be known (the base endpoint). */
export interface NeededAccess {
  readonly repository: string;
  readonly action: RegistryAction;
}

export function neededAccess(request: RegistryRequest, route: Route): NeededAccess | undefined {
  if (!('repository' in route)) return undefined;
  return { repository: route.repository, action: actionOf(request.method, route) };
}

function actionOf(method: string, route: Route): RegistryAction {
  // asking for, or cancelling, an upload is part of the push
  if (route.kind === 'upload' || route.kind === 'uploads') return 'push';
  if (method === 'DELETE') return 'delete';
  return method === 'GET' || method === 'HEAD' ? 'pull' : 'push';
}

/** `repository:acme/app:pull,push`. */
export function formatScope({ repository, action }: NeededAccess): string {
  return `repository:${repository}:${action === 'push' ? 'pull,push' : action}`;
}

/** Text -> each single access; what is no repository scope gives none. */
export function parseScope(scope: string): NeededAccess[] {
  const match = /^repository:([^:]+):([a-z*,]+)$/.exec(scope);
  const [, repository, actions] = match ?? [];
  if (repository === undefined || actions === undefined) return [];
  const named = actions === '*' ? ['pull', 'push', 'delete'] : actions.split(',');
  return named.filter(isAction).map((action) => ({ repository, action }));
}

function isAction(text: string): text is RegistryAction {
  return text === 'pull' || text === 'push' || text === 'delete';
}
