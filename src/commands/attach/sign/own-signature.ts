import { isJsonObject, type JsonValue, parseStrictJson } from '../../../oci/strict-json.ts';
import type { SigningParty } from './signing-party.ts';

export interface OwnSignature {
  readonly own: boolean;
  /** Why it is not, where the statement is the same; continues "it holds the same statement, but ...". */
  readonly reason?: string;
}

/**
 * Whether a bundle is a verified signature of `party` over exactly these bytes. The bytes are compared first: a
 * verifier is loaded only for what may be the same.
 */
export async function isOwnSignature(
  bundle: Uint8Array,
  payload: Uint8Array,
  party: SigningParty,
  { what, now }: { readonly what: string; readonly now: Date },
): Promise<OwnSignature> {
  if (!holds(bundle, payload)) return { own: false };
  const trust = await party.trust();
  if (trust === undefined) {
    return { own: false, reason: 'without trusted-root it cannot be verified' };
  }
  const { openBundle } = await import('../../../evidence/sigstore/open-bundle.ts');
  const opened = openBundle({ bytes: bundle, mediaType: '', annotations: {}, what });
  if (opened.signed === 'broken') return { own: false, reason: opened.reason };
  const outcome = await opened.verify(trust, { now });
  if (!outcome.verified) return { own: false, reason: outcome.reason };
  return party.isOwn(outcome.signer) ? { own: true } : { own: false, reason: 'another has signed it' };
}

/** Strict JSON: what a lenient reader would find besides is not compared, and openBundle refuses it. */
function holds(bundle: Uint8Array, payload: Uint8Array): boolean {
  let json: JsonValue;
  try {
    json = parseStrictJson(bundle, { what: 'the bundle' });
  } catch {
    return false; // no bundle
  }
  const envelope = isJsonObject(json) ? json['dsseEnvelope'] : undefined;
  const encoded = isJsonObject(envelope) ? envelope['payload'] : undefined;
  return typeof encoded === 'string' && Buffer.from(encoded, 'base64').equals(payload);
}
