import type { Warning } from '../../errors/warning.ts';

/**
 * Warnings of digests that were given and are no referrers in one repository. Each digest is meant for one of several,
 * so they are held back until all have been looked at.
 */
export class PassedOver {
  readonly #held = new Map<string, Warning[]>();

  /** False: it is about something else. */
  hold(warning: Warning): boolean {
    const { code, subject } = warning;
    if (code !== 'digest-passed-over' || subject === undefined) return false;
    this.#held.set(subject, [...(this.#held.get(subject) ?? []), warning]);
    return true;
  }

  /** Of the digests that so many repositories passed over, each for itself: all that might have listed them. */
  of(repositories: number): Warning[] {
    return [...this.#held.values()].filter(({ length }) => length >= repositories).flat();
  }
}
