import { readFile, stat } from 'node:fs/promises';
import { CodedError, hasCode } from '../../errors/coded-error.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { formatReference, parseReference, type RegistryReference } from '../../oci/reference.ts';
import { isJsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { SubjectRequest } from '../subjects.ts';

/** The variable that names the list of what the job has built (actions/runner, GITHUB_ARTIFACTS). */
export const ARTIFACTS_LIST_ENV = 'GITHUB_ARTIFACTS_LIST';

const VERSION = 1;
const MAX_BYTES = 4 * 1024 * 1024;
const KINDS = ['file', 'oci'];

/**
 * The images in the file that GITHUB_ARTIFACTS_LIST names: its subjects of kind `oci`, read as actions/attest reads
 * them (a tag in the name is not looked at, the digest is; an entry that stands twice counts once). undefined: the
 * variable is not set. Empty: there is a list without images, or the runner left the file empty because the feature is
 * off. Throws `artifacts-list-invalid`.
 */
export async function readArtifactsList(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly SubjectRequest[] | undefined> {
  const path = env[ARTIFACTS_LIST_ENV]?.trim() ?? '';
  return path === '' ? undefined : parseArtifactsList(await readList(path), path);
}

async function readList(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw invalid(path, `it has ${size} bytes, more than ${MAX_BYTES}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw invalid(path, `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** Bytes of the list -> images, each once, in the order of the list. Throws `artifacts-list-invalid`. */
export function parseArtifactsList(bytes: Uint8Array, path: string): readonly SubjectRequest[] {
  if (Buffer.from(bytes).toString('latin1').trim() === '') return [];
  const subjects = readSubjects(bytes, path);
  const images = new Map<string, SubjectRequest>();
  const digests = new Map<string, string>();
  for (const [index, value] of subjects.entries()) {
    const entry = readEntry(value, index, path);
    if (entry === undefined) continue;
    const { name, reference } = entry;
    const known = digests.get(name);
    if (known !== undefined && known !== reference.digest) {
      throw invalid(
        path,
        `subjects[${index}]: ${JSON.stringify(name)} has the digests ${known} and ${reference.digest}`,
      );
    }
    digests.set(name, reference.digest);
    const requested = formatReference(reference);
    images.set(requested, { reference, requested });
  }
  return [...images.values()];
}

function readSubjects(bytes: Uint8Array, path: string): readonly JsonValue[] {
  try {
    const list = parseStrictJsonObject(bytes, { what: 'the list' });
    if (list['version'] !== VERSION) {
      throw invalid(path, `its version is ${JSON.stringify(list['version'] ?? null)}, expected ${VERSION}`);
    }
    if (!Array.isArray(list['subjects'])) throw invalid(path, 'subjects is not an array');
    return list['subjects'];
  } catch (error) {
    if (hasCode(error, 'json-invalid')) throw invalid(path, error.message, error);
    throw error;
  }
}

interface Entry {
  /** As given but lower-cased: two tags of one image may differ in their digests, one name may not. */
  readonly name: string;
  readonly reference: RegistryReference & { readonly digest: Digest };
}

/** An image of the list; undefined for a file. */
function readEntry(value: JsonValue, index: number, path: string): Entry | undefined {
  const where = `subjects[${index}]`;
  if (!isJsonObject(value)) throw invalid(path, `${where} is not an object`);
  const { name, kind, digest } = value;
  if (typeof name !== 'string' || name === '') throw invalid(path, `${where} has no name`);
  if (typeof kind !== 'string' || !KINDS.includes(kind)) {
    throw invalid(path, `${where}: kind is ${JSON.stringify(kind ?? null)}, expected file or oci`);
  }
  const lowered = typeof digest === 'string' ? digest.toLowerCase() : '';
  if (!isDigest(lowered) || !lowered.startsWith('sha256:')) {
    throw invalid(path, `${where}: digest is ${JSON.stringify(digest ?? null)}, expected sha256:<64 hex digits>`);
  }
  return kind === 'file'
    ? undefined
    : { name: name.toLowerCase(), reference: readReference(name, lowered, where, path) };
}

function readReference(name: string, digest: Digest, where: string, path: string): Entry['reference'] {
  const { reference } = parseName(name, where, path);
  if (reference.kind !== 'registry') throw invalid(path, `${where}: ${JSON.stringify(name)} is not in a registry`);
  if (reference.digest !== undefined && reference.digest !== digest) {
    throw invalid(path, `${where}: ${JSON.stringify(name)} says another digest than ${digest}`);
  }
  return { kind: 'registry', registry: reference.registry, repository: reference.repository, digest };
}

function parseName(name: string, where: string, path: string): ReturnType<typeof parseReference> {
  try {
    return parseReference(name, { defaultTag: null });
  } catch (error) {
    if (hasCode(error, 'reference-invalid', 'digest-invalid')) throw invalid(path, `${where}: ${error.message}`, error);
    throw error;
  }
}

function invalid(path: string, why: string, cause?: unknown): CodedError {
  return new CodedError('artifacts-list-invalid', `${ARTIFACTS_LIST_ENV} ${JSON.stringify(path)}: ${why}`, {
    cause,
    hint: 'The runner writes this file. Set image to name the image yourself.',
  });
}
