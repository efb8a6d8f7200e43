import { isJsonObject, type JsonObject } from '../../oci/strict-json.ts';
import { decodeBase64 } from '../base64.ts';
import { buildEvidence, nearMiss, type SubjectClaim } from '../detection.ts';
import { readEnvelope } from './dsse.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

/** What a bundle's media type begins with, in every version; cosign, gh and slsa-verifier select referrers by it. */
export const SIGSTORE_BUNDLE_PREFIX = 'application/vnd.dev.sigstore.bundle';
/** cosign specs/BUNDLE_SPEC.md "Annotations". */
const ANNOTATION_BUNDLE_CONTENT = 'dev.sigstore.bundle.content';
const ANNOTATION_BUNDLE_PREDICATE_TYPE = 'dev.sigstore.bundle.predicateType';

const OLD_NAME = /^application\/vnd\.dev\.sigstore\.bundle\+json; ?version=(0\.[123])$/;
const NAME = /^application\/vnd\.dev\.sigstore\.bundle\.v[0-9]{1,4}\.[0-9]{1,4}\+json$/;

// HashAlgorithm of sigstore_common.proto -> the names that digests have
const HASH_NAMES: ReadonlyMap<string, { readonly algorithm: string; readonly bytes: number }> = new Map([
  ['SHA2_256', { algorithm: 'sha256', bytes: 32 }],
  ['SHA2_384', { algorithm: 'sha384', bytes: 48 }],
  ['SHA2_512', { algorithm: 'sha512', bytes: 64 }],
  ['SHA3_256', { algorithm: 'sha3-256', bytes: 32 }],
  ['SHA3_384', { algorithm: 'sha3-384', bytes: 48 }],
]);

interface BundleContent {
  readonly content: 'dsse-envelope' | 'message-signature';
  readonly predicateType?: string;
  readonly claim: SubjectClaim;
}

/** A Sigstore bundle of any version (sigstore/protobuf-specs sigstore_bundle.proto). */
export const sigstoreBundle: JsonFormat = {
  title: 'Sigstore bundle',
  clue: SIGSTORE_BUNDLE_PREFIX,
  claimClues: [SIGSTORE_BUNDLE_PREFIX],
  recognise(json) {
    const mediaType = stringOf(json['mediaType']);
    if (!mediaType?.startsWith(SIGSTORE_BUNDLE_PREFIX)) return undefined;
    const artifactType = bundleArtifactType(mediaType);
    if (artifactType === undefined)
      return nearMiss(`its mediaType ${JSON.stringify(mediaType)} is of no known version`);
    if (!isJsonObject(json['verificationMaterial'])) return nearMiss('it has no verificationMaterial');
    const content = readContent(json);
    if ('reason' in content) return nearMiss(content.reason);
    const { predicateType, claim } = content;
    return buildEvidence({
      kind: 'sigstore-bundle',
      artifactType,
      annotations: {
        [ANNOTATION_BUNDLE_CONTENT]: content.content,
        ...(predicateType !== undefined && { [ANNOTATION_BUNDLE_PREDICATE_TYPE]: predicateType }),
      },
      ...(predicateType !== undefined && { predicateType }),
      claim,
    });
  },
};

/**
 * The artifact type of a bundle: its own media type. The older spelling has a parameter, which no artifact type may
 * have, so `...bundle+json;version=0.1` becomes `...bundle.v0.1+json`: the version stays true, and what selects by the
 * common prefix still finds it.
 */
function bundleArtifactType(mediaType: string): string | undefined {
  if (NAME.test(mediaType)) return mediaType;
  const version = OLD_NAME.exec(mediaType)?.[1];
  return version === undefined ? undefined : `${SIGSTORE_BUNDLE_PREFIX}.v${version}+json`;
}

function readContent(json: JsonObject): BundleContent | { readonly reason: string } {
  const { dsseEnvelope, messageSignature } = json;
  if (isJsonObject(dsseEnvelope) === isJsonObject(messageSignature)) {
    return { reason: 'it does not have exactly one of dsseEnvelope and messageSignature' };
  }
  if (isJsonObject(messageSignature)) {
    return { content: 'message-signature', claim: claimOfMessage(messageSignature) };
  }
  const reading = readEnvelope(dsseEnvelope as JsonObject);
  return 'reason' in reading
    ? { reason: `its dsseEnvelope is none: ${reading.reason}` }
    : { content: 'dsse-envelope', ...reading };
}

/**
 * A message signature is one over bytes, here over the subject's manifest: the digest of the message is the digest of
 * the subject. `messageDigest` is optional in the format.
 */
function claimOfMessage(messageSignature: JsonObject): SubjectClaim {
  const { messageDigest } = messageSignature;
  if (messageDigest === undefined || messageDigest === null) return { kind: 'none' };
  if (!isJsonObject(messageDigest)) return { kind: 'unreadable', reason: 'messageDigest is not an object' };
  const hash = HASH_NAMES.get(stringOf(messageDigest['algorithm']) ?? '');
  if (hash === undefined) {
    const said = JSON.stringify(messageDigest['algorithm'] ?? null);
    return { kind: 'unreadable', reason: `the algorithm of messageDigest is not known: ${said}` };
  }
  const digest = decodeBase64(stringOf(messageDigest['digest']) ?? '');
  if (digest?.byteLength !== hash.bytes) {
    return { kind: 'unreadable', reason: `messageDigest is not ${hash.bytes} bytes of base64` };
  }
  const hex = Buffer.from(digest).toString('hex');
  return { kind: 'subjects', subjects: [{ name: undefined, digest: { [hash.algorithm]: hex } }] };
}
