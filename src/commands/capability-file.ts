import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonValue } from '../oci/strict-json.ts';
import type { CapabilityMemory, KnownCapability } from '../referrers/capability.ts';

/** How long the word of an earlier step of the job is taken: a registry does not change while a job runs. */
const MAX_AGE_MS = 10 * 60 * 1000;
const FILE_NAME = 'oci-referrers-capabilities.json';

interface Remembered extends KnownCapability {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A memory that also knows what earlier steps of the job learned, and can be saved for later ones. */
export interface CapabilityFile extends CapabilityMemory {
  /** Writes what this process learned beside what is there. Throws where the file cannot be written. */
  save(): void;
}

/**
 * Opens the file under `directory` (RUNNER_TEMP). It is a hint that saves requests: one that is not there, is of
 * another form or is too old says nothing.
 */
export function openCapabilityFile(directory: string, now: () => number = Date.now): CapabilityFile {
  const path = join(directory, FILE_NAME);
  const known = readFresh(path, now());
  const learned = new Map<string, Remembered>();
  return {
    get: (repository) => learned.get(repository) ?? known.get(repository),
    set: (repository, capability) => {
      learned.set(repository, { ...capability, at: now() });
    },
    save: () => {
      if (learned.size === 0) return;
      // read again: another step may have written meanwhile
      const entries = Object.fromEntries([...readFresh(path, now()), ...learned]);
      replaceFile(path, JSON.stringify({ version: 1, entries }));
    },
  };
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  try {
    renameSync(temporary, path);
  } catch {
    // Windows replaces no file that something has open; and who reads half of one takes it for none
    rmSync(temporary, { force: true });
    writeFileSync(path, text);
  }
}

function readFresh(path: string, now: number): Map<string, Remembered> {
  const fresh = new Map<string, Remembered>();
  for (const [repository, value] of Object.entries(readEntries(path))) {
    const entry = parseEntry(value);
    if (entry !== undefined && entry.at <= now && now - entry.at < MAX_AGE_MS) fresh.set(repository, entry);
  }
  return fresh;
}

function readEntries(path: string): Readonly<Record<string, JsonValue | undefined>> {
  try {
    const json = JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
    const entries = isJsonObject(json) && json['version'] === 1 ? json['entries'] : undefined;
    return isJsonObject(entries) ? entries : {};
  } catch {
    return {}; // nothing is known: it will be asked
  }
}

function parseEntry(value: JsonValue | undefined): Remembered | undefined {
  if (!isJsonObject(value)) return undefined;
  const { capability, reason, at } = value;
  if (capability !== 'api' && capability !== 'tag-schema') return undefined;
  return typeof reason === 'string' && typeof at === 'number' ? { capability, reason, at } : undefined;
}
