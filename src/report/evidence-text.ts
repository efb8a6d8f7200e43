import type { VerifiedTime } from '../evidence/signed-evidence.ts';
import type { Signer } from '../evidence/signer.ts';
import type { RootInfo } from '../evidence/trust.ts';
import type { EvidenceItem } from '../policy/evidence-item.ts';
import type { CandidateJudgement } from '../policy/verdict.ts';
import { formatTime } from './format-time.ts';
import { shortDigest } from './short-digest.ts';
import { shortSourceName } from './source-names.ts';

/** Words for a piece of evidence. Nothing here is escaped: renderers do that, for where they show it. */

/** What it is: the predicate type of a statement, else its artifact type. */
export function evidenceType({ content, artifactType }: EvidenceItem): string {
  return predicateTypeOf(content) ?? artifactType;
}

/** The predicate type that an item claims; of a signed one it counts only if the signature does. */
export function predicateTypeOf(content: EvidenceItem['content']): string | undefined {
  if (content.kind === 'unsigned') return content.statement?.predicateType;
  if (content.kind !== 'signed' || content.claim.kind !== 'statement') return undefined;
  return content.claim.statement.predicateType;
}

/** Which one it is: the referrer's digest, else the document's, else where it comes from. */
export function evidenceName({ referrer, document, origin }: EvidenceItem): string {
  const digest = referrer ?? document;
  return digest === undefined ? (origin ?? 'document') : shortDigest(digest);
}

/** `API, fallback tag`; of a file its name. */
export function evidencePlace({ sources, origin, referrer }: EvidenceItem, repository: string): string {
  const names = sources.map((source) => shortSourceName(source, repository)).join(', ');
  if (origin === undefined || referrer !== undefined) return names;
  return origin.startsWith(names) ? origin : `${names}: ${origin}`;
}

/** Where what accepts a signer is to be written: an entry of a list in the policy, else inputs of the step. */
export function pastePlace(paste: string): 'signed-by' | 'inputs' {
  return paste.startsWith('- ') ? 'signed-by' : 'inputs';
}

export function signerText(signer: Signer): string {
  if (signer.kind === 'key') return `key ${shortDigest(signer.fingerprint)}`;
  if (signer.kind === 'notation') return signer.identity;
  return signer.identity ?? `certificate ${shortDigest(signer.fingerprint)}`;
}

/** Who vouches for the signer's name; undefined where the name stands for itself. */
export function issuerText(signer: Signer): string | undefined {
  if (signer.kind === 'key') return undefined;
  return signer.kind === 'notation' ? signer.scheme : (signer.issuer ?? 'no issuer');
}

const ROOT_SOURCES: Readonly<Record<RootInfo['source'], string>> = {
  embedded: 'embedded',
  file: 'file',
  inline: 'in the policy',
  tuf: 'fetched by TUF',
  'trust-store': 'trust store',
};

/** `public-good, embedded`. */
export function rootText({ label, source }: RootInfo): string {
  return `${label}, ${ROOT_SOURCES[source]}`;
}

const DAY_MS = 86_400_000;

/** `2026-10-30, 23 days old`; a date that is still to come has no age. */
export function rootAge({ date }: RootInfo, now: Date): string {
  const day = date.toISOString().slice(0, 10);
  const days = Math.floor((now.getTime() - date.getTime()) / DAY_MS);
  return days < 0 ? day : `${day}, ${days === 1 ? '1 day' : `${days} days`} old`;
}

const TIME_SOURCES: Readonly<Record<VerifiedTime['source'], string>> = {
  'transparency-log': 'log',
  'timestamp-authority': 'timestamp',
  'signing-authority': 'signing authority',
};

/** The smallest proved time, which is what freshness counts from; undefined where none was proved. */
export function smallestTime({ times = [] }: CandidateJudgement): string | undefined {
  const [first] = times.toSorted((a, b) => a.time.getTime() - b.time.getTime());
  return first === undefined ? undefined : `${formatTime(first.time.toISOString())} (${TIME_SOURCES[first.source]})`;
}

/** How it was signed, in words; undefined where the reason says that already. */
export function explanationOf({ mismatch, reason }: CandidateJudgement): string | undefined {
  const told = mismatch?.explanation;
  return told === undefined || reason.includes(told.replace(/^signed by workflow /, '')) ? undefined : told;
}
