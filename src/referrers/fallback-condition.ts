import type { PushManifestRequest } from '../store/store.ts';
import { type FallbackIndex, stateOf } from './read-fallback-index.ts';

export type Precondition = PushManifestRequest['precondition'];

/** 412 answers in a row to a list that had not changed, before the registry's notion of conditions is given up on. */
const MAX_FUTILE = 5;

/**
 * The conditions under which a list is written. Registries may ignore them; one that never finds them fulfilled,
 * though nothing changed (a proxy that rewrites validators), is asked without in the end.
 */
export class FallbackCondition {
  /** What a write was made from that was just answered 412. */
  #refused: FallbackIndex | undefined;
  #futile = 0;

  for(fallback: FallbackIndex): Precondition {
    if (this.#futile > MAX_FUTILE) return undefined;
    if (fallback.state !== 'list') return 'none';
    // If-Match compares strongly (RFC 9110 §13.1.1): a weak validator, or a made-up one, would never match
    return fallback.etag === undefined || fallback.etag.startsWith('W/') ? undefined : { match: fallback.etag };
  }

  /** A write made from this was answered 412. */
  refused(fallback: FallbackIndex): void {
    this.#refused = fallback;
  }

  /** The next reading: if the list is as it was, the condition held and was refused all the same. */
  seen(fallback: FallbackIndex): void {
    if (this.#refused === undefined) return;
    this.#futile = stateOf(this.#refused) === stateOf(fallback) ? this.#futile + 1 : 0;
    this.#refused = undefined;
  }
}
