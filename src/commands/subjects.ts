import { isSameRegistry } from '../auth/credentials/registry-names.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import { type Digest, parseDigest } from '../oci/digest.ts';
import {
  formatReference,
  formatRepository,
  type ParsedReference,
  parseReference,
  type Reference,
} from '../oci/reference.ts';
import type { ManifestTarget } from '../store/store.ts';

/** The inputs that name images, as every command has them. Empty strings count as not given. */
export interface SubjectInputs {
  /** `image`: a line an image. */
  readonly image?: readonly string[] | undefined;
  /** `subject-name`: an image name whose tag, if any, is not looked at. */
  readonly subjectName?: string | undefined;
  /** `subject-digest`: belongs to `subjectName`, or pins every line of `image`. */
  readonly subjectDigest?: string | undefined;
  /** `registry-username`: together with its password it belongs to one registry. */
  readonly registryUsername?: string | undefined;
}

/** One image to work on. */
export interface SubjectRequest {
  readonly reference: Reference;
  /** As the user wrote it, with the digest that pins it. */
  readonly requested: string;
}

export interface ParsedSubjects {
  /** Empty when no input names an image. */
  readonly subjects: readonly SubjectRequest[];
  /** `name-lowered`. */
  readonly warnings: readonly Warning[];
}

/**
 * Inputs -> images, each once: lines that say the same digest of one repository are one image, whatever their tags, so
 * that the tags of docker/metadata-action and the digest of docker/build-push-action can be pasted as they are.
 * Throws `reference-invalid`, `digest-invalid` or `input-conflict`.
 */
export function parseSubjects(inputs: SubjectInputs): ParsedSubjects {
  const names = subjectLines(inputs);
  const pin = inputs.subjectDigest ? parseDigest(inputs.subjectDigest.trim(), 'subject-digest') : undefined;
  const subjects = new Map<string, SubjectRequest>();
  const warnings = new Map<string, Warning>();
  for (const line of names) {
    const parsed = parseReference(line, { defaultTag: pin === undefined ? 'latest' : null });
    const subject = pinSubject(parsed.reference, line, pin);
    const key = `${formatRepository(subject.reference)} ${subject.reference.digest ?? subject.reference.tag ?? ''}`;
    if (!subjects.has(key)) subjects.set(key, subject);
    const warning = loweredWarning(parsed);
    if (warning !== undefined) warnings.set(warning.message, warning);
  }
  requireOneRegistry([...subjects.values()], inputs);
  return { subjects: [...subjects.values()], warnings: [...warnings.values()] };
}

/** registry-username and registry-password are for one registry: a second one is none of theirs. Throws `input-conflict`. */
export function requireOneRegistry(
  subjects: readonly SubjectRequest[],
  { registryUsername }: Pick<SubjectInputs, 'registryUsername'>,
): void {
  const registries = registriesOf(subjects);
  if (!registryUsername || registries.length < 2) return;
  throw conflict(
    `registry-username and registry-password belong to one registry, and the images are in ${registries.length}: ${registries.join(', ')}`,
    'Log in to the others (`docker login`, docker/login-action) and leave the inputs out, or take a step for each registry.',
  );
}

/** The only registry that the images are in; undefined where there is none, or more than one. */
export function onlyRegistryOf(subjects: readonly SubjectRequest[]): string | undefined {
  const [only, ...others] = registriesOf(subjects);
  return others.length === 0 ? only : undefined;
}

/** The only repository that the images are of, without tag and digest; undefined where there is none, or more than one. */
export function onlyRepositoryOf(subjects: readonly SubjectRequest[]): string | undefined {
  const names = new Set(subjects.map(({ reference }) => formatRepository(reference)));
  const [only] = names;
  return names.size === 1 ? only : undefined;
}

function registriesOf(subjects: readonly SubjectRequest[]): string[] {
  const registries: string[] = [];
  for (const { reference } of subjects) {
    if (reference.kind !== 'registry') continue;
    const { registry } = reference;
    if (!registries.some((known) => isSameRegistry(known, registry))) registries.push(registry);
  }
  return registries;
}

/** The same, and there must be one. Throws `image-missing` besides. */
export function requireSubjects(inputs: SubjectInputs): ParsedSubjects {
  const parsed = parseSubjects(inputs);
  if (parsed.subjects.length > 0) return parsed;
  throw new CodedError('image-missing', 'no image is given: inputs image and subject-name are both empty', {
    hint: 'Set image, for example ghcr.io/acme/app:1.4, or subject-name together with subject-digest.',
  });
}

/** What of its repository a reference asks for: the digest where there is one, whatever the tag says. */
export function targetOf(reference: Reference): ManifestTarget {
  return reference.digest ?? { tag: reference.tag ?? 'latest' };
}

function subjectLines(inputs: SubjectInputs): string[] {
  const lines = (inputs.image ?? []).map((line) => line.trim()).filter((line) => line !== '');
  const name = inputs.subjectName?.trim() ?? '';
  if (name !== '') {
    if (lines.length > 0) throw conflict('image and subject-name are both given', 'Give one of them.');
    if (!inputs.subjectDigest) {
      throw conflict(`subject-name ${JSON.stringify(name)} is given without subject-digest`, NAME_NEEDS_DIGEST);
    }
    return [name];
  }
  if (lines.length === 0 && inputs.subjectDigest) {
    throw conflict('subject-digest is given without an image', 'Set image or subject-name, too.');
  }
  return lines;
}

const NAME_NEEDS_DIGEST =
  'Set subject-digest (for example to the digest output of docker/build-push-action, which is empty when nothing was pushed), or use image.';

function pinSubject(reference: Reference, line: string, pin: Digest | undefined): SubjectRequest {
  if (pin === undefined) return { reference, requested: line };
  if (reference.digest !== undefined && reference.digest !== pin) {
    throw conflict(
      `image ${JSON.stringify(line)} says another digest than subject-digest ${pin}`,
      'Leave the digest out of one of them.',
    );
  }
  // the digest alone travels on: a tag may have moved since
  const { tag: _, ...rest } = reference;
  const requested = reference.digest === undefined ? `${line}@${pin}` : line;
  return { reference: { ...rest, digest: pin }, requested };
}

function loweredWarning(parsed: ParsedReference): Warning | undefined {
  if (parsed.loweredFrom === undefined) return undefined;
  const repository = formatRepository(parsed.reference);
  return {
    code: 'name-lowered',
    message: `image name ${JSON.stringify(parsed.loweredFrom)} has upper-case letters, which no registry takes: ${repository} is used`,
    subject: formatReference(parsed.reference),
  };
}

function conflict(message: string, hint: string): CodedError {
  return new CodedError('input-conflict', message, { hint });
}
