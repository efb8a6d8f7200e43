/** Time and chance, as waiting for a registry and for rivals needs them; a test gives its own. */
export interface Clock {
    /** Milliseconds on a steady clock. */
    now(): number;
    pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
    /** [0, 1) */
    random(): number;
}
export declare const SYSTEM_CLOCK: Clock;
