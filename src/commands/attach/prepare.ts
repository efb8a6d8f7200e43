import { basename } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import type { Detection } from '../../evidence/detection.ts';
import type { Platform } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { FileCache, type FileContent } from './file-content.ts';
import type { FileLine } from './file-line.ts';
import { fillPlaceholders, hasPlaceholder, platformSpellings } from './file-pattern.ts';
import { findFiles, nothingFound } from './find-files.ts';
import { checkFile, type FileRoots } from './workspace-path.ts';

/** A file that is there, is readable, and has something in it. Nothing of it is in memory. */
export interface PreparedFile {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** As messages name it, from the workspace. */
  readonly shownPath: string;
  /**
   * `org.opencontainers.image.title` of its layer: the name without its folders, so that the same file gives the same
   * artifact wherever it lay, and whoever pulls it gets no folders that they did not ask for.
   */
  readonly title: string;
  /** Bytes. */
  readonly size: number;
  /** From `path:media-type`. */
  readonly declaredMediaType: string | undefined;
  /** What the content says it is; looked at once. */
  detection(): Promise<Detection>;
  /** sha256 of the bytes; computed once, with flat memory. */
  digest(): Promise<Digest>;
  /** The bytes, afresh for each call. Throws `file-changed` if they are no longer those that were checked. */
  open(): AsyncIterable<Uint8Array>;
}

export interface PrepareOptions extends FileRoots {
  /** What fills the placeholders. */
  readonly platform?: Platform | undefined;
  /** Give the same to every call of one run, so that each file is hashed and recognised once. */
  readonly cache?: FileCache | undefined;
}

const EMPTY_FILE =
  'The step that writes it may have failed. An artifact without a file needs artifact-type and annotations only.';

/** Whether the lines stand for other files on each platform. Throws `placeholder-unknown`. */
export function needsPlatform(lines: readonly FileLine[]): boolean {
  return lines.map((line) => hasPlaceholder(line.pattern)).includes(true);
}

/**
 * Lines -> files, in the order of the lines and sorted within a glob, each file once. Everything that can be wrong with
 * a file is found here, before any request. Throws `placeholder-unknown`, `platform-invalid`, `file-no-match`,
 * `file-missing`, `file-empty`, `file-is-directory`, `file-outside-workspace`, `file-unreadable`, `file-line-invalid`,
 * and `input-conflict` for one file with two media types.
 */
export async function prepareFiles(lines: readonly FileLine[], options: PrepareOptions): Promise<PreparedFile[]> {
  const cache = options.cache ?? new FileCache();
  const files = new Map<string, PreparedFile>();
  for (const line of lines) {
    for (const path of await findLine(line, options)) {
      const content = cache.of(await checkFile(path, options, EMPTY_FILE));
      const file = prepareFile(content, basename(path), line.mediaType);
      const earlier = files.get(file.path);
      files.set(file.path, earlier === undefined ? file : mergeFiles(earlier, file));
    }
  }
  return [...files.values()];
}

/** The files of a line; where its platform may be spelt in two ways, those of the first spelling that has any. */
async function findLine(line: FileLine, options: PrepareOptions): Promise<readonly string[]> {
  const spellings = platformSpellings(options.platform).map((platform) => fillPlaceholders(line.pattern, platform));
  for (const pattern of spellings) {
    const found = await findFiles(pattern, options);
    if (found.length > 0) return found;
  }
  throw nothingFound(spellings[0] ?? line.pattern, options);
}

function prepareFile(content: FileContent, title: string, declaredMediaType: string | undefined): PreparedFile {
  return {
    path: content.file.path,
    shownPath: content.file.shownPath,
    title,
    size: content.size,
    declaredMediaType,
    detection: () => content.detection(),
    digest: () => content.digest(),
    open: () => content.open(),
  };
}

/** One file that two lines name: a media type that one of them declares is its media type. */
function mergeFiles(first: PreparedFile, second: PreparedFile): PreparedFile {
  const [a, b] = [first.declaredMediaType, second.declaredMediaType];
  if (a !== undefined && b !== undefined && a !== b) {
    throw new CodedError('input-conflict', `files: ${JSON.stringify(first.shownPath)} is given as ${a} and as ${b}`, {
      hint: 'Give each file one media type.',
    });
  }
  return { ...first, declaredMediaType: a ?? b };
}
