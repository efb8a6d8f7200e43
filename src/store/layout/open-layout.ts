import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { LAYOUT_FIELDS, refuseFoldedKeys } from '../../oci/folded-keys.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { Store } from '../store.ts';
import { DiskBackend, INDEX_FILE } from './disk-backend.ts';
import { isFileError } from './file-errors.ts';
import { Layout } from './layout.ts';
import { EMPTY_LAYOUT_INDEX, formatLayoutIndex } from './layout-index.ts';
import { LayoutStore } from './layout-store.ts';
import { writeIfAbsent } from './write-if-absent.ts';

export interface OpenLayoutOptions {
  /** Make the layout if the directory is not there, or empty of one; default false. */
  readonly create?: boolean;
  /**
   * Keep the referrers tag of each subject, too (distribution-spec 1.1 "Referrers Tag Schema"), which is where
   * regclient looks in a layout; oras looks at the entries of index.json. Default false.
   */
  readonly fallbackTag?: boolean;
}

const LAYOUT_FILE = 'oci-layout';
const LAYOUT_VERSION = '1.0.0';

/**
 * An OCI image layout directory as a store (image-spec 1.1 image-layout.md). Throws `layout-not-found` where there is
 * none, `layout-invalid` where it cannot be understood.
 */
export async function openLayout(directory: string, options: OpenLayoutOptions = {}): Promise<Store> {
  if (options.create === true) await createLayout(directory);
  await checkLayout(directory);
  const layout = new Layout(new DiskBackend(directory));
  await layout.backend.readIndex();
  return new LayoutStore(layout, { fallbackTag: options.fallbackTag ?? false });
}

/** Makes what is missing of an empty layout; what is there is left as it is. */
export async function createLayout(directory: string): Promise<void> {
  await mkdir(join(directory, 'blobs'), { recursive: true });
  // the marker last: a layout that has it is whole
  await writeIfAbsent(join(directory, INDEX_FILE), formatLayoutIndex(EMPTY_LAYOUT_INDEX));
  await writeIfAbsent(join(directory, LAYOUT_FILE), JSON.stringify({ imageLayoutVersion: LAYOUT_VERSION }));
}

/** Whether the directory has the marker file of a layout; what it says is not looked at. */
export async function isLayout(directory: string): Promise<boolean> {
  try {
    return (await stat(join(directory, LAYOUT_FILE))).isFile();
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

async function checkLayout(directory: string): Promise<void> {
  const path = join(directory, LAYOUT_FILE);
  const bytes = await readMarker(directory, path);
  let version: unknown;
  try {
    const marker = parseStrictJsonObject(bytes, { what: path });
    refuseFoldedKeys(marker, LAYOUT_FIELDS, path);
    version = marker['imageLayoutVersion'];
  } catch (cause) {
    throw new CodedError('layout-invalid', (cause as Error).message, { cause });
  }
  if (version === LAYOUT_VERSION) return;
  throw new CodedError(
    'layout-invalid',
    `${path}: imageLayoutVersion is ${JSON.stringify(version ?? null)}, expected "${LAYOUT_VERSION}"`,
  );
}

async function readMarker(directory: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (!isFileError(cause, 'ENOENT', 'ENOTDIR')) throw cause;
    throw new CodedError('layout-not-found', `${directory} is no OCI image layout: it has no ${LAYOUT_FILE} file`, {
      cause,
      hint: 'Name the directory that holds oci-layout and index.json.',
    });
  }
}
