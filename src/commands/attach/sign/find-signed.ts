import { toCodedError } from '../../../errors/coded-error.ts';
import type { Warning } from '../../../errors/warning.ts';
import type { Descriptor } from '../../../oci/descriptor.ts';
import type { Digest } from '../../../oci/digest.ts';
import { effectiveArtifactType } from '../../../oci/manifest.ts';
import { OCI_EMPTY } from '../../../oci/media-types.ts';
import type { AttachedVia } from '../../../referrers/attach-outcome.ts';
import type { CapabilityMemory } from '../../../referrers/capability.ts';
import { createCapabilityMemory } from '../../../referrers/capability.ts';
import { lookUpReferrers } from '../../../referrers/look-up.ts';
import type { DistributionSpec } from '../../../referrers/types.ts';
import type { Store } from '../../../store/store.ts';
import { ANNOTATION_PREDICATE_TYPE } from './bundle-artifact.ts';
import { isOwnSignature } from './own-signature.ts';
import type { UnsignedStatement } from './signed-statement.ts';
import type { SigningParty } from './signing-party.ts';

/** A bundle that is there, verified: the same statement, by the same signer. */
export interface SignedBefore {
  readonly digest: Digest;
  /** Bytes of manifest and bundle. */
  readonly size: number;
  readonly via: AttachedVia;
}

export interface FindOptions {
  readonly store: Store;
  readonly distributionSpec: DistributionSpec;
  readonly capabilities: CapabilityMemory | undefined;
  readonly signal: AbortSignal;
  readonly now: Date;
  readonly warn: (warning: Warning) => void;
  readonly onStep: ((message: string) => void) | undefined;
}

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';
/** Beyond so many no more are read: at worst the statement is signed once more. */
const MAX_READ = 64;

/**
 * Looks among the bundles of the statement's subject for one that `party` has signed over the same bytes. A candidate
 * that cannot be read, or is not verified, is none, and hides no other: signing once more does no harm.
 */
export async function findSigned(
  statement: UnsignedStatement,
  party: SigningParty,
  options: FindOptions,
): Promise<SignedBefore | undefined> {
  const { store, distributionSpec, signal } = options;
  const capabilities = options.capabilities ?? createCapabilityMemory();
  const { listed, capability } = await lookUpReferrers(statement.subject, {
    store,
    distributionSpec,
    capabilities,
    signal,
  });
  for (const { digest } of likelyFirst([...listed.values()], statement).slice(0, MAX_READ)) {
    try {
      const size = await examine(digest, statement, party, options);
      if (size !== undefined) return { digest, size, via: capability };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      options.warn({
        code: 'referrer-unread',
        message: `whether ${digest} is a signature of the same statement could not be seen: ${toCodedError(thrown).message}`,
        subject: digest,
      });
    }
  }
  return undefined;
}

/** What a list says is a hint: those that say another predicate come last, those of another type not at all. */
function likelyFirst(listed: readonly Descriptor[], { predicateType }: UnsignedStatement): readonly Descriptor[] {
  const bundles = listed.filter(
    ({ artifactType }) =>
      artifactType === undefined || artifactType === OCI_EMPTY || artifactType.startsWith(BUNDLE_TYPE),
  );
  const isLikely = ({ annotations }: Descriptor): boolean =>
    (annotations?.[ANNOTATION_PREDICATE_TYPE] ?? predicateType) === predicateType;
  return [...bundles.filter(isLikely), ...bundles.filter((one) => !isLikely(one))];
}

/** The size of a bundle that is the same; undefined: it is another. */
async function examine(
  digest: Digest,
  statement: UnsignedStatement,
  party: SigningParty,
  { store, signal, now, onStep }: FindOptions,
): Promise<number | undefined> {
  const fetched = await store.findManifest(digest, { purpose: 'look-up', signal });
  if (fetched === undefined || fetched.manifest.kind !== 'manifest') return undefined;
  const { manifest } = fetched;
  const [layer, ...others] = manifest.layers;
  if (layer === undefined || others.length > 0 || manifest.subject?.digest !== statement.subject) return undefined;
  if (!effectiveArtifactType(manifest)?.startsWith(BUNDLE_TYPE)) return undefined;
  // base64 in JSON: a bundle that is much smaller, or much larger, holds another statement
  if (layer.size < statement.payload.byteLength || layer.size > 2 * statement.payload.byteLength + 256 * 1024) {
    return undefined;
  }
  const bytes = await readBlob(store, layer, signal);
  const { own, reason } = await isOwnSignature(bytes, statement.payload, party, { what: digest, now });
  if (own) return manifest.bytes.byteLength + layer.size;
  if (reason !== undefined) onStep?.(`${digest} holds the same statement, but ${reason}: it is signed again`);
  return undefined;
}

async function readBlob(store: Store, layer: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.openBlob(layer, { purpose: 'look-up', signal })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
