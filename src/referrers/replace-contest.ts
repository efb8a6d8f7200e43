import { toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import type { BoundArtifact } from './artifact.ts';
import type { AttachedVia } from './attach-outcome.ts';
import { isOlderEdition } from './compare-artifacts.ts';
import { readFallbackIndex } from './read-fallback-index.ts';

export interface ReplaceContest {
  readonly store: Store;
  readonly subject: Digest;
  readonly via: AttachedVia;
  /** What this run put in the place of older ones. */
  readonly ours: readonly BoundArtifact[];
  /** What was listed when the older ones were looked for. */
  readonly before: ReadonlyMap<Digest, Descriptor>;
  readonly warn: (warning: Warning) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Looks, when all is done, for editions of the same artifact that came while this run replaced the older ones: two
 * runs at once do not see each other's, and both stay listed. That is said (`replace-contested`), by each run that
 * sees it, and not mended: a run that is still at work lists its own again when somebody takes it out, so that
 * removing it would be a fight, and whether the other one wanted to replace or to add cannot be told from it.
 */
export async function warnOfContest(contest: ReplaceContest): Promise<void> {
  const { store, subject, ours, before, warn, signal } = contest;
  if (store.kind === 'layout' || ours.length === 0) return;
  try {
    const own = new Set(ours.map(({ digest }) => digest));
    const listed = await readList(contest);
    const newcomers = listed.filter(
      ({ digest, artifactType }) =>
        !own.has(digest) &&
        !before.has(digest) &&
        (artifactType === undefined || ours.some(({ artifact }) => artifact.artifactType === artifactType)),
    );
    for (const { digest } of newcomers) {
      const fetched = await store.findManifest(digest, { purpose: 'settle', signal });
      const rival = fetched && ours.find((bound) => isOlderEdition(fetched.manifest, bound));
      if (rival === undefined) continue;
      warn({
        code: 'replace-contested',
        message: `${store.name} lists ${digest} beside ${rival.digest} for ${subject}: another run attached an edition of the same artifact while this one replaced the older ones. Run replace again to leave one`,
        subject: digest,
      });
    }
  } catch (thrown) {
    warn({
      code: 'source-unread',
      message: `whether another run replaced the same artifact of ${subject} could not be looked at: ${toCodedError(thrown).message}`,
      subject,
    });
  }
}

async function readList({ store, subject, via, signal }: ReplaceContest): Promise<readonly Descriptor[]> {
  if (via === 'tag-schema') {
    const fallback = await readFallbackIndex(store, subject, { purpose: 'settle', signal });
    return fallback.state === 'list' ? fallback.index.manifests : [];
  }
  const answer = await store.listReferrers(subject, { purpose: 'settle', signal });
  return answer.supported ? answer.descriptors : [];
}
