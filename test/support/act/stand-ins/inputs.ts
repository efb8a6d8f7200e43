import { appendFileSync } from 'node:fs';

/** An input as the runner hands it over; empty if it is not given. */
export function input(name: string): string {
  return process.env[`INPUT_${name.toUpperCase()}`] ?? '';
}

export function setOutput(name: string, value: string): void {
  appendFileSync(process.env['GITHUB_OUTPUT'] ?? '', `${name}<<END_OF_VALUE\n${value}\nEND_OF_VALUE\n`);
}

/** `127.0.0.1:5000/acme/app:1.4` as the host, the repository and the tag. */
export function splitImage(image: string): {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
} {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/([^:@]+)(?::([^@]+))?/.exec(image) ?? [];
  return { host, repository, tag };
}
