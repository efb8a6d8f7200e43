import { hasCode, toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { effectiveArtifactType, type Manifest, referrerDescriptorOf } from '../oci/manifest.ts';
import { OCI_IMAGE_CONFIG } from '../oci/media-types.ts';
import type { ReferrersHint, Store } from '../store/store.ts';
import type { Candidate } from './candidate.ts';
import { descriptorDifferences } from './descriptor-differences.ts';
import type { EarlyProofs } from './early-proofs.ts';
import type { ReferrerSource } from './types.ts';

/** What the bytes say of a candidate. */
export type Proof =
  | {
      readonly state: 'proved';
      readonly descriptor: Descriptor;
      readonly sources: readonly ReferrerSource[];
      readonly manifest: Manifest;
      readonly hint?: ReferrersHint;
    }
  /** It is not there, is no manifest, or does not refer to this subject: no row. */
  | { readonly state: 'refuted' }
  /** It could not be read; the code and reason. */
  | { readonly state: 'unread'; readonly code: string; readonly reason: string };

export interface ProveOptions {
  readonly warn: (warning: Warning) => void;
  readonly signal?: AbortSignal | undefined;
  /** What is being read already. */
  readonly early?: EarlyProofs | undefined;
}

const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
/** The type of BuildKit's attestations, also where their older form has none of its own. */
const BUILDKIT_ATTESTATION = 'application/vnd.docker.attestation.manifest.v1+json';

/**
 * Fetches a candidate by digest, hashes and counts it, compares its subject, and takes type and annotations from its
 * bytes. What the list said wrongly becomes a warning that says what.
 */
export async function proveCandidate(
  store: Store,
  subject: Digest,
  candidate: Candidate,
  options: ProveOptions,
): Promise<Proof> {
  const read = await readCandidate(store, subject, candidate, options);
  if (read.state !== 'read') return read;
  const { manifest, hint } = read;
  const sources = provedSources(manifest, subject, candidate);
  if (sources.length < candidate.sources.length) options.warn(wrongSubject(manifest, subject, candidate));
  if (sources.length === 0) return { state: 'refuted' };
  const differences = descriptorDifferences(candidate, manifest);
  if (differences.length > 0) {
    options.warn({
      code: 'descriptor-differs',
      message: `${candidate.sources.join(', ')} of ${subject} describes ${candidate.digest} wrongly: ${differences.join('; ')}`,
      subject: candidate.digest,
    });
  }
  const descriptor = rowDescriptor(manifest, sources);
  return { state: 'proved', descriptor, sources, manifest, ...(hint !== undefined && { hint }) };
}

type Reading =
  | { readonly state: 'read'; readonly manifest: Manifest; readonly hint?: ReferrersHint | undefined }
  | Exclude<Proof, { readonly state: 'proved' }>;

async function readCandidate(
  store: Store,
  subject: Digest,
  candidate: Candidate,
  { warn, signal, early }: ProveOptions,
): Promise<Reading> {
  const { digest, listed, sources } = candidate;
  if (candidate.manifest !== undefined) return { state: 'read', manifest: candidate.manifest };
  try {
    const mediaType = listed?.mediaType;
    const begun = early?.find(digest, mediaType);
    const fetched = await (begun ?? store.findManifest(digest, { purpose: 'proof', mediaType, signal }));
    if (fetched !== undefined) return { state: 'read', manifest: fetched.manifest, hint: fetched.referrersHint };
    warn({
      code: 'referrer-missing',
      message: `${sources.join(', ')} of ${subject} names ${digest}, which ${store.name} does not hold`,
      subject: digest,
    });
    return { state: 'refuted' };
  } catch (thrown) {
    const error = toCodedError(thrown);
    if (signal?.aborted === true || error.code === 'internal') throw thrown;
    // the bytes are what was asked for, and they are no manifest: nothing more could be learned by asking again
    const isRefuted = hasCode(thrown, 'json-invalid', 'manifest-invalid');
    warn({
      code: isRefuted ? 'referrer-invalid' : 'referrer-unread',
      message: `referrer ${digest} of ${subject} ${isRefuted ? 'was left out' : 'could not be read'}: ${error.message}`,
      subject: digest,
    });
    return isRefuted ? { state: 'refuted' } : { state: 'unread', code: error.code, reason: error.message };
  }
}

/**
 * A list proves nothing: the manifest's `subject` must be the one. In-index and cosign-tag rows need none, since the
 * hashed index, or the name of the tag, ties them; but one that names another subject is refuted.
 */
function provedSources(manifest: Manifest, subject: Digest, candidate: Candidate): ReferrerSource[] {
  const own = manifest.subject?.digest;
  return candidate.sources.filter((source) => {
    if (own === subject) return true;
    return own === undefined && (source === 'in-index' || source === 'cosign-tags');
  });
}

function wrongSubject(manifest: Manifest, subject: Digest, candidate: Candidate): Warning {
  const own = manifest.subject === undefined ? 'no subject' : `the subject ${manifest.subject.digest}`;
  return {
    code: 'subject-differs',
    message: `${candidate.sources.join(', ')} of ${subject} lists ${candidate.digest}, which has ${own}`,
    subject: candidate.digest,
  };
}

function rowDescriptor(manifest: Manifest, sources: readonly ReferrerSource[]): Descriptor {
  const { artifactType: _, ...descriptor } = referrerDescriptorOf(manifest);
  const artifactType = rowType(manifest, sources);
  return { ...descriptor, ...(artifactType !== undefined && { artifactType }) };
}

/** The type of a row. Where the config only says "an image" although it is none, its place or its layers say more. */
function rowType(manifest: Manifest, sources: readonly ReferrerSource[]): string | undefined {
  const type = effectiveArtifactType(manifest);
  const saysNothing = type === undefined || type === OCI_IMAGE_CONFIG || type === DOCKER_CONFIG;
  if (!saysNothing || manifest.kind !== 'manifest') return type;
  if (sources.includes('in-index')) return BUILDKIT_ATTESTATION;
  return sources.includes('cosign-tags') ? (manifest.layers[0]?.mediaType ?? type) : type;
}
