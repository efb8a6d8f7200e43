import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Manifest } from '../oci/manifest.ts';
import { REFERRER_SOURCES, type ReferrerSource } from './types.ts';

/** What some source says refers to a subject. A hint until it is proved. */
export interface Candidate {
  readonly digest: Digest;
  /** As listed; undefined where the list's entry is no valid descriptor but names a digest. */
  readonly listed: Descriptor | undefined;
  readonly sources: readonly ReferrerSource[];
  /** Set where the source gave the bytes themselves (cosign tags). */
  readonly manifest?: Manifest;
}

/** Candidates of several sources, each digest once, marked with every source, in the order of first sight. */
export function mergeCandidates(groups: readonly (readonly Candidate[])[]): Candidate[] {
  const merged = new Map<Digest, Candidate>();
  for (const candidate of groups.flat()) {
    const known = merged.get(candidate.digest);
    merged.set(candidate.digest, known === undefined ? candidate : joined(known, candidate));
  }
  return [...merged.values()];
}

function joined(a: Candidate, b: Candidate): Candidate {
  const manifest = a.manifest ?? b.manifest;
  return {
    digest: a.digest,
    listed: fuller(a.listed, b.listed),
    sources: REFERRER_SOURCES.filter((source) => a.sources.includes(source) || b.sources.includes(source)),
    ...(manifest !== undefined && { manifest }),
  };
}

/** The entry that names a type says more; of two that do, or do not, the first stands. */
function fuller(a: Descriptor | undefined, b: Descriptor | undefined): Descriptor | undefined {
  return a === undefined || (a.artifactType === undefined && b?.artifactType !== undefined) ? (b ?? a) : a;
}
