import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE, NOTATION_SIGNATURE } from '../oci/media-types.ts';
import { brokenEvidence } from './broken-evidence.ts';
import { detectBytes } from './detect.ts';
import { SIGSTORE_BUNDLE_PREFIX } from './formats/sigstore-bundle.ts';
import type { EvidenceDocument, OpenedEvidence } from './signed-evidence.ts';

// Notary Project signature-specification.md "Supported signature envelopes"
const JWS = 'application/jose+json';
const COSE = 'application/cose';
const COSIGN_SIGNATURE = 'application/vnd.dev.cosign.artifact.sig.v1+json';
/** One of these texts is in every signed JSON document that is known; what spells it with escapes counts as unsigned. */
const SIGNED_CLUES = [SIGSTORE_BUNDLE_PREFIX, '"payloadType"', '"x5c"', 'cosign container image signature'];
const COSE_TAG = 0xd2;

type Form = 'bundle' | 'envelope' | 'cosign-signature' | 'notation-jws' | 'notation-cose' | 'notation' | 'unsigned';

/**
 * A document as the evidence that it is: by the layer's type, else by the artifact's, else by its content. What is
 * declared to be signed and cannot be read as such is broken, never unsigned. The packages that verify are loaded with
 * the first document that needs them.
 */
export async function openEvidence(document: EvidenceDocument, artifactType: string): Promise<OpenedEvidence> {
  const declared = formOfType(document.mediaType) ?? formOfType(artifactType);
  const form = declared === undefined || declared === 'notation' ? formOfContent(document.bytes) : declared;
  switch (form) {
    case 'bundle':
      return (await import('./sigstore/open-bundle.ts')).openBundle(document);
    case 'envelope':
      return (await import('./cosign/open-cosign.ts')).openEnvelope(document);
    case 'cosign-signature':
      return (await import('./cosign/open-cosign.ts')).openCosignSignature(document);
    case 'notation-jws':
    case 'notation-cose':
      return (await import('./notation/open-notation.ts')).openNotation(document, form);
    default: {
      if (declared === 'notation') {
        return brokenEvidence(
          'invalid',
          `${document.what} is declared a Notary Project signature, and is neither JWS nor COSE`,
        );
      }
      return (await import('./unsigned/open-unsigned.ts')).openUnsigned(document, artifactType);
    }
  }
}

function formOfType(mediaType: string): Form | undefined {
  const type = mediaType.toLowerCase();
  if (type.startsWith(SIGSTORE_BUNDLE_PREFIX)) return 'bundle';
  switch (type) {
    case DSSE_ENVELOPE:
      return 'envelope';
    case COSIGN_SIMPLESIGNING:
    case COSIGN_SIGNATURE:
      return 'cosign-signature';
    case JWS:
      return 'notation-jws';
    case COSE:
      return 'notation-cose';
    case NOTATION_SIGNATURE:
      return 'notation';
    default:
      return undefined;
  }
}

/** Without parsing an SBOM only to find that it is none of these. */
function formOfContent(bytes: Uint8Array): Form {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content[0] !== COSE_TAG && !SIGNED_CLUES.some((clue) => content.includes(clue))) return 'unsigned';
  switch (detectBytes(bytes).kind) {
    case 'sigstore-bundle':
      return 'bundle';
    case 'dsse':
      return 'envelope';
    case 'simplesigning':
      return 'cosign-signature';
    case 'notation-jws':
      return 'notation-jws';
    case 'notation-cose':
      return 'notation-cose';
    default:
      return 'unsigned';
  }
}
