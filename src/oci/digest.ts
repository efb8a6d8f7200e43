import { createHash, type Hash } from 'node:crypto';
import { CodedError } from '../errors/coded-error.ts';

/** A digest as text, `algorithm:encoded`; made only by parseDigest and digestOf. image-spec 1.1 descriptor.md "Digests". */
export type Digest = `${string}:${string}`;

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const HEX_LENGTH: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha512', 128],
  ['blake3', 64],
]);

/** Algorithms that this product can compute. */
export type DigestAlgorithm = 'sha256' | 'sha512';

/** Whether `text` is a valid digest: the grammar, and for registered algorithms lower-case hex of the right length. */
export function isDigest(text: string): text is Digest {
  if (!GRAMMAR.test(text)) return false;
  const colon = text.indexOf(':');
  const length = HEX_LENGTH.get(text.slice(0, colon));
  if (length === undefined) return true;
  const encoded = text.slice(colon + 1);
  return encoded.length === length && /^[a-f0-9]+$/.test(encoded);
}

/** Text -> digest. Throws `digest-invalid` with what is wrong. */
export function parseDigest(text: string, what = 'digest'): Digest {
  if (isDigest(text)) return text;
  throw new CodedError('digest-invalid', `${what} ${JSON.stringify(text)} is not a valid digest`, {
    hint: 'Expected sha256:<64 lower-case hex digits> or sha512:<128 lower-case hex digits>.',
  });
}

export function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}

export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The algorithm of a digest if it can be computed here, else undefined. */
export function computableAlgorithm(digest: Digest): DigestAlgorithm | undefined {
  const algorithm = algorithmOf(digest);
  return algorithm === 'sha256' || algorithm === 'sha512' ? algorithm : undefined;
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** A hash to be fed in chunks whose result is compared with `digest`. Throws `digest-invalid` for an algorithm unknown here. */
export function hasherFor(digest: Digest): Hash {
  const algorithm = computableAlgorithm(digest);
  if (algorithm === undefined) {
    throw new CodedError(
      'digest-invalid',
      `digest algorithm ${algorithmOf(digest)} of ${digest} cannot be computed here`,
      {
        hint: 'sha256 and sha512 are supported.',
      },
    );
  }
  return createHash(algorithm);
}

/** Throws `digest-mismatch` unless `bytes` hash to `digest`; size is checked first. */
export function verifyBytes(bytes: Uint8Array, digest: Digest, size: number | undefined, what: string): void {
  if (size !== undefined && bytes.byteLength !== size) {
    throw new CodedError('digest-mismatch', `${what}: expected ${size} bytes, got ${bytes.byteLength}`);
  }
  const got = `${algorithmOf(digest)}:${hasherFor(digest).update(bytes).digest('hex')}`;
  if (got !== digest) {
    throw new CodedError('digest-mismatch', `${what}: expected ${digest}, but the bytes hash to ${got}`, {
      hint: 'The registry, a proxy or a cache in between returned other bytes than were asked for.',
    });
  }
}
