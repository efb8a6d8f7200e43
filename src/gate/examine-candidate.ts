import { toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Trust } from '../evidence/trust.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.ts';
import type { EvidenceContent, EvidenceItem } from '../policy/evidence-item.ts';
import type { KeptPredicates } from '../policy/plan-evidence.ts';
import type { Candidate } from '../referrers/candidate.ts';
import { type Proof, proveCandidate } from '../referrers/prove-candidate.ts';
import type { Store } from '../store/store.ts';
import type { ByteBudget, ByteShare } from './byte-budget.ts';
import type { ByteTurns } from './byte-turns.ts';
import { examineDocument } from './examine-document.ts';
import type { FoundCandidate } from './gather-candidates.ts';
import { overBudget, readDocument } from './read-document.ts';

/** What every candidate of an image is examined with. */
export interface Examination {
  /** One that remembers: memoizeStore. */
  readonly store: Store;
  /** Every trust that the policy's rules name. */
  readonly trusts: () => Promise<readonly Trust[]>;
  readonly now: Date;
  /** See EvidencePlan. */
  readonly predicates: KeptPredicates;
  readonly budget: ByteBudget;
  readonly turns: ByteTurns;
  readonly signal: AbortSignal;
  readonly warn: (warning: Warning) => void;
}

/** Bytes that each candidate may have, whatever the others take: more than most bundles need. */
export const CANDIDATE_BYTES = 64 * 1024;
/** Documents of each that these bytes are for; each takes a request, so that further ones count like larger ones. */
export const CANDIDATE_DOCUMENTS = 8;

/** Layers of one artifact that are looked at; cosign v2 keeps each signature of an image in one. */
const MAX_DOCUMENTS = 100;
const LAYERS_HINT =
  'Sign as referrers of their own, not as layers of one artifact, or give the gate the evidence itself in `bundles`.';

/**
 * Reads one candidate: its manifest is proved to refer to the subject, then each of its layers is a document. Gives at
 * least one item: what is junk, gone or unreadable says so in it, and concerns no other candidate. Throws only when the
 * run is to end.
 */
export async function examineCandidate(
  { subject, candidate }: FoundCandidate,
  examination: Examination,
): Promise<readonly EvidenceItem[]> {
  const refusals: string[] = [];
  const budget = examination.budget.share(CANDIDATE_BYTES, CANDIDATE_DOCUMENTS);
  try {
    // the list may lie: its word is taken only to spare a request once there is hardly room
    const listedSize = Math.min(candidate.listed?.size ?? 0, MAX_MANIFEST_BYTES);
    if (!budget.has(listedSize)) throw overBudget(`referrer ${candidate.digest}`, budget);
    const proof = await prove(subject.digest, candidate, examination, refusals);
    if (proof.state === 'proved') return await examineLayers(subject, proof, examination, budget);
    const content: EvidenceContent =
      proof.state === 'unread'
        ? { kind: 'unread', code: proof.code, reason: proof.reason }
        : { kind: 'broken', state: 'invalid', reason: refusals.at(-1) ?? 'it does not refer to this image' };
    return [itemOf(subject, candidate, content)];
  } catch (thrown) {
    if (examination.signal.aborted) throw thrown;
    return [itemOf(subject, candidate, unreadBy(thrown))];
  }
}

/** What a proof refuses it says in a warning; here that is the reason of the item. */
function prove(
  subject: Digest,
  candidate: Candidate,
  { store, signal, warn }: Examination,
  refusals: string[],
): Promise<Proof> {
  const hear = (warning: Warning): void => {
    if (warning.code === 'descriptor-differs') warn(warning);
    else refusals.push(warning.message);
  };
  return proveCandidate(store, subject, candidate, { warn: hear, signal });
}

type Proved = Extract<Proof, { readonly state: 'proved' }>;

async function examineLayers(
  subject: Descriptor,
  { manifest, descriptor, sources }: Proved,
  examination: Examination,
  budget: ByteShare,
): Promise<EvidenceItem[]> {
  // its annotations are kept with each item
  if (!budget.take(manifest.size)) throw overBudget(`referrer ${manifest.digest}`, budget);
  const artifactType = descriptor.artifactType ?? manifest.mediaType;
  const item = (content: EvidenceContent, document?: Digest): EvidenceItem => ({
    subject: subject.digest,
    referrer: manifest.digest,
    document,
    sources,
    artifactType,
    annotations: manifest.annotations ?? {},
    content,
  });
  if (manifest.kind !== 'manifest') {
    const reason = `it is ${manifest.kind === 'index' ? 'an index' : `a manifest of type ${manifest.mediaType}`}, which holds no evidence itself`;
    return [item({ kind: 'broken', state: 'unsupported', reason })];
  }
  if (manifest.layers.length === 0) {
    return [item({ kind: 'unsigned', contentType: undefined, malformed: 'it has no file' })];
  }
  const place = { subject, manifest: manifest.digest, artifactType, budget };
  const contents = await Promise.all(
    manifest.layers.slice(0, MAX_DOCUMENTS).map((layer) => examineLayer(layer, place, examination)),
  );
  const items = contents.map((content, i) => item(content, manifest.layers[i]?.digest));
  if (manifest.layers.length <= MAX_DOCUMENTS) return items;
  const reason = `it has ${manifest.layers.length} layers, of which the first ${MAX_DOCUMENTS} were read`;
  return [...items, item({ kind: 'unread', code: 'page-limit', reason, hint: LAYERS_HINT })];
}

interface Place {
  readonly subject: Descriptor;
  readonly manifest: Digest;
  readonly artifactType: string;
  readonly budget: ByteShare;
}

async function examineLayer(
  layer: Descriptor,
  { subject, manifest, artifactType, budget }: Place,
  { store, trusts, now, predicates, turns, signal }: Examination,
): Promise<EvidenceContent> {
  try {
    const read = await readDocument(layer, { store, manifest, budget, signal });
    if (read.state === 'too-large') return { kind: 'broken', state: 'unsupported', reason: read.reason };
    const readSubject = async (): Promise<Uint8Array | undefined> =>
      (await store.findManifest(subject.digest, { purpose: 'proof', signal }))?.manifest.bytes;
    const examine = { subject, artifactType, trusts: await trusts(), now, predicates, readSubject };
    const { document } = read;
    return await turns.run(document.bytes.byteLength, signal, () => examineDocument(document, examine));
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return unreadBy(thrown);
  }
}

function unreadBy(thrown: unknown): EvidenceContent {
  const { code, message, hint } = toCodedError(thrown);
  return { kind: 'unread', code, reason: message, hint };
}

/** Of what has no manifest: type and annotations are the list's word. */
function itemOf(subject: Descriptor, { digest, listed, sources }: Candidate, content: EvidenceContent): EvidenceItem {
  return {
    subject: subject.digest,
    referrer: digest,
    document: undefined,
    sources,
    artifactType: listed?.artifactType ?? listed?.mediaType ?? '',
    annotations: listed?.annotations ?? {},
    content,
  };
}
