import { createPublicKey, type KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { SigstoreProfile } from '../../../src/evidence/trust.ts';
import type { SigstoreWorld } from './sigstore-world.ts';

export interface LibraryOptions {
  /** Under a message signature. */
  readonly artifact?: Uint8Array;
  /** For key bundles: any half of the pair. */
  readonly key?: KeyObject;
  /** Default the world's. */
  readonly profile?: SigstoreProfile;
}

/** Without logs and without time: for bundles of a key alone. */
export const KEY_ONLY: SigstoreProfile = { transparencyLogs: 0, certificateLogs: 0, timestamps: 0 };

/** Verifies with @sigstore/verify and nothing of ours. Throws what it throws. */
export function verifyWithLibrary(
  world: Pick<SigstoreWorld, 'trustedRoot' | 'profile'>,
  bundle: unknown,
  options: LibraryOptions = {},
): Signer {
  const { artifact, key, profile = world.profile } = options;
  const publicKey = key?.type === 'private' ? createPublicKey(key) : key;
  const material = toTrustMaterial(
    TrustedRoot.fromJSON(world.trustedRoot),
    publicKey === undefined ? undefined : () => ({ publicKey, validFor: () => true }),
  );
  const verifier = new Verifier(material, {
    tlogThreshold: profile.transparencyLogs,
    ctlogThreshold: profile.certificateLogs,
    timestampThreshold: profile.timestamps,
  });
  const data = artifact === undefined ? undefined : Buffer.from(artifact);
  return verifier.verify(toSignedEntity(bundleFromJSON(bundle), data));
}
