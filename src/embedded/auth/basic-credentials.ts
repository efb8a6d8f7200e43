import type { RegistryUser } from './auth-options.ts';

/** The user that a Basic Authorization (RFC 7617) proves. undefined: none, or the wrong password. */
export function basicUser(
  users: Readonly<Record<string, RegistryUser>>,
  authorization: string | undefined,
): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return passwordFits(users, decoded.slice(0, colon), decoded.slice(colon + 1));
}

export function passwordFits(
  users: Readonly<Record<string, RegistryUser>>,
  name: string,
  password: string,
): string | undefined {
  return Object.hasOwn(users, name) && users[name]?.password === password ? name : undefined;
}
