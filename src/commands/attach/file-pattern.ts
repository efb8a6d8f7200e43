import { CodedError } from '../../errors/coded-error.ts';
import type { Platform } from '../../oci/descriptor.ts';
import { formatPlatform } from '../../oci/platform.ts';

const PLACEHOLDERS: Readonly<Record<string, (platform: Platform) => string>> = {
  os: (platform) => platform.os,
  arch: (platform) => platform.architecture,
  variant: (platform) => platform.variant ?? '',
  platform: (platform) => formatPlatform(platform).replaceAll('/', '-'),
};
const NAMES = Object.keys(PLACEHOLDERS)
  .map((name) => `{${name}}`)
  .join(', ');

/** `{word}`: braces of a glob hold a comma (`{a,b}`) or two dots (`{1..3}`), or begin within a class (`[{]word}`). */
const BRACES = /\{([^{}]*)\}/g;
/** What a platform may put into a path; it comes from the registry. */
const SAFE_PART = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Whether the pattern has a placeholder, and so stands for another file on each platform. Throws `placeholder-unknown`. */
export function hasPlaceholder(pattern: string): boolean {
  return placeholdersOf(pattern).length > 0;
}

/**
 * The pattern with its placeholders filled: `{os}`, `{arch}`, `{variant}` (empty where there is none) and `{platform}`,
 * which is os-arch[-variant]. A name with braces in it that are none is matched by a glob: `[{]os}`.
 * Throws `placeholder-unknown` for another word, or where there is no platform to fill them from, and
 * `platform-invalid` for a platform that would lead to another folder.
 */
export function fillPlaceholders(pattern: string, platform: Platform | undefined): string {
  if (!hasPlaceholder(pattern)) return pattern;
  if (platform === undefined) {
    throw new CodedError(
      'placeholder-unknown',
      `files: ${JSON.stringify(pattern)} has a placeholder, but what is attached to has no platform`,
      { hint: 'Placeholders are filled for each platform: set platforms to all, or to a list.' },
    );
  }
  requireSafe(platform);
  return pattern.replace(BRACES, (braces, name: string) => fillOf(name)?.(platform) ?? braces);
}

/**
 * The ways to write a platform in a file name, the exact one first: linux/arm64/v8 is linux/arm64 to most tools
 * (containerd platforms normalisation), so its file may be called by either name.
 */
export function platformSpellings(platform: Platform | undefined): readonly (Platform | undefined)[] {
  if (platform?.architecture !== 'arm64' || platform.variant !== 'v8') return [platform];
  return [platform, { os: platform.os, architecture: platform.architecture }];
}

function placeholdersOf(pattern: string): string[] {
  const names = [...pattern.matchAll(BRACES)]
    .map((match) => match[1] ?? '')
    .filter((name) => !name.includes(',') && !name.includes('..') && !name.startsWith(']'));
  const unknown = names.find((name) => fillOf(name) === undefined);
  if (unknown === undefined) return names;
  throw new CodedError(
    'placeholder-unknown',
    `files: ${JSON.stringify(pattern)}: {${unknown}} is not a placeholder, expected one of ${NAMES}`,
    { hint: 'To match a brace in a file name, write it as [{].' },
  );
}

function fillOf(name: string): ((platform: Platform) => string) | undefined {
  return Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name] : undefined;
}

function requireSafe(platform: Platform): void {
  const parts = [platform.os, platform.architecture, ...(platform.variant === undefined ? [] : [platform.variant])];
  if (parts.every((part) => SAFE_PART.test(part) && !part.includes('..'))) return;
  throw new CodedError(
    'platform-invalid',
    `platform ${JSON.stringify(formatPlatform(platform))} cannot be part of a file name`,
    { hint: 'The index names a platform with unusual characters; name the files without placeholders.' },
  );
}
