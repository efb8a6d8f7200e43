import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { checkFile } from '../attach/workspace-path.ts';
import type { CommandContext } from '../context.ts';
import { type ParsedSubjects, requireSubjects } from '../subjects.ts';
import type { VerifyOptions } from './options.ts';
import { mayBeProposal } from './pull-request.ts';

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

async function readLines(file: string, { workspace, readsAnywhere }: CommandContext): Promise<string[]> {
  const alsoAllowed = readsAnywhere === true ? [resolve('/')] : [];
  const { path, identity } = await checkFile(file, { workspace, alsoAllowed });
  if (identity.size > MAX_FILE_BYTES) {
    throw new CodedError(
      'file-unreadable',
      `images-file ${JSON.stringify(file)} has more than ${MAX_FILE_BYTES} bytes`,
    );
  }
  const text = await readFile(path, 'utf8');
  return text.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
}
