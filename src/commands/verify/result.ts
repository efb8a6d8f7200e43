import type { CodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { RootInfo } from '../../evidence/trust.ts';
import type { BaselineComparison } from '../../gate/baseline.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ImageVerdict, Verdict } from '../../policy/verdict.ts';
import type { CountedDocument } from './counted-documents.ts';
import type { Shard } from './shard.ts';

/** `warn` reports, and lets the run succeed whatever the verdict. */
export const VERIFY_MODES = ['enforce', 'warn'] as const;
export type VerifyMode = (typeof VERIFY_MODES)[number];

/** What an image was compared with. It changes no verdict. */
export interface ComparedBaseline extends BaselineComparison {
  /** As the user asked for it. */
  readonly requested: string;
  readonly digest?: Digest | undefined;
  /** Why it could not be looked at; nothing is known of losses then. */
  readonly error?: CodedError | undefined;
}

/** One image of a verify command: its verdict, or why there is none (which counts as `unknown`). */
export type VerifiedImage =
  | {
      readonly requested: string;
      readonly verdict: ImageVerdict;
      readonly baseline?: ComparedBaseline | undefined;
      readonly error?: undefined;
    }
  | { readonly requested: string; readonly verdict?: undefined; readonly error: CodedError };

/** The policy that was used, and where it came from. */
export interface PolicyUsed {
  readonly policy: Policy;
  /** `sha256:<hex>` of the policy file; undefined for the short form. */
  readonly digest?: string | undefined;
  /** `sha256:<hex>` of what was asked for: the file's bytes, or the short form's inputs. Parts of a fleet must agree. */
  readonly fingerprint: string;
  /** The git ref that it was read at; undefined: the workspace, or the inputs. */
  readonly ref?: string | undefined;
  /** Every trust root that took part, by the trust's name. */
  readonly roots: ReadonlyMap<string, readonly RootInfo[]>;
}

/** What `download` wrote. */
export interface EvidenceDownload {
  /** The folder's `evidence.json`; undefined where it could not be written. */
  readonly index: string | undefined;
  readonly documents: readonly DownloadedDocument[];
  /** Why not everything is there; the run fails by it, whatever the verdict. */
  readonly error?: CodedError | undefined;
}

/** A document that a verdict rests on, as files. */
export interface DownloadedDocument {
  /** `repository@digest` of the image that passed. */
  readonly image: string;
  readonly document: CountedDocument;
  /** The document as it was found: a bundle, an envelope, an SBOM. */
  readonly file: string;
  /** The in-toto statement in it, byte by byte what is signed; undefined where it holds none. */
  readonly statement: string | undefined;
}

export interface VerifyResult {
  /** Over all images: `fail` before `unknown` before `pass`; without any image `unknown`. */
  readonly verdict: Verdict;
  readonly mode: VerifyMode;
  /** Undefined where no policy could be had (`policy-not-on-base`): the verdict is then `unknown`. */
  readonly used: PolicyUsed | undefined;
  readonly images: readonly VerifiedImage[];
  /**
   * The only repository of the images that were asked for, all shards together, without tag and digest. It is known also
   * where none was judged. Undefined: they are of several, or reports were joined.
   */
  readonly repository?: string | undefined;
  /** Which part of a list of images this is; undefined: all of them. */
  readonly shard?: Shard | undefined;
  readonly warnings: readonly Warning[];
  /** Why no image was judged (`policy-not-on-base`), or why joined reports are not the whole (`reports-incomplete`). */
  readonly error?: CodedError | undefined;
  /** Undefined: `download` was not asked for. */
  readonly download?: EvidenceDownload | undefined;
  readonly checkedAt: Date;
}
