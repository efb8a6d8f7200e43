import type { CodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { ReferrersTree } from '../../referrers/types.ts';

/** One image of a list command: its tree, or why there is none. */
export type ListedImage =
  | { readonly requested: string; readonly tree: ReferrersTree; readonly error?: undefined }
  | { readonly requested: string; readonly tree?: undefined; readonly error: CodedError };

/** A file that `download` wrote. */
export interface DownloadedFile {
  readonly path: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface ListResult {
  readonly images: readonly ListedImage[];
  /** Rows that the filter selects, over all images, each digest once per subject. */
  readonly count: number;
  readonly minCount: number;
  /** Every image and every source was looked at. */
  readonly complete: boolean;
  readonly downloads: readonly DownloadedFile[];
  /** The only file, whole and proved, where `download` is `-`; undefined as well where the run ends with an error. */
  readonly content?: Uint8Array | undefined;
  readonly warnings: readonly Warning[];
  /** What the run ends with: `min-count-not-met`, `list-incomplete`, `latest-ambiguous`, or an image's own error. */
  readonly error: CodedError | undefined;
}
