import type { Economy, Purpose } from './types.js';
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
export declare class EconomyCounter implements Economy {
    #private;
    requests: number;
    rounds: number;
    retries: number;
    bytesSent: number;
    bytesReceived: number;
    readonly byPurpose: Record<Purpose, number>;
    /** A request, with all its redirects, is about to be tried again. */
    retried(): void;
    begin(purpose: Purpose): EconomyTicket;
}
