import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor, Platform } from './descriptor.ts';
import { lower, normalizePlatform } from './normal-platform.ts';

const PART = /^[a-z0-9][a-z0-9._-]*$/i;

/** Whether `parsePlatform` takes it. */
export function isPlatformName(text: string): boolean {
  const parts = text.split('/');
  return (parts.length === 2 || parts.length === 3) && parts.every((part) => PART.test(part));
}

/** `linux/arm64/v8` -> platform. Throws `platform-invalid`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant] = text.split('/');
  if (os === undefined || architecture === undefined || !isPlatformName(text)) {
    throw new CodedError('platform-invalid', `platform ${JSON.stringify(text)} is not os/architecture[/variant]`, {
      hint: 'Expected for example linux/amd64 or linux/arm/v7.',
    });
  }
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, ...(platform.variant === undefined ? [] : [platform.variant])].join('/');
}

/**
 * Whether a child of an index is what `wanted` asks for, both spelt as runtimes compare them. A variant that is not asked
 * for matches any: of linux/arm each.
 */
export function matchesPlatform(wanted: Platform, actual: Platform): boolean {
  const [one, other] = [normalizePlatform(wanted), normalizePlatform(actual)];
  if (one.os !== other.os || one.architecture !== other.architecture) return false;
  const isAnyAskedFor = wanted.variant === undefined || wanted.variant === '';
  if (isAnyAskedFor && (one.variant === undefined || isPlainArm(wanted))) return true;
  return one.variant === other.variant;
}

function isPlainArm({ architecture, variant }: Platform): boolean {
  return lower(architecture) === 'arm' && (variant === undefined || variant === '');
}

/**
 * Whether an index entry is something to run: BuildKit's attestation manifests are none, whose platform is always
 * `unknown/unknown` (docs/attestations/attestation-storage.md). Runtimes choose by the platform alone (image-spec 1.1
 * image-index.md), so that their mark `vnd.docker.reference.type` on any other entry hides nothing from a gate.
 */
export function isRunnableEntry({ platform }: Descriptor): boolean {
  return !(platform?.os === 'unknown' && platform.architecture === 'unknown');
}
