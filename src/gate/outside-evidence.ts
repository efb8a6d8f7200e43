import { toCodedError } from '../errors/coded-error.ts';
import type { EvidenceDocument } from '../evidence/signed-evidence.ts';
import type { GithubAttestation, GithubClient } from '../github/github-client.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { SIGSTORE_BUNDLE_V03 } from '../oci/media-types.ts';
import type { EvidenceContent, EvidenceGap, EvidenceItem, EvidenceSource } from '../policy/evidence-item.ts';
import type { Examination } from './examine-candidate.ts';
import { type ExamineDocument, examineDocument } from './examine-document.ts';
import { describeWrongSubject } from './wrong-subject.ts';

/** A bundle of the user's own: one document of a file of `bundles`. */
export interface BundleDocument {
  readonly bytes: Uint8Array;
  /** For people: the file, and the line in a file of JSON lines. */
  readonly origin: string;
}

/** GitHub's attestations API, and the repositories whose attestations are asked for. */
export interface GithubSource {
  readonly client: GithubClient;
  /** `owner/name`. */
  readonly repositories: readonly string[];
}

export type OutsideOptions = Pick<Examination, 'trusts' | 'now' | 'predicates' | 'turns' | 'signal'> & {
  readonly readManifest: (digest: Digest) => Promise<Uint8Array | undefined>;
};

/**
 * Bundles of the user's, each matched to the digests of the image that its signed bytes name. One that names none of
 * them is shown as being about something else, where no other of the bundles is about the image.
 */
export async function examineBundles(
  bundles: readonly BundleDocument[],
  subjects: readonly Descriptor[],
  options: OutsideOptions,
): Promise<readonly EvidenceItem[]> {
  const examined = await Promise.all(bundles.map((bundle) => examineBundle(bundle, subjects, options)));
  const found = examined.flat();
  const isAbout = ({ content }: EvidenceItem): boolean =>
    content.kind === 'signed' && content.wrongSubject === undefined;
  // of those about something else the first subject, the image itself, stands for all
  if (!found.some(isAbout)) return examined.flatMap(([first]) => first ?? []);
  return found.filter((item) => isAbout(item) || item.content.kind !== 'signed');
}

/** Verified once; only what a message signature is over depends on the subject. */
async function examineBundle(
  { bytes, origin }: BundleDocument,
  [image, ...others]: readonly Descriptor[],
  options: OutsideOptions,
): Promise<readonly EvidenceItem[]> {
  if (image === undefined) return [];
  const place = (subject: Descriptor): OutsidePlace => ({ subject, source: 'bundle-file', origin });
  const first = await examineOutside(bytes, place(image), options);
  const { content } = first;
  if (content.kind !== 'signed') return [first];
  if (content.claim.kind === 'message') {
    return [first, ...(await Promise.all(others.map((subject) => examineOutside(bytes, place(subject), options))))];
  }
  const ofOthers = others.map((subject) => {
    const wrongSubject = describeWrongSubject(content.claim, subject);
    return itemOf(place(subject), { ...content, wrongSubject }, first.document);
  });
  return [first, ...ofOthers];
}

/** What GitHub holds for one digest. A repository that cannot be asked is a gap; an attestation that cannot be had is unread. */
export async function askGithub(
  subject: Descriptor,
  { client, repositories }: GithubSource,
  options: OutsideOptions,
): Promise<{ readonly items: readonly EvidenceItem[]; readonly gaps: readonly EvidenceGap[] }> {
  const gaps: EvidenceGap[] = [];
  const items = await Promise.all(
    repositories.map(async (repository) => {
      try {
        const attestations = await client.listAttestations(repository, subject.digest);
        return await Promise.all(attestations.map((one) => examineAttestation(one, subject, options)));
      } catch (thrown) {
        if (options.signal.aborted) throw thrown;
        const { code, message, hint } = toCodedError(thrown);
        gaps.push({
          subject: subject.digest,
          source: 'github',
          code,
          reason: `attestations of ${repository}: ${message}`,
          hint,
        });
        return [];
      }
    }),
  );
  return { items: items.flat(), gaps };
}

async function examineAttestation(
  attestation: GithubAttestation,
  subject: Descriptor,
  options: OutsideOptions,
): Promise<EvidenceItem> {
  const { origin, bytes, error } = attestation;
  const place = { subject, source: 'github', origin } as const;
  if (bytes !== undefined) return examineOutside(bytes, place, options);
  return itemOf(place, { kind: 'unread', code: error.code, reason: error.message, hint: error.hint });
}

interface OutsidePlace {
  readonly subject: Descriptor;
  readonly source: EvidenceSource;
  readonly origin: string;
}

async function examineOutside(
  bytes: Uint8Array,
  place: OutsidePlace,
  { trusts, now, predicates, turns, signal, readManifest }: OutsideOptions,
): Promise<EvidenceItem> {
  const document: EvidenceDocument = { bytes, mediaType: SIGSTORE_BUNDLE_V03, annotations: {}, what: place.origin };
  const { subject } = place;
  const readSubject = (): Promise<Uint8Array | undefined> => readManifest(subject.digest);
  const examine: ExamineDocument = {
    subject,
    artifactType: SIGSTORE_BUNDLE_V03,
    trusts: await trusts(),
    now,
    predicates,
    readSubject,
  };
  const content = await turns.run(bytes.byteLength, signal, () => examineDocument(document, examine));
  return itemOf(place, content, digestOf(bytes));
}

function itemOf({ subject, source, origin }: OutsidePlace, content: EvidenceContent, document?: Digest): EvidenceItem {
  return {
    subject: subject.digest,
    referrer: undefined,
    document,
    sources: [source],
    origin,
    artifactType: SIGSTORE_BUNDLE_V03,
    annotations: {},
    content,
  };
}
