import { type TrustMaterial, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { KeyTrust, SigstoreProfile, SigstoreTrust } from '../trust.ts';

type Root = SigstoreTrust['roots'][number];

export interface RootVerifier {
  readonly verifier: Verifier;
  readonly material: TrustMaterial;
}

const ofRoots = new WeakMap<Root, RootVerifier>();
const ofKeys = new WeakMap<KeyTrust, RootVerifier>();

/** The library's verifier for a root: its keys and certificates are parsed once, however many bundles there are. */
export function verifierOfRoot(root: Root): RootVerifier {
  return remember(ofRoots, root, () => buildVerifier(toTrustMaterial(root.root), root.profile));
}

/**
 * For a key whose signatures must be in a log: one entry, and one proved time, in the logs and authorities of `root`.
 * A bundle's key hint is its sender's, so it does not choose: the one key is tried.
 */
export function verifierOfKey(trust: KeyTrust, root: Root): RootVerifier {
  return remember(ofKeys, trust, () => {
    const keyFinder = () => ({ publicKey: trust.key, validFor: () => true });
    const profile: SigstoreProfile = { transparencyLogs: 1, certificateLogs: 0, timestamps: 1 };
    return buildVerifier(toTrustMaterial(root.root, keyFinder), profile);
  });
}

function buildVerifier(material: TrustMaterial, profile: SigstoreProfile): RootVerifier {
  const verifier = new Verifier(material, {
    tlogThreshold: profile.transparencyLogs,
    ctlogThreshold: profile.certificateLogs,
    timestampThreshold: profile.timestamps,
  });
  return { verifier, material };
}

function remember<K extends object>(cache: WeakMap<K, RootVerifier>, key: K, build: () => RootVerifier): RootVerifier {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const built = build();
  cache.set(key, built);
  return built;
}
