import type { Economy, Purpose } from './types.ts';

/** One request on the wire, from its start to the end of its response. */
export interface EconomyTicket {
  /** Bytes of body sent, as they go. */
  sent(bytes: number): void;
  /** Bytes of body received, as they come. */
  received(bytes: number): void;
  /** The response is complete, or will never be. Counts once. */
  end(): void;
}

/**
 * Counts what a run cost. A request's depth is one more than the deepest request that had ended when it began, so
 * `rounds` (the greatest depth) is how many network latencies the run had to wait for, one after another.
 */
export class EconomyCounter implements Economy {
  requests = 0;
  rounds = 0;
  retries = 0;
  bytesSent = 0;
  bytesReceived = 0;
  readonly byPurpose: Record<Purpose, number> = {
    main: 0,
    auth: 0,
    'look-up': 0,
    'read-back': 0,
    settle: 0,
    proof: 0,
  };
  #deepestEnded = 0;

  /** A request, with all its redirects, is about to be tried again. */
  retried(): void {
    this.retries++;
  }

  begin(purpose: Purpose): EconomyTicket {
    this.requests++;
    this.byPurpose[purpose]++;
    const depth = this.#deepestEnded + 1;
    this.rounds = Math.max(this.rounds, depth);
    return {
      sent: (bytes) => {
        this.bytesSent += bytes;
      },
      received: (bytes) => {
        this.bytesReceived += bytes;
      },
      end: () => {
        this.#deepestEnded = Math.max(this.#deepestEnded, depth);
      },
    };
  }
}
