import { createHash } from 'node:crypto';
import { dsse } from '@sigstore/core';
import type { Digest } from '../../../src/oci/digest.ts';
import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE } from '../../../src/oci/media-types.ts';
import {
  type Json,
  openParty,
  type SigningParty,
  type SignWith,
  signBytes,
  stampOf,
  witnessesFor,
} from './bundle-parts.ts';
import { dsseRequest, hashedRekordRequest } from './log-requests.ts';
import { IN_TOTO_TYPE } from './make-bundle.ts';
import type { StatementJson } from './make-statement.ts';
import type { SigstoreWorld } from './sigstore-world.ts';
import type { LogEntry } from './transparency-log.ts';

/** A layer of a cosign v2 `.sig` or `.att` image (cosign specs/SIGNATURE_SPEC.md). */
export interface CosignLayer {
  readonly payload: Uint8Array;
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface CosignOptions {
  readonly at?: Date;
  /** An entry of Rekor v1, in `dev.sigstore.cosign/bundle`. Keyless: default in a world with logs; key: default none. */
  readonly log?: boolean;
  /** Default none. */
  readonly tsa?: boolean;
}

/** cosign's signature over an image: a simple-signing payload, and what proves it in annotations. */
export async function makeCosignSignature(
  world: SigstoreWorld | undefined,
  options: SignWith &
    CosignOptions & {
      /** The image's digest. */
      readonly digest: Digest;
      /** `optional` of the payload: annotations of `cosign sign -a`. */
      readonly optional?: Readonly<Record<string, string>>;
      /** Other bytes than the simple-signing payload, for what goes wrong. */
      readonly payload?: Uint8Array;
      readonly hash?: string;
    },
): Promise<CosignLayer> {
  const payload = Buffer.from(options.payload ?? JSON.stringify(simpleSigning(options.digest, options.optional)));
  const party = await openParty(world, options, options.at);
  const signature = signBytes(payload, party.privateKey, options.hash);
  const digest = createHash('sha256').update(payload).digest();
  const request = hashedRekordRequest('v1', { digest, signature, party });
  const annotations = {
    'dev.cosignproject.cosign/signature': signature.toString('base64'),
    ...(await proofOf(world, options, { party, signature, request })),
  };
  return { payload, mediaType: COSIGN_SIMPLESIGNING, annotations };
}

/** cosign's attestation: a DSSE envelope as the layer; its annotations hold the proof, and an empty signature. */
export async function makeCosignAttestation(
  world: SigstoreWorld | undefined,
  options: SignWith & CosignOptions & { readonly statement: StatementJson },
): Promise<CosignLayer> {
  const { statement } = options;
  const payload = Buffer.from(JSON.stringify(statement));
  const party = await openParty(world, options, options.at);
  const signature = signBytes(dsse.preAuthEncoding(IN_TOTO_TYPE, payload), party.privateKey);
  const envelope = {
    payloadType: IN_TOTO_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: '', sig: signature.toString('base64') }],
  };
  const annotations = {
    'dev.cosignproject.cosign/signature': '',
    predicateType: statement.predicateType,
    ...(await proofOf(world, options, { party, signature, request: dsseRequest('v1', envelope, party) })),
  };
  return { payload: Buffer.from(JSON.stringify(envelope)), mediaType: DSSE_ENVELOPE, annotations };
}

function simpleSigning(digest: Digest, optional: Readonly<Record<string, string>> | undefined): Json {
  return {
    critical: {
      identity: { 'docker-reference': 'ghcr.io/acme/app' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: optional ?? null,
  };
}

interface Signed {
  readonly party: SigningParty;
  readonly signature: Buffer;
  readonly request: Json;
}

async function proofOf(
  world: SigstoreWorld | undefined,
  options: SignWith & CosignOptions,
  { party, signature, request }: Signed,
): Promise<Readonly<Record<string, string>>> {
  const { at, log, tsa = false } = options;
  const rekor = log === undefined ? witnessesFor(world, options, {}).rekor : log ? 'v1' : 'none';
  const { token } = await stampOf(world, signature, tsa, at);
  const entry = rekor === 'none' ? undefined : await requireLog(world).add(request, at);
  const [leaf, ...chain] = party.certificates;
  return {
    ...(leaf !== undefined && { 'dev.sigstore.cosign/certificate': leaf }),
    ...(chain.length > 0 && { 'dev.sigstore.cosign/chain': chain.join('') }),
    ...(entry !== undefined && { 'dev.sigstore.cosign/bundle': JSON.stringify(bundleAnnotation(entry.entry)) }),
    ...(token !== undefined && {
      'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: token.toString('base64') }),
    }),
  };
}

function requireLog(world: SigstoreWorld | undefined): NonNullable<SigstoreWorld['logs']['v1']> {
  if (world?.logs.v1 === undefined) throw new Error('an entry of Rekor v1 needs a world with logs');
  return world.logs.v1;
}

/** cosign pkg/cosign/bundle: RekorBundle. */
function bundleAnnotation({ body, integratedTime, logIndex, logID, verification }: LogEntry): Json {
  return {
    SignedEntryTimestamp: verification.signedEntryTimestamp,
    Payload: { body, integratedTime, logIndex, logID },
  };
}
