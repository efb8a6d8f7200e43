import { readFile, stat } from 'node:fs/promises';
import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import { openEvidence } from '../../evidence/open-evidence.ts';
import type { BundleDocument } from '../../gate/outside-evidence.ts';
import { MAX_BUNDLE_BYTES } from '../../gate/read-document.ts';
import { SIGSTORE_BUNDLE_V03 } from '../../oci/media-types.ts';
import { fileRootsOf } from '../attach/file-roots.ts';
import { checkFile } from '../attach/workspace-path.ts';
import type { CommandContext } from '../context.ts';

/** Of all the bundles of one file. */
export const MAX_FILE_BYTES = 4 * MAX_BUNDLE_BYTES;

/**
 * Reads the files of `bundles`: a Sigstore bundle, or JSON lines of them (`gh attestation download`). Throws
 * `bundle-file-invalid` that names the file and line, and what opening a file of the workspace throws.
 */
export async function loadBundles(
  paths: readonly string[],
  context: Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'env'>,
): Promise<readonly BundleDocument[]> {
  const files = await Promise.all(paths.map((path) => loadFile(path, context)));
  return files.flat();
}

async function loadFile(
  path: string,
  context: Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'env'>,
): Promise<BundleDocument[]> {
  const { path: real, shownPath } = await checkFile(path, fileRootsOf(context));
  const { size } = await stat(real);
  if (size > MAX_FILE_BYTES) throw invalid(shownPath, `it has ${size} bytes, more than ${MAX_FILE_BYTES}`);
  const documents = splitDocuments(await readFile(real), shownPath);
  for (const document of documents) await requireBundle(document);
  return documents;
}

/** A file whose first line is a whole document has one in each line. */
function splitDocuments(bytes: Buffer, file: string): BundleDocument[] {
  const lines = bytes.toString('utf8').split('\n');
  const filled = lines.flatMap((line, at) => (line.trim() === '' ? [] : [{ line, at: at + 1 }]));
  const [first] = filled;
  if (filled.length < 2 || first === undefined || !isJson(first.line)) return [{ bytes, origin: file }];
  return filled.map(({ line, at }) => ({ bytes: Buffer.from(line), origin: `${file} line ${at}` }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function requireBundle({ bytes, origin }: BundleDocument): Promise<void> {
  const document = { bytes, mediaType: SIGSTORE_BUNDLE_V03, annotations: {}, what: origin };
  try {
    const opened = await openEvidence(document, SIGSTORE_BUNDLE_V03);
    if (opened.signed === 'broken') throw invalid(origin, opened.reason);
    if (!opened.signed || opened.format !== 'sigstore-bundle') throw invalid(origin, 'it is no Sigstore bundle');
  } catch (thrown) {
    const error = toCodedError(thrown);
    throw error.code === 'bundle-file-invalid' ? error : invalid(origin, error.message, thrown);
  }
}

function invalid(origin: string, why: string, cause?: unknown): CodedError {
  return new CodedError('bundle-file-invalid', `${origin}: ${why}`, {
    cause,
    hint: 'Expected a Sigstore bundle as JSON, or one a line, as actions/attest and gh attestation download write it.',
  });
}
