import { CodedError } from '../../errors/coded-error.ts';
import type { Credential } from '../types.ts';

/**
 * One entry of `auths` -> the credential in it. In docker's order: `registrytoken` (a ready bearer), `identitytoken`
 * (an OAuth2 refresh token), then `auth` (base64 of user:password) or the plain `username` and `password`. undefined
 * where it holds none: docker leaves `{}` behind when a store has the secret. Throws `docker-config-invalid`.
 */
export function parseAuthEntry(entry: unknown, key: string, origin: string): Credential | undefined {
  const fields = readFields(entry, key, origin);
  if (fields.registrytoken !== '') return { kind: 'registry-token', token: fields.registrytoken, origin };
  const { username, password } = readUserAndPassword(fields, key, origin);
  if (fields.identitytoken !== '') {
    return { kind: 'identity-token', token: fields.identitytoken, origin, ...(username !== '' && { username }) };
  }
  return password === '' ? undefined : { kind: 'basic', username, password, origin };
}

const FIELD_NAMES = ['auth', 'username', 'password', 'identitytoken', 'registrytoken'] as const;
type Fields = Readonly<Record<(typeof FIELD_NAMES)[number], string>>;

function readFields(entry: unknown, key: string, origin: string): Fields {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw invalid(key, origin, 'is not an object');
  }
  const members = new Map<string, unknown>(Object.entries(entry));
  const pairs = FIELD_NAMES.map((name) => {
    const value = members.get(name) ?? '';
    if (typeof value !== 'string') throw invalid(key, origin, `has a \`${name}\` that is not a text`);
    return [name, value] as const;
  });
  return Object.fromEntries(pairs) as Fields;
}

function readUserAndPassword(fields: Fields, key: string, origin: string): { username: string; password: string } {
  if (fields.auth === '') return { username: fields.username, password: fields.password };
  const text = decodeBase64(fields.auth);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) throw invalid(key, origin, 'has an `auth` that is not base64 of user:password');
  // docker pads the password with NULs at times, and trims them when reading
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

/** Text of base64, standard or URL alphabet, with or without padding; undefined where it is not that. */
function decodeBase64(encoded: string): string | undefined {
  const compact = encoded.replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64').toString('utf8') : undefined;
}

function invalid(key: string, origin: string, why: string): CodedError {
  return new CodedError('docker-config-invalid', `${origin}: the entry ${JSON.stringify(key)} of \`auths\` ${why}`, {
    hint: 'Log in to that registry anew; docker login writes the entry.',
  });
}
