import type { Descriptor } from '../oci/descriptor.ts';
import type { Lag } from './quirks.ts';

interface Change<T> {
  readonly value: T;
  /** What was there before; undefined: nothing. */
  readonly before: T | undefined;
  readonly at: number;
  reads: number;
}

/**
 * Eventual consistency: what was written is seen by readers only after a while. It remembers the changes of tags and
 * the arrival of manifests and referrers; whether they are visible is decided at each read.
 */
export class VisibilityLag {
  readonly #tags = new Map<string, Change<Descriptor>>();
  readonly #manifests = new Map<string, Change<true>>();
  readonly #referrers = new Map<string, Change<true>>();

  noteTag(repository: string, tag: string, before: Descriptor | undefined, after: Descriptor): void {
    this.#tags.set(`${repository}:${tag}`, { value: after, before, at: performance.now(), reads: 0 });
  }

  noteManifest(repository: string, digest: string): void {
    noteArrival(this.#manifests, `${repository}@${digest}`);
  }

  noteReferrer(repository: string, digest: string): void {
    noteArrival(this.#referrers, `${repository}@${digest}`);
  }

  /** What a reader of the tag sees. */
  visibleTag(
    repository: string,
    tag: string,
    current: Descriptor | undefined,
    lag: Lag | undefined,
  ): Descriptor | undefined {
    const change = this.#tags.get(`${repository}:${tag}`);
    if (lag === undefined || change === undefined || change.value.digest !== current?.digest) return current;
    return isHidden(change, lag) ? change.before : current;
  }

  /** Whether a reader who asks by digest sees a manifest that is there. */
  isManifestVisible(repository: string, digest: string, lag: Lag | undefined): boolean {
    const change = this.#manifests.get(`${repository}@${digest}`);
    return lag === undefined || change === undefined || !isHidden(change, lag);
  }

  visibleReferrers(repository: string, held: readonly Descriptor[], lag: Lag | undefined): readonly Descriptor[] {
    if (lag === undefined) return held;
    return held.filter(({ digest }) => {
      const change = this.#referrers.get(`${repository}@${digest}`);
      return change === undefined || !isHidden(change, lag);
    });
  }
}

/** A second push of the same manifest changes nothing. */
function noteArrival(arrivals: Map<string, Change<true>>, key: string): void {
  if (!arrivals.has(key)) arrivals.set(key, { value: true, before: undefined, at: performance.now(), reads: 0 });
}

function isHidden(change: Change<unknown>, lag: Lag): boolean {
  const isEarly = performance.now() - change.at < (lag.ms ?? 0);
  const isUnread = change.reads < (lag.reads ?? 0);
  change.reads++;
  return isEarly || isUnread;
}
