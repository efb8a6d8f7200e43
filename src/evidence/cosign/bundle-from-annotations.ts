import type { Bundle } from '@sigstore/bundle';
import { hasCode } from '../../errors/coded-error.ts';
import type { JsonObject } from '../../oci/strict-json.ts';
import { brokenEvidence } from '../broken-evidence.ts';
import { parseCertificates } from '../keys/certificates.ts';
import type { BrokenEvidence, EvidenceDocument } from '../signed-evidence.ts';
import { readBundle } from '../sigstore/read-bundle.ts';
import { type CosignAnnotation, readCosignAnnotation } from './annotations.ts';
import { convertLogEntry, convertTimestamp } from './log-entry.ts';

/** Its rules ask for an inclusion promise and for no proof, which is what cosign v2 keeps. */
const BUNDLE_V01 = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
type Converted = { readonly value: JsonObject | undefined } | { readonly reason: string };

/**
 * What cosign v2 keeps beside a signature, in the terms of a bundle v0.1, so that one verifier judges both. `content`:
 * its `messageSignature` or `dsseEnvelope`. Without a certificate it is signed with a key, and which is not said.
 */
export function bundleFromAnnotations(
  { annotations, what }: EvidenceDocument,
  content: JsonObject,
): Bundle | BrokenEvidence {
  const certificate = convert(annotations, 'certificate', (pem) => convertCertificate(pem, what));
  const logEntry = convert(annotations, 'bundle', convertLogEntry);
  const timestamp = convert(annotations, 'rfc3161timestamp', convertTimestamp);
  for (const one of [certificate, logEntry, timestamp]) {
    if ('reason' in one) return brokenEvidence('invalid', `${what}: ${one.reason}`);
  }
  const json = {
    mediaType: BUNDLE_V01,
    verificationMaterial: {
      ...(jsonOf(certificate) ?? { publicKey: { hint: '' } }),
      tlogEntries: listOf(jsonOf(logEntry)),
      timestampVerificationData: { rfc3161Timestamps: listOf(jsonOf(timestamp)) },
    },
    ...content,
  };
  return readBundle(json, what);
}

function convert(
  annotations: Readonly<Record<string, string>>,
  name: CosignAnnotation,
  convertText: (text: string) => { readonly json: JsonObject } | { readonly reason: string },
): Converted {
  const annotation = readCosignAnnotation(annotations, name);
  if ('reason' in annotation) return annotation;
  if (annotation.text === undefined) return { value: undefined };
  const converted = convertText(annotation.text);
  return 'reason' in converted ? converted : { value: converted.json };
}

function convertCertificate(pem: string, what: string): { readonly json: JsonObject } | { readonly reason: string } {
  try {
    const certificates = parseCertificates(pem, `the certificate in the annotations of ${what}`);
    const [leaf] = certificates;
    if (leaf === undefined || certificates.length > 1)
      return { reason: 'its annotation certificate is not one certificate' };
    const rawBytes = leaf.raw.toString('base64');
    return { json: { x509CertificateChain: { certificates: [{ rawBytes }] } } };
  } catch (error) {
    if (hasCode(error, 'certificate-invalid')) return { reason: error.message };
    throw error;
  }
}

function jsonOf(converted: Converted): JsonObject | undefined {
  return 'value' in converted ? converted.value : undefined;
}

function listOf(value: JsonObject | undefined): JsonObject[] {
  return value === undefined ? [] : [value];
}
