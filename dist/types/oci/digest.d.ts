import { type Hash } from 'node:crypto';
/** A digest as text, `algorithm:encoded`; made only by parseDigest and digestOf. image-spec 1.1 descriptor.md "Digests". */
export type Digest = `${string}:${string}`;
/** Algorithms that this product can compute. */
export type DigestAlgorithm = 'sha256' | 'sha512';
/** Whether `text` is a valid digest: the grammar, and for registered algorithms lower-case hex of the right length. */
export declare function isDigest(text: string): text is Digest;
/** Text -> digest. Throws `digest-invalid` with what is wrong. */
export declare function parseDigest(text: string, what?: string): Digest;
export declare function algorithmOf(digest: Digest): string;
export declare function encodedOf(digest: Digest): string;
/** The algorithm of a digest if it can be computed here, else undefined. */
export declare function computableAlgorithm(digest: Digest): DigestAlgorithm | undefined;
export declare function digestOf(bytes: Uint8Array | string, algorithm?: DigestAlgorithm): Digest;
/** A hash to be fed in chunks whose result is compared with `digest`. Throws `digest-invalid` for an algorithm unknown here. */
export declare function hasherFor(digest: Digest): Hash;
/** Throws `digest-mismatch` unless `bytes` hash to `digest`; size is checked first. */
export declare function verifyBytes(bytes: Uint8Array, digest: Digest, size: number | undefined, what: string): void;
