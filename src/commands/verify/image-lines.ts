import { readFile } from 'node:fs/promises';
import { CodedError } from '../../errors/coded-error.ts';
import { fileRootsOf } from '../attach/file-roots.ts';
import { checkFile } from '../attach/workspace-path.ts';
import type { CommandContext } from '../context.ts';
import { mayBeProposal } from '../may-be-proposal.ts';
import { type ParsedSubjects, requireSubjects } from '../subjects.ts';
import type { VerifyOptions } from './options.ts';

const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The images of `image`, or of `subject-name`, and of `images-file`, each once. Throws `image-missing`, `input-conflict`,
 * `reference-invalid`, and what opening a file of the workspace throws.
 */
export async function readImages(options: VerifyOptions, context: CommandContext): Promise<ParsedSubjects> {
  const { imagesFile } = options;
  if (imagesFile === undefined) return requireSubjects(options);
  if (options.subjectName !== undefined) {
    throw new CodedError('input-conflict', 'images-file and subject-name are both given', {
      hint: 'Give one of them.',
    });
  }
  refuseToLogInAnywhere(options, context);
  const lines = await readLines(imagesFile, context);
  if (lines.length === 0 && options.image.length === 0) {
    throw new CodedError('image-missing', `images-file ${JSON.stringify(imagesFile)} names no image`, { hint: HINT });
  }
  return requireSubjects({ ...options, image: [...options.image, ...lines] });
}

/**
 * registry-username and registry-password go to the registry of the images. Where a proposed change alone names those,
 * whoever proposes it would choose who gets them.
 */
function refuseToLogInAnywhere({ image, registryUsername }: VerifyOptions, { env }: CommandContext): void {
  if (registryUsername === undefined || image.length > 0 || !mayBeProposal(env)) return;
  throw new CodedError(
    'input-conflict',
    `on ${env['GITHUB_EVENT_NAME']} images-file may be what a pull request proposes, and registry-username goes where it says`,
    { hint: 'Log in with docker/login-action, which names the registry, and leave registry-username out.' },
  );
}

const HINT =
  'Expected an image a line, such as ghcr.io/acme/app:1.4. The step that writes it may have failed; where there is nothing to verify, leave the step out.';

/** A step before may have left the list in RUNNER_TEMP. */
async function readLines(file: string, context: CommandContext): Promise<string[]> {
  const { path, identity } = await checkFile(file, fileRootsOf(context), HINT);
  if (identity.size > MAX_FILE_BYTES) {
    throw new CodedError(
      'file-unreadable',
      `images-file ${JSON.stringify(file)} has more than ${MAX_FILE_BYTES} bytes`,
    );
  }
  const text = decode(await readFile(path), file);
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
  return lines.filter((line) => line !== '');
}

/** A wrong encoding would make names of it that nobody wrote. */
function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodedError('file-unreadable', `images-file ${JSON.stringify(file)} is not UTF-8`, {
      cause,
      hint: 'In Windows PowerShell write it with Out-File -Encoding utf8.',
    });
  }
}
