import { CodedError } from '../../errors/coded-error.ts';
import { openEvidence } from '../../evidence/open-evidence.ts';
import type { EvidenceDocument } from '../../evidence/signed-evidence.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { SIGSTORE_BUNDLE_V03 } from '../../oci/media-types.ts';
import type { EvidenceItem } from '../../policy/evidence-item.ts';
import type { Store } from '../../store/store.ts';
import type { OutsideBytes } from './outside-bytes.ts';

export interface CountedPlaces {
  /** The one that the image was judged with: it remembers what it read. */
  readonly store: Store;
  readonly outside: OutsideBytes;
  readonly signal: AbortSignal;
}

/** The bytes of a document that counted. */
export interface CountedBytes {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  /** The payload that is signed, of a signed statement; of an unsigned one the document itself. */
  readonly statement: Uint8Array | undefined;
}

/**
 * Reads what counted once more, by the digest that was judged: other bytes are never taken for it. Throws
 * `download-failed`, and what reading a blob throws.
 */
export async function readCounted(item: EvidenceItem, places: CountedPlaces): Promise<CountedBytes> {
  const { document: digest, content } = item;
  if (digest === undefined) throw gone(item, 'has no document of its own');
  const [document, ...others] = await readAgain(item, digest, places);
  const { bytes } = document;
  if (content.kind !== 'signed') {
    return { digest, bytes, statement: content.kind === 'unsigned' && content.statement ? bytes : undefined };
  }
  for (const one of [document, ...others]) {
    const opened = await openEvidence(one, item.artifactType);
    if (opened.signed !== true || opened.envelope !== content.envelope) continue;
    return { digest, bytes, statement: opened.claim.kind === 'statement' ? opened.claim.payload : undefined };
  }
  // the same bytes give the same signature; anything else would be a fault of this software, and is not handed on
  throw gone(item, 'is not what was judged');
}

/** The document once for each layer that is it: cosign's signatures of one payload differ in annotations only. */
type Documents = readonly [EvidenceDocument, ...EvidenceDocument[]];

async function readAgain(
  item: EvidenceItem,
  digest: Digest,
  { store, outside, signal }: CountedPlaces,
): Promise<Documents> {
  const { referrer } = item;
  const what = `document ${digest}`;
  if (referrer === undefined) {
    const bytes = outside.get(digest);
    if (bytes === undefined) throw gone(item, 'is no longer at hand');
    return [{ bytes, mediaType: SIGSTORE_BUNDLE_V03, annotations: {}, what }];
  }
  const found = await store.findManifest(referrer, { purpose: 'proof', signal });
  const layers = found?.manifest.kind === 'manifest' ? found.manifest.layers : [];
  const [layer, ...others] = layers.filter((one) => one.digest === digest);
  if (layer === undefined) throw gone(item, `is not in ${referrer} any more`);
  const bytes = Buffer.concat(await Array.fromAsync(store.openBlob(layer, { purpose: 'proof', signal })));
  const documentOf = ({ mediaType, annotations = {} }: Descriptor): EvidenceDocument => ({
    bytes,
    mediaType,
    annotations,
    what,
  });
  return [documentOf(layer), ...others.map(documentOf)];
}

function gone({ document, subject }: EvidenceItem, why: string): CodedError {
  return new CodedError('download-failed', `download: the evidence ${document ?? ''} of ${subject} ${why}`, {
    hint: 'The verdict stands; its documents do not lie in the folder. Run it again.',
  });
}
