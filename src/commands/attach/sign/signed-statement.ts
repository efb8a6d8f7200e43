import { CodedError } from '../../../errors/coded-error.ts';
import { MAX_DETECT_BYTES } from '../../../evidence/detect.ts';
import type { Digest } from '../../../oci/digest.ts';
import { buildStatement, COSIGN_SIGN_V1, checkSize, requireSize } from '../../../sign/build-statement.ts';
import { readSignable, type Signable } from '../../../sign/read-signable.ts';
import { tooLarge } from '../../../sign/sign-error.ts';
import type { Store } from '../../../store/store.ts';
import type { PlannedArtifact, PlannedLayer } from '../plan-artifacts.ts';
import { isSignedKind } from '../replace-refusal.ts';

/** A statement that is to be signed. */
export interface UnsignedStatement {
  /** The manifest that it is about, and that the bundle is attached to. */
  readonly subject: Digest;
  readonly payload: Uint8Array;
  readonly predicateType: string;
  /** For messages. */
  readonly what: string;
}

/** Whether the artifact holds what is signed already: that is attached as it is. */
export function isSignedAlready({ layers }: PlannedArtifact): boolean {
  return layers.some(({ detection }) => isSignedKind(detection.kind));
}

/**
 * What of an artifact is signed as its content: its one file. Throws `input-conflict` (several files or none, no JSON),
 * `predicate-type-needed`, `sign-too-large`, and what reading the file throws.
 */
export async function readArtifactSignable(
  planned: PlannedArtifact,
  predicateType: string | undefined,
): Promise<Signable> {
  const [layer, ...others] = planned.layers;
  if (layer === undefined || others.length > 0) {
    const what = layer === undefined ? 'an artifact without a file' : `an artifact of ${planned.layers.length} files`;
    throw new CodedError('input-conflict', `${what} is no predicate: a statement holds the content of one file`, {
      hint: 'With `sign-by-digest: true` the artifact is signed by its digest. Without artifact-type each file is an artifact of its own.',
    });
  }
  const what = JSON.stringify(layer.file.shownPath);
  return readSignable({ bytes: await readLayer(layer, what), detection: layer.detection, predicateType, what });
}

/** What is too large whatever the subject is, said before any request. Throws `sign-too-large`. */
export function requireStatementSize(signable: Signable, planned: PlannedArtifact): void {
  const bytes = signable.kind === 'statement' ? signable.payload.byteLength : Buffer.byteLength(signable.predicate);
  requireSize(bytes, JSON.stringify(planned.layers[0]?.file.shownPath ?? ''));
}

/** The statement over a subject: the file's content as its predicate, or the statement that the file is. */
export function contentStatement(signable: Signable, subject: Digest, store: Store, what: string): UnsignedStatement {
  const { predicateType } = signable;
  const payload =
    signable.kind === 'statement'
      ? checkSize(signable.payload, what)
      : buildStatement({ digest: subject, name: nameOf(store), predicateType, predicate: signable.predicate }, what);
  return { subject, payload, predicateType, what };
}

/** cosign's signature of a manifest, here the one of the attached artifact. */
export function digestStatement(artifact: Digest, store: Store, what: string): UnsignedStatement {
  const predicateType = COSIGN_SIGN_V1;
  const payload = buildStatement({ digest: artifact, name: nameOf(store), predicateType, predicate: '{}' }, what);
  return { subject: artifact, payload, predicateType, what };
}

/** A layout's name is a folder of this machine, which is nobody's business. */
function nameOf(store: Store): string | undefined {
  return store.kind === 'layout' ? undefined : store.name;
}

async function readLayer({ file }: PlannedLayer, what: string): Promise<Uint8Array> {
  if (file.size > MAX_DETECT_BYTES) throw tooLarge(`${what} has ${file.size} bytes, which no statement holds`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
