import type { HttpMethod } from './types.js';
export interface PendingRequest {
    readonly method: HttpMethod;
    readonly url: URL;
    readonly attempt: number;
}
/** What a client waits for: whoever ends a run that takes too long says what held it up. */
export declare class PendingRequests {
    #private;
    constructor(now?: () => number);
    /** A request is on its way; the result is called at the end of its answer, with the status if there was one. */
    begin(request: PendingRequest): (status: number | undefined) => void;
    /** It is waited before the attempt; the result is called at the end of the wait. */
    pause(request: PendingRequest): () => void;
    /** `it waited for PUT https://…, attempt 2, for 31.0 s, and for 3 more`; undefined where nothing was ever sent. */
    describe(): string | undefined;
}
