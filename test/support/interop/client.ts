import type { Descriptor } from '../../../src/oci/descriptor.ts';
import type { Digest } from '../../../src/oci/digest.ts';
import type { ReferrerSource } from '../../../src/referrers/types.ts';
import type { RegistryTraits } from './registries.ts';

/** A manifest in a repository. */
export interface Place {
  readonly host: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** A row of a client's list. */
export interface SeenReferrer {
  readonly digest: string;
  /** Undefined where the client shows none. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Digests of the bytes that a client fetched. */
export interface PulledArtifact {
  readonly manifest: Digest;
  readonly layers: readonly Digest[];
}

/** What a client attached, as anybody should list it. */
export interface AttachedByPeer {
  readonly artifactType: string;
  /** At least these. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Where it is found, if not where the registry keeps referrers; one of these. */
  readonly sources?: readonly (readonly ReferrerSource[])[];
}

export interface AttachOrder {
  readonly host: string;
  readonly repository: string;
  readonly subject: Descriptor;
  readonly registry: RegistryTraits;
  /** Another text makes another artifact. */
  readonly content: string;
}

/** Why a client does not do something; undefined: it does. */
export type Inability = (registry: RegistryTraits) => string | undefined;

/** A program of others that reads or writes referrers. Each method throws with what the program said. */
export interface InteropClient {
  readonly name: string;
  readonly version: string;
  list?(subject: Place): Promise<readonly SeenReferrer[]>;
  /** False: it shows artifacts of its own kind only. Default true. */
  readonly listsAll?: boolean;
  pull?(artifact: Place): Promise<PulledArtifact>;
  /** In place of `pull`, where what is read is what was listed for a subject. */
  pullListed?(subject: Place, artifact: Digest): Promise<PulledArtifact>;
  attach?(order: AttachOrder): Promise<AttachedByPeer>;
  delete?(artifact: Place): Promise<void>;
  /** Verifies a signature over the subject that `attach` made, wherever it is attached now. */
  verify?(subject: Place): Promise<void>;
  /** How a policy says that the signatures of `attach` are to be trusted, and how one that trusts somebody else. */
  readonly trust?: SignedTrust;
  /** What is missing above, and what does not work on some registries, with the reason. */
  readonly cannot: Readonly<Partial<Record<ClientAct, string | Inability>>>;
}

/** Parts of a policy, as docs/policy.md has them. */
export interface SignedTrust {
  readonly right: object;
  readonly wrong: object;
  /** Keys of the rule that says what must be there. */
  readonly wanted: object;
  /** Keys of its signer besides `trust`. */
  readonly signer: object;
}

export type ClientAct = 'list' | 'pull' | 'attach' | 'delete' | 'verify' | 'gate' | 'mix';

/** A row of the matrix: a client, or why it cannot be had. */
export type ClientRow = InteropClient | { readonly name: string; readonly version: string; readonly refused: string };

export function nameOf({ host, repository, digest }: Place): string {
  return `${host}/${repository}@${digest}`;
}

export function inabilityOf(client: InteropClient, act: ClientAct, registry: RegistryTraits): string | undefined {
  const reason = client.cannot[act];
  return typeof reason === 'function' ? reason(registry) : reason;
}
