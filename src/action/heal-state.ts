import { CodedError } from '../errors/coded-error.ts';
import { isDigest } from '../oci/digest.ts';
import type { HealEntry } from '../referrers/heal.ts';

/** What the post step is to look after: digests and names as JSON, never secrets. */
export function formatHealState(entries: readonly HealEntry[]): string {
  return JSON.stringify(entries);
}

/** The runner's file is ours alone, yet a later step can write to it: nothing in it is taken on trust. */
export function parseHealState(text: string): HealEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidState(cause);
  }
  if (!Array.isArray(value) || !value.every(isHealEntry)) throw invalidState();
  return value;
}

function isHealEntry(value: unknown): value is HealEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { repository, subject, digests } = value as Record<string, unknown>;
  return (
    typeof repository === 'string' && isDigestText(subject) && Array.isArray(digests) && digests.every(isDigestText)
  );
}

function isDigestText(value: unknown): boolean {
  return typeof value === 'string' && isDigest(value);
}

function invalidState(cause?: unknown): CodedError {
  return new CodedError('internal', 'the state that the main step left for the post step is not what it wrote', {
    cause,
    hint: 'Does another step of the job write to GITHUB_STATE?',
  });
}
