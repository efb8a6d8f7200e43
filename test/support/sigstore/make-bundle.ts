import { createHash, type KeyObject } from 'node:crypto';
import { dsse } from '@sigstore/core';
import {
  type Json,
  mediaTypeOf,
  openParty,
  type SigningParty,
  type SignWith,
  signBytes,
  stampOf,
  type WitnessOptions,
  witnessesFor,
} from './bundle-parts.ts';
import type { Claims } from './identity.ts';
import { dsseRequest, hashedRekordRequest } from './log-requests.ts';
import type { StatementJson } from './make-statement.ts';
import type { SigstoreWorld } from './sigstore-world.ts';

export const IN_TOTO_TYPE = 'application/vnd.in-toto+json';

/** What an envelope is over: a statement, or any bytes of any type. */
export type EnvelopeContent =
  | { readonly statement: StatementJson | Json; readonly payloadType?: string }
  | { readonly payload: Uint8Array; readonly payloadType?: string };

export interface MadeBundle {
  readonly json: Json;
  /** The JSON as it goes to a registry. */
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly content: 'dsse-envelope' | 'message-signature';
  /** Of the statement, if the envelope holds one. */
  readonly predicateType: string | undefined;
}

/** A Sigstore bundle over an envelope, signed by a short-lived certificate of the world. */
export function makeKeylessBundle(
  world: SigstoreWorld,
  options: EnvelopeContent & { readonly identity: Claims } & WitnessOptions,
): Promise<MadeBundle> {
  return makeEnvelopeBundle(world, options, options);
}

/** A Sigstore bundle over an envelope, signed by a key; with a world it can have a log entry and a time stamp. */
export function makeKeyBundle(
  options: EnvelopeContent & { readonly privateKey: KeyObject; readonly world?: SigstoreWorld } & WitnessOptions,
): Promise<MadeBundle> {
  return makeEnvelopeBundle(options.world, options, options);
}

/** A Sigstore bundle over the bytes of a file. Without an identity it is signed by the key. */
export async function makeMessageBundle(
  world: SigstoreWorld | undefined,
  options: SignWith & WitnessOptions & { readonly artifact: Uint8Array; readonly hash?: string },
): Promise<MadeBundle> {
  const { artifact, at } = options;
  const party = await openParty(world, options, at);
  const signature = signBytes(artifact, party.privateKey, options.hash);
  const digest = createHash('sha256').update(artifact).digest();
  const content = {
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
      signature: signature.toString('base64'),
    },
  };
  const request = (log: 'v1' | 'v2'): Json => hashedRekordRequest(log, { digest, signature, party });
  return finish(world, options, { party, signature, content, request, kind: 'message-signature' });
}

async function makeEnvelopeBundle(
  world: SigstoreWorld | undefined,
  options: EnvelopeContent & WitnessOptions,
  who: SignWith,
): Promise<MadeBundle> {
  const { payloadType = IN_TOTO_TYPE } = options;
  const payload = payloadOf(options);
  const party = await openParty(world, who, options.at);
  const signature = signBytes(dsse.preAuthEncoding(payloadType, payload), party.privateKey);
  const envelope = {
    payload: payload.toString('base64'),
    payloadType,
    signatures: [{ sig: signature.toString('base64') }],
  };
  const request = (log: 'v1' | 'v2'): Json => dsseRequest(log, envelope, party);
  const made = await finish(
    world,
    { ...options, ...who },
    {
      party,
      signature,
      content: { dsseEnvelope: envelope },
      request,
      kind: 'dsse-envelope',
    },
  );
  const predicateType = 'statement' in options ? options.statement['predicateType' as keyof object] : undefined;
  return typeof predicateType === 'string' ? { ...made, predicateType } : made;
}

export function payloadOf(content: EnvelopeContent): Buffer {
  return Buffer.from('payload' in content ? content.payload : JSON.stringify(content.statement));
}

interface Signed {
  readonly party: SigningParty;
  readonly signature: Buffer;
  readonly content: Json;
  readonly request: (log: 'v1' | 'v2') => Json;
  readonly kind: MadeBundle['content'];
}

async function finish(
  world: SigstoreWorld | undefined,
  options: SignWith & WitnessOptions,
  { party, signature, content, request, kind }: Signed,
): Promise<MadeBundle> {
  const { at, version = '0.3' } = options;
  const { rekor, tsa } = witnessesFor(world, options, options);
  const log = rekor === 'none' ? undefined : world?.logs[rekor];
  if (rekor !== 'none' && log === undefined) throw new Error(`this world has no Rekor ${rekor}`);
  const entry = await log?.add(request(log.version), at);
  const { inBundle } = await stampOf(world, signature, tsa, at);
  const json = {
    mediaType: mediaTypeOf(version),
    verificationMaterial: {
      ...party.material(version),
      tlogEntries: entry === undefined ? [] : [entry.inBundle],
      timestampVerificationData: inBundle,
    },
    ...content,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return { json, bytes, mediaType: json.mediaType, content: kind, predicateType: undefined };
}
