import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import type { SignedFormat } from '../../evidence/signed-evidence.ts';
import { type Digest, digestOf, encodedOf } from '../../oci/digest.ts';
import type { EvidenceContent } from '../../policy/evidence-item.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { buildEvidenceJson } from '../../report/evidence-json.ts';
import type { Store } from '../../store/store.ts';
import type { CommandContext } from '../context.ts';
import { downloadError } from '../list/download-error.ts';
import { makeFolders, openDownloadFolder } from '../list/download-folder.ts';
import { isDownloaded, writeDownload } from '../list/write-download.ts';
import { replaceFile } from '../replace-file.ts';
import { countedDocuments } from './counted-documents.ts';
import type { OutsideBytes } from './outside-bytes.ts';
import { readCounted } from './read-counted.ts';
import type { DownloadedDocument, EvidenceDownload } from './result.ts';

const INDEX = 'evidence.json';
const STATEMENT = 'statement.json';
const SHORT_HEX = 12;

/** What a signed document is called; the format alone decides, never its title. */
const FILE_NAMES: Readonly<Record<SignedFormat, string>> = {
  'sigstore-bundle': 'bundle.json',
  'cosign-attestation': 'envelope.json',
  'cosign-signature': 'simplesigning.json',
  'notation-jws': 'signature.jws',
  'notation-cose': 'signature.cose',
};

/**
 * The folder of `download`: what verdicts rest on, so that a later step works with the bytes that were judged and with
 * no others. `DIR/<subject hex12>/<document hex12>/` has the document and the statement in it, `evidence.json`, which is
 * written last, says what each is and which run it is of.
 */
export class EvidenceFolder {
  readonly #root: string;
  readonly #signal: AbortSignal;
  /** By image and document: two tags of one image have the same ones. */
  readonly #documents = new Map<string, DownloadedDocument>();
  #error: CodedError | undefined;

  private constructor(root: string, signal: AbortSignal) {
    this.#root = root;
    this.#signal = signal;
  }

  /** Makes the folder, and takes the index of an earlier run away. Throws `file-outside-workspace`, `download-failed`. */
  static async open(
    folder: string,
    context: Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'signal'>,
  ): Promise<EvidenceFolder> {
    const { workspace, readsAnywhere, signal } = context;
    const path = readsAnywhere === true ? resolve(workspace, folder) : folder;
    const root = await openDownloadFolder(path, workspace);
    try {
      await rm(join(root, INDEX), { force: true });
    } catch (thrown) {
      throw downloadError(thrown);
    }
    return new EvidenceFolder(root, signal);
  }

  /** Writes what an image passed by. A failure is kept for `finish`: it is none of the verdict's. */
  async add(verdict: ImageVerdict, store: Store, outside: OutsideBytes): Promise<void> {
    try {
      const written: DownloadedDocument[] = [];
      for (const document of countedDocuments(verdict)) {
        const { item } = document.judgement;
        const counted = await readCounted(item, { store, outside, signal: this.#signal });
        const folder = [shortHex(item.subject), shortHex(counted.digest)];
        const name = fileNameOf(item.content);
        const file = await this.#write(folder, name, counted.bytes);
        const { statement } = counted;
        const inner =
          statement === undefined || name === STATEMENT ? undefined : await this.#write(folder, STATEMENT, statement);
        const image = `${verdict.image.repository}@${verdict.image.digest}`;
        written.push({ image, document, file, statement: name === STATEMENT ? file : inner });
      }
      for (const one of written) this.#documents.set(`${one.image} ${one.document.key}`, one);
    } catch (thrown) {
      this.#error ??= toCodedError(downloadError(thrown));
    }
  }

  /** Writes the index. It lists what is whole: nothing of an image of which something could not be written. */
  async finish(): Promise<EvidenceDownload> {
    // images are judged at once, and end in any order
    const documents = [...this.#documents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => document);
    const index = join(this.#root, INDEX);
    try {
      await replaceFile(index, `${JSON.stringify(buildEvidenceJson(documents, this.#root), undefined, 2)}\n`);
      return { index, documents, error: this.#error };
    } catch (thrown) {
      return { index: undefined, documents, error: this.#error ?? toCodedError(downloadError(thrown)) };
    }
  }

  async #write(folder: readonly string[], name: string, bytes: Uint8Array): Promise<string> {
    const path = join(this.#root, ...folder, name);
    await makeFolders(this.#root, folder, []);
    const descriptor = { mediaType: '', digest: digestOf(bytes), size: bytes.byteLength };
    if (!(await isDownloaded(path, descriptor))) await writeDownload(path, chunksOf(bytes));
    return path;
  }
}

function fileNameOf(content: EvidenceContent): string {
  if (content.kind === 'signed') return FILE_NAMES[content.format];
  if (content.kind !== 'unsigned') throw new CodedError('internal', `evidence that counts is ${content.kind}`);
  if (content.statement !== undefined) return STATEMENT;
  const extension = /[+/](json|xml)$/.exec(content.contentType ?? '')?.[1];
  return extension === undefined ? 'document' : `document.${extension}`;
}

function shortHex(digest: Digest): string {
  return encodedOf(digest).slice(0, SHORT_HEX);
}

async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
