import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { fingerprintOf } from '../../../src/evidence/keys/public-key.ts';
import { openEvidence } from '../../../src/evidence/open-evidence.ts';
import type {
  BrokenEvidence,
  EvidenceDocument,
  SignedEvidence,
  VerifyOutcome,
} from '../../../src/evidence/signed-evidence.ts';
import { parseTrustedRoots } from '../../../src/evidence/sigstore/trusted-root.ts';
import type { KeyTrust, SigstoreTrust, Trust } from '../../../src/evidence/trust.ts';
import type { MadeBundle } from '../../support/sigstore/make-bundle.ts';
import type { CosignLayer } from '../../support/sigstore/make-cosign.ts';
import type { SigstoreWorld } from '../../support/sigstore/sigstore-world.ts';

/** The root of a world as a user would give it: a file. */
export function trustOf(world: SigstoreWorld, label = 'trusted_root.json'): SigstoreTrust {
  const roots = parseTrustedRoots(Buffer.from(world.trustedRootJson), { label, source: 'file' });
  return { kind: 'sigstore', name: 'sigstore', roots };
}

export function trustOfKey(privateKey: KeyObject, world?: SigstoreWorld): KeyTrust {
  const key = createPublicKey(privateKey);
  const common = { kind: 'key', name: 'release-key', key, fingerprint: fingerprintOf(key) } as const;
  if (world === undefined) return { ...common, log: 'none' };
  return { ...common, log: 'required', root: trustOf(world).roots[0] };
}

export const newKeys = {
  p256: (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  p384: (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  p521: (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  rsa: (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ed25519: (): KeyObject => generateKeyPairSync('ed25519').privateKey,
} as const;

export function documentOf({ bytes, mediaType }: Pick<MadeBundle, 'bytes' | 'mediaType'>): EvidenceDocument {
  return { bytes, mediaType, annotations: {}, what: 'the layer' };
}

export function documentOfLayer({ payload, mediaType, annotations }: CosignLayer): EvidenceDocument {
  return { bytes: payload, mediaType, annotations, what: 'the layer' };
}

/** The bundle with something changed in its JSON. */
export function changed(bundle: MadeBundle, change: (json: EditableBundle) => void): MadeBundle {
  const json = JSON.parse(JSON.stringify(bundle.json)) as EditableBundle;
  change(json);
  return { ...bundle, json: json as MadeBundle['json'], bytes: Buffer.from(JSON.stringify(json)) };
}

/** What the changes of the tests touch. */
export interface EditableBundle {
  mediaType: unknown;
  verificationMaterial: Record<string, unknown> & { tlogEntries: Record<string, unknown>[] };
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string }[] };
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
  [key: string]: unknown;
}

/** `verified`, a state of an outcome, or `broken` and its state; with the words that go with it. */
export interface Answer {
  readonly state:
    | 'verified'
    | Extract<VerifyOutcome, { verified: false }>['state']
    | `broken ${BrokenEvidence['state']}`;
  readonly reason: string;
  readonly outcome?: VerifyOutcome;
  readonly evidence?: SignedEvidence;
}

export async function judge(document: EvidenceDocument, trust: Trust, artifact?: Uint8Array): Promise<Answer> {
  const evidence = await openEvidence(document, document.mediaType);
  if (evidence.signed === false) throw new Error('it is taken for unsigned');
  if (evidence.signed === 'broken') return { state: `broken ${evidence.state}`, reason: evidence.reason };
  const outcome = await evidence.verify(trust, { now: new Date(), artifact });
  return outcome.verified
    ? { state: 'verified', reason: '', outcome, evidence }
    : { state: outcome.state, reason: outcome.reason, outcome, evidence };
}
