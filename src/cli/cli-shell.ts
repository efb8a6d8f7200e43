import type { TextStyle } from '../report/text-style.ts';

/** A stream that text goes to; `process.stdout` and `process.stderr` are such. */
export interface TextSink {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What a command of the CLI works with: the world outside as values. */
export interface CliShell {
  /** Results only, so that they can be piped. */
  readonly stdout: TextSink;
  /** Everything else: warnings, errors, progress. */
  readonly stderr: TextSink;
  readonly styles: { readonly stdout: TextStyle; readonly stderr: TextStyle };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspace: string;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly interrupt: AbortSignal;
  /** All of stdin, as text. */
  readonly readStdin: () => Promise<string>;
}
