import type { Challenge } from './challenge.ts';

/** A challenge that can be answered. Absent values are undefined, never empty. */
export type ChosenChallenge = BearerChallenge | { readonly scheme: 'basic' };

interface BearerChallenge {
  readonly scheme: 'bearer';
  /** Where a token is to be had, as sent: not checked yet. */
  readonly realm: string;
  readonly service: string | undefined;
  /** The scopes that the registry asks for, split at blanks. */
  readonly scopes: readonly string[];
  /** RFC 6750 §3.1: `invalid_token`, `insufficient_scope`, ... */
  readonly error: string | undefined;
}

/** The best of the challenges: Bearer with a realm, then Basic; undefined where none can be answered. */
export function chooseChallenge(challenges: readonly Challenge[]): ChosenChallenge | undefined {
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && readParameter(parameters, 'realm'));
  if (bearer !== undefined) return readBearer(bearer.parameters);
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

function readBearer(parameters: ReadonlyMap<string, string>): BearerChallenge {
  return {
    scheme: 'bearer',
    realm: readParameter(parameters, 'realm') ?? '',
    service: readParameter(parameters, 'service'),
    scopes: (readParameter(parameters, 'scope') ?? '').split(/\s+/).filter((scope) => scope !== ''),
    error: readParameter(parameters, 'error'),
  };
}

function readParameter(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  return parameters.get(name)?.trim() || undefined;
}
