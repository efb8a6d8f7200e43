import type { Credential } from '../types.ts';

/** `user:password` in base64, as the Basic scheme sends it; RFC 7617 §2, UTF-8. */
export function encodeBasic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}

/** Every text that must not be seen in a log, in each form in which it travels. */
export function secretsOf(credential: Credential): readonly string[] {
  if (credential.kind === 'basic') {
    return [credential.password, encodeBasic(credential.username, credential.password)];
  }
  return [credential.token];
}
