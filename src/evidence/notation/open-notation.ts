import { digestOf } from '../../oci/digest.ts';
import type { BrokenEvidence, EvidenceDocument, SignedEvidence } from '../signed-evidence.ts';
import { MAX_ENVELOPE_BYTES, type NotationEnvelope } from './envelope.ts';
import { faultOf, NotationFault } from './notation-fault.ts';
import { readPayload } from './payload.ts';

/**
 * A Notary Project signature, JWS or COSE -> evidence, or why it is none (signature-specification.md v1.1). The claim
 * is the target's digest with its type and size, the user metadata its annotations. The parsers are loaded when the
 * first signature is opened. Never throws for what is in the document.
 */
export async function openNotation(
  document: EvidenceDocument,
  format: 'notation-jws' | 'notation-cose',
): Promise<SignedEvidence | BrokenEvidence> {
  try {
    const envelope = await readEnvelope(document.bytes, format);
    const target = readPayload(envelope.payload);
    return {
      signed: true,
      format,
      claim: { kind: 'manifest-digest', ...target },
      envelope: digestOf(envelope.signature),
      verify: async (trust, options) => (await import('./verify-notation.ts')).verifyNotation(envelope, trust, options),
    };
  } catch (thrown) {
    const { state, message } = faultOf(thrown, 'it cannot be read');
    return { signed: 'broken', state: state === 'unsupported' ? state : 'invalid', reason: message };
  }
}

async function readEnvelope(bytes: Uint8Array, format: 'notation-jws' | 'notation-cose'): Promise<NotationEnvelope> {
  if (bytes.byteLength > MAX_ENVELOPE_BYTES) {
    const limit = MAX_ENVELOPE_BYTES / 1024 / 1024;
    throw new NotationFault(
      `it has ${bytes.byteLength} bytes, and envelopes are read up to ${limit} MiB`,
      'unsupported',
    );
  }
  if (format === 'notation-jws') return (await import('./read-jws.ts')).readJws(bytes);
  return (await import('./read-cose.ts')).readCose(bytes);
}
