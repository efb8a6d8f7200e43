import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor, Platform } from './descriptor.ts';
import { ANNOTATION_BUILDKIT_TYPE } from './media-types.ts';

const PART = /^[a-z0-9][a-z0-9._-]*$/i;

/** `linux/arm64/v8` -> platform. Throws `platform-invalid`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/');
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  if (os === undefined || architecture === undefined || rest.length > 0 || !parts.every((p) => PART.test(p ?? ''))) {
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
 * Whether a child of an index is what `wanted` asks for. A variant that is not asked for matches any; arm64 and
 * arm64/v8 are the same (containerd platforms normalisation).
 */
export function matchesPlatform(wanted: Platform, actual: Platform): boolean {
  if (wanted.os !== actual.os || wanted.architecture !== actual.architecture) return false;
  const variant = normalVariant(wanted);
  return variant === undefined || variant === normalVariant(actual);
}

function normalVariant(platform: Platform): string | undefined {
  return platform.architecture === 'arm64' && platform.variant === 'v8' ? undefined : platform.variant;
}

/**
 * Whether an index entry is something to run: BuildKit's attestation manifests (`unknown/unknown`, or marked by
 * `vnd.docker.reference.type`) are none.
 */
export function isRunnableEntry(entry: Descriptor): boolean {
  if (entry.annotations?.[ANNOTATION_BUILDKIT_TYPE] !== undefined) return false;
  const { platform } = entry;
  if (platform === undefined) return true;
  return !(platform.os === 'unknown' && platform.architecture === 'unknown');
}
