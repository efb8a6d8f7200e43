import { toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import { type Descriptor, sameAnnotations } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { effectiveArtifactType, type Manifest, referrerDescriptorOf } from '../oci/manifest.ts';
import { OCI_IMAGE_CONFIG } from '../oci/media-types.ts';
import type { ReferrersHint, Store } from '../store/store.ts';
import type { Candidate } from './candidate.ts';
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
  /** It is not there, or does not refer to this subject: no row. */
  | { readonly state: 'refuted' }
  /** It could not be read; the code and reason. */
  | { readonly state: 'unread'; readonly code: string; readonly reason: string };

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
  options: { readonly warn: (warning: Warning) => void; readonly signal?: AbortSignal | undefined },
): Promise<Proof> {
  let manifest = candidate.manifest;
  let hint: ReferrersHint | undefined;
  if (manifest === undefined) {
    try {
      const fetched = await store.findManifest(candidate.digest, { purpose: 'proof', signal: options.signal });
      if (fetched === undefined) {
        options.warn({
          code: 'referrer-missing',
          message: `${candidate.sources.join(', ')} of ${subject} names ${candidate.digest}, which ${store.name} does not hold`,
          subject: candidate.digest,
        });
        return { state: 'refuted' };
      }
      ({ manifest, referrersHint: hint } = fetched);
    } catch (thrown) {
      const error = toCodedError(thrown);
      if (options.signal?.aborted === true || error.code === 'internal') throw thrown;
      options.warn({
        code: 'referrer-unread',
        message: `referrer ${candidate.digest} of ${subject}: ${error.message}`,
        subject: candidate.digest,
      });
      return { state: 'unread', code: error.code, reason: error.message };
    }
  }
  const sources = provedSources(manifest, subject, candidate);
  if (sources.length < candidate.sources.length) options.warn(wrongSubject(manifest, subject, candidate));
  if (sources.length === 0) return { state: 'refuted' };
  const descriptor = rowDescriptor(manifest, sources);
  const differences = candidate.listed === undefined ? [] : differencesOf(candidate.listed, manifest, candidate);
  if (differences.length > 0) {
    options.warn({
      code: 'descriptor-differs',
      message: `${candidate.sources.join(', ')} of ${subject} describes ${candidate.digest} wrongly: ${differences.join('; ')}`,
      subject: candidate.digest,
    });
  }
  return { state: 'proved', descriptor, sources, manifest, ...(hint !== undefined && { hint }) };
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
    message: `${candidate.digest} is listed as a referrer of ${subject}, but has ${own}`,
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

function differencesOf(listed: Descriptor, manifest: Manifest, candidate: Candidate): string[] {
  const wrong: string[] = [];
  const say = (field: string, said: unknown, is: unknown): void => {
    wrong.push(`${field} is ${JSON.stringify(is ?? null)}, listed as ${JSON.stringify(said ?? null)}`);
  };
  if (listed.size !== manifest.size) say('size', listed.size, manifest.size);
  if (listed.mediaType !== manifest.mediaType) say('mediaType', listed.mediaType, manifest.mediaType);
  // only lists of referrers promise type and annotations
  if (!candidate.sources.some((source) => source === 'api' || source === 'tag-schema')) return wrong;
  const type = effectiveArtifactType(manifest);
  if (listed.artifactType !== type && !isConfigTypeTwin(listed, manifest))
    say('artifactType', listed.artifactType, type);
  if (!sameAnnotations(listed.annotations, manifest.annotations))
    say('annotations', listed.annotations, manifest.annotations);
  return wrong;
}

/** The spec lists config.mediaType where there is no artifactType; for the empty config that says nothing, but is not wrong. */
function isConfigTypeTwin(listed: Descriptor, manifest: Manifest): boolean {
  return (
    manifest.kind === 'manifest' &&
    manifest.artifactType === undefined &&
    listed.artifactType === manifest.config.mediaType
  );
}
