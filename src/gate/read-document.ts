import { CodedError } from '../errors/coded-error.ts';
import type { EvidenceDocument } from '../evidence/signed-evidence.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { bareMediaType, COSIGN_SIMPLESIGNING, DSSE_ENVELOPE } from '../oci/media-types.ts';
import type { Store } from '../store/store.ts';
import type { ByteShare } from './byte-budget.ts';

const MIB = 1024 * 1024;
/** A bundle or envelope that is larger than this is none. */
export const MAX_BUNDLE_BYTES = 16 * MIB;
/** What BuildKit writes at most in one statement (docs/attestations/attestation-storage.md); SBOMs of this size exist. */
export const MAX_STATEMENT_BYTES = 40 * MIB;

/** What helps where an image has more evidence than is read: no input raises the bounds, which are there for whoever floods it. */
export const FLOODED_HINT =
  'Delete referrers that nobody needs (`list` shows them), name fewer `sources`, or give the gate the evidence itself in `bundles`: those are read whatever else is listed.';

/** What a document counts for at least, of the bytes that are there for all: thousands of small ones take requests and verifications instead of memory. */
export const LEAST_DOCUMENT_BYTES = 32 * 1024;

/** A layer whose bytes are evidence, or that is too large to be any. */
export type ReadDocument =
  | { readonly state: 'read'; readonly document: EvidenceDocument }
  | { readonly state: 'too-large'; readonly reason: string };

/** Where a layer stands. */
export interface LayerPlace {
  readonly store: Store;
  readonly manifest: Digest;
  readonly budget: ByteShare;
  readonly signal: AbortSignal;
}

/**
 * Fetches a layer under a cap that its type sets; the bytes are hashed and counted on the way. Throws what reading a
 * blob throws, and `response-too-large` once the image's evidence as a whole is over its budget: then nobody can say
 * what the rest holds.
 */
export async function readDocument(
  layer: Descriptor,
  { store, manifest, budget, signal }: LayerPlace,
): Promise<ReadDocument> {
  const what = `layer ${layer.digest} of ${manifest}`;
  const limit = limitOf(layer.mediaType);
  if (layer.size > limit) {
    return { state: 'too-large', reason: `${what} has ${layer.size} bytes; evidence of its type has at most ${limit}` };
  }
  if (!budget.takeDocument(layer.size, LEAST_DOCUMENT_BYTES)) throw overBudget(what, budget);
  const chunks = await Array.fromAsync(store.openBlob(layer, { purpose: 'proof', signal }));
  const bytes = Buffer.concat(chunks);
  return {
    state: 'read',
    document: { bytes, mediaType: layer.mediaType, annotations: layer.annotations ?? {}, what },
  };
}

/** Of `what` nobody can say what it holds: other evidence has taken all that the image's evidence may have. */
export function overBudget(what: string, { limit }: ByteShare): CodedError {
  return new CodedError(
    'response-too-large',
    `${what}: the evidence of this image is larger than ${limit} bytes in all, and was not read to the end`,
    { hint: FLOODED_HINT },
  );
}

function limitOf(mediaType: string): number {
  const type = bareMediaType(mediaType) ?? '';
  const isEnvelope =
    type.startsWith('application/vnd.dev.sigstore.bundle') ||
    [DSSE_ENVELOPE, COSIGN_SIMPLESIGNING, 'application/jose+json', 'application/cose'].includes(type);
  return isEnvelope ? MAX_BUNDLE_BYTES : MAX_STATEMENT_BYTES;
}
