import { MAX_BUNDLE_BYTES } from '../evidence/sigstore/check-bundle-shape.ts';
import type { Digest } from '../oci/digest.ts';
import { tooLarge } from './sign-error.ts';

/** cosign v3's signature of a manifest: a statement that says nothing but the digest (cosign specs/COSIGN_PREDICATE_SPEC.md). */
export const COSIGN_SIGN_V1 = 'https://sigstore.dev/cosign/sign/v1';

/**
 * What a bundle holds of a statement is base64, beside certificate, log entry and time stamps (under 64 KiB): a larger
 * bundle would not be read by verifiers, ours among them.
 */
export const MAX_STATEMENT_BYTES = Math.floor(((MAX_BUNDLE_BYTES - 64 * 1024) * 3) / 4);

export interface StatementParts {
  /** Of the manifest that it is about. */
  readonly digest: Digest;
  /** The image's name without tag; undefined: an image on disk has none. */
  readonly name: string | undefined;
  readonly predicateType: string;
  /** JSON text. */
  readonly predicate: string;
}

/** An in-toto Statement v1 as bytes; the same parts give the same bytes. Throws `sign-too-large`. */
export function buildStatement({ digest, name, predicateType, predicate }: StatementParts, what: string): Uint8Array {
  const colon = digest.indexOf(':');
  const subject = {
    ...(name !== undefined && { name }),
    digest: { [digest.slice(0, colon)]: digest.slice(colon + 1) },
  };
  const head = { _type: 'https://in-toto.io/Statement/v1', subject: [subject], predicateType };
  const bytes = new TextEncoder().encode(`${JSON.stringify(head).slice(0, -1)},"predicate":${predicate}}`);
  return checkSize(bytes, what);
}

/** Throws `sign-too-large`. */
export function checkSize(payload: Uint8Array, what: string): Uint8Array {
  requireSize(payload.byteLength, what);
  return payload;
}

/** The same by its bytes alone. */
export function requireSize(byteLength: number, what: string): void {
  if (byteLength <= MAX_STATEMENT_BYTES) return;
  throw tooLarge(
    `${what} makes a statement of ${byteLength} bytes, more than ${MAX_STATEMENT_BYTES} can be signed whole`,
  );
}
