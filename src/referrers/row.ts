import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Manifest } from '../oci/manifest.ts';
import { OCI_EMPTY } from '../oci/media-types.ts';
import type { ReferrersHint } from '../store/store.ts';
import type { Candidate } from './candidate.ts';
import type { Proof } from './prove-candidate.ts';
import { REFERRER_SOURCES, type ReferrerSource } from './types.ts';

/** A referrer while the walk goes on: a candidate of one subject, and what its proof and its own referrers add to it. */
export interface Row {
  readonly candidate: Candidate;
  readonly subject: Digest;
  /** The digests from the root down to the subject: a row among them would lead in a circle. */
  readonly path: readonly Digest[];
  descriptor: Descriptor;
  sources: readonly ReferrerSource[];
  /** What its proof said; `listed`: nobody has tried yet. */
  state: 'listed' | Proof['state'];
  manifest: Manifest | undefined;
  hint: ReferrersHint | undefined;
  /** Shared by all rows of one digest. */
  below: Row[];
}

export function newRow(candidate: Candidate, subject: Digest, path: readonly Digest[]): Row {
  const listed = candidate.listed ?? { mediaType: '', digest: candidate.digest, size: 0 };
  return {
    candidate,
    subject,
    path,
    descriptor: withoutEmptyType(listed),
    sources: candidate.sources,
    state: 'listed',
    manifest: undefined,
    hint: undefined,
    below: [],
  };
}

/** Another answer lists it, too. A proof that went without a subject does not hold for a list of referrers. */
export function markSeen(row: Row, sources: readonly ReferrerSource[]): void {
  if (row.state === 'proved' && row.manifest?.subject?.digest !== row.subject) return;
  row.sources = REFERRER_SOURCES.filter((source) => row.sources.includes(source) || sources.includes(source));
}

/** The empty config type in place of an artifact type (cosign 2.5 to 3.0 wrote it so) says nothing. */
function withoutEmptyType(listed: Descriptor): Descriptor {
  if (listed.artifactType !== OCI_EMPTY) return listed;
  const { artifactType: _, ...rest } = listed;
  return rest;
}
