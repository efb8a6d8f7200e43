import type { VerifyOutcome } from '../../../src/evidence/signed-evidence.ts';
import { signerKey } from '../../../src/evidence/signer.ts';
import type { Digest } from '../../../src/oci/digest.ts';
import type { EvaluationInput } from '../../../src/policy/evaluate/evaluate-policy.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import { matchSigner } from '../../../src/policy/match-signer.ts';
import type { Rule, SignedBy } from '../../../src/policy/policy.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import { BUNDLE, SPDX } from '../make-evidence.ts';

/**
 * The verdict by the shortest way: no reasons, no candidates, everything tried. For the policies and evidence of
 * random-evaluation.ts only.
 */
export function naiveVerdict(input: EvaluationInput): Verdict {
  const verdicts = input.policy.rules.map((rule) => naiveRule(rule, input));
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}

function naiveRule(rule: Rule, input: EvaluationInput): Verdict {
  const { image, missingPlatforms } = input;
  if (image.kind === 'manifest' || rule.on === 'index') return naiveCell(rule, [image.digest], input);
  const wanted = rule.platforms;
  const named = image.platforms.filter(
    ({ platform }) => wanted === 'all' || wanted.some((one) => one.architecture === platform?.architecture),
  );
  if (wanted !== 'all' && named.length < wanted.length) return 'fail';
  if (image.platforms.length === 0) return 'fail';
  const counted = named.filter(({ presence }) => !(presence === 'missing' && missingPlatforms === 'skip'));
  if (counted.length === 0) return 'unknown';
  const cells = counted.map(({ digest, presence }): Verdict => {
    if (presence !== 'present') return 'unknown';
    return naiveCell(rule, rule.on === 'either' ? [digest, image.digest] : [digest], input);
  });
  if (cells.includes('fail')) return 'fail';
  return cells.includes('unknown') ? 'unknown' : 'pass';
}

function naiveCell(rule: Rule, subjects: readonly Digest[], input: EvaluationInput): Verdict {
  const items = input.items.filter(({ subject }) => subjects.includes(subject));
  if (isMet(rule, items, input)) return 'pass';
  const isUnread = items.some(({ content }) => content.kind === 'unread');
  const isGap = input.gaps.some(({ subject }) => subjects.includes(subject));
  return isUnread || isGap || items.some((item) => mayBeVouched(rule, item, input)) ? 'unknown' : 'fail';
}

interface Match {
  readonly entry: number;
  readonly signer: string;
  readonly envelope: string;
}

function isMet(rule: Rule, items: readonly EvidenceItem[], input: EvaluationInput): boolean {
  const whole = items.filter((item) => {
    const { content } = item;
    if (content.kind === 'broken' || content.kind === 'unread' || content.wrongSubject !== undefined) return false;
    return content.kind === 'signed' || content.malformed === undefined;
  });
  const vouched = whole.filter(
    (item) => rule.referrer === undefined || isVouched(rule, item, rule.referrer.signedBy, input),
  );
  const by = signersOf(rule, input);
  if (by === undefined) return vouched.some((item) => isThere(rule, item));
  return mostSigners(vouched.flatMap((item) => signaturesOf(rule, item, by, input))) >= by.atLeast;
}

function signersOf(rule: Rule, { policy }: EvaluationInput): SignedBy | undefined {
  if (!rule.signed && rule.wanted.kind !== 'any-signature') return undefined;
  if (rule.signedBy !== undefined) return rule.signedBy;
  if (rule.referrer !== undefined) return undefined;
  const keys = [...policy.trust.values()].filter(({ kind }) => kind === 'key');
  return { atLeast: 1, of: keys.map(({ name, at }) => ({ trust: name, at })), at: rule.at };
}

function signaturesOf(rule: Rule, item: EvidenceItem, by: SignedBy, input: EvaluationInput): Match[] {
  const { content, artifactType } = item;
  const { wanted } = rule;
  if (content.kind === 'signed') {
    const type = content.claim.kind === 'statement' ? content.claim.statement.predicateType : '';
    const isWanted =
      wanted.kind === 'any-signature' ||
      (wanted.kind === 'predicate-type' && wanted.types.includes(type)) ||
      (wanted.kind === 'artifact-type' &&
        wanted.types.includes(SPDX) &&
        type.startsWith('https://spdx.dev/Document')) ||
      (wanted.kind === 'artifact-type' && wanted.types.includes(BUNDLE) && artifactType === BUNDLE);
    return isWanted ? rightEntries(item, by, rule, input) : [];
  }
  const isPlain = wanted.kind === 'artifact-type' && wanted.types.includes(SPDX) && artifactType === SPDX;
  if (!isPlain || !isTied(item)) return [];
  return vouchersOf(item).flatMap((voucher) => rightEntries(voucher, by, rule, input));
}

function isThere({ wanted }: Rule, { content, artifactType }: EvidenceItem): boolean {
  if (content.kind !== 'signed' && content.kind !== 'unsigned') return false;
  const statement =
    content.kind === 'unsigned'
      ? content.statement
      : content.claim.kind === 'statement'
        ? content.claim.statement
        : undefined;
  const type = statement?.predicateType ?? '';
  switch (wanted.kind) {
    case 'any-signature':
      return content.kind === 'signed';
    case 'predicate-type':
      return wanted.types.includes(type);
    case 'artifact-type':
      if (wanted.types.includes(BUNDLE)) return artifactType === BUNDLE;
      if (type.startsWith('https://spdx.dev/Document')) return true;
      return content.kind === 'unsigned' && (artifactType === SPDX || content.contentType === SPDX);
  }
}

function isVouched(rule: Rule, item: EvidenceItem, by: SignedBy, input: EvaluationInput): boolean {
  if (!isTied(item)) return false;
  return mostSigners(vouchersOf(item).flatMap((voucher) => rightEntries(voucher, by, rule, input))) >= by.atLeast;
}

/** Whether the artifact says what it is about. */
function isTied({ sources, content }: EvidenceItem): boolean {
  return (
    sources.includes('api') ||
    sources.includes('tag-schema') ||
    (content.kind === 'unsigned' && content.statement !== undefined)
  );
}

function vouchersOf(item: EvidenceItem): readonly EvidenceItem[] {
  return (item.vouchers?.items ?? []).filter(
    ({ subject, content }) =>
      subject === item.referrer && content.kind === 'signed' && content.wrongSubject === undefined,
  );
}

/** Nobody looked, could look, or could read what was found, and it could have made the artifact count. */
function mayBeVouched(rule: Rule, item: EvidenceItem, input: EvaluationInput): boolean {
  const { content, vouchers } = item;
  if (content.kind === 'broken' || content.kind === 'unread' || content.wrongSubject !== undefined) return false;
  if (content.kind === 'unsigned' && content.malformed !== undefined) return false;
  const isUnseen =
    vouchers === undefined || vouchers.gaps.length > 0 || vouchers.items.some((one) => one.content.kind === 'unread');
  if (!isUnseen || !isTied(item)) return false;
  const by = signersOf(rule, input);
  if (rule.referrer !== undefined && !isVouched(rule, item, rule.referrer.signedBy, input)) {
    // its own signature comes first: what does not count by itself is not helped by a referrer
    if (by === undefined ? isThere(rule, item) : signaturesOf(rule, item, by, input).length > 0) return true;
  }
  const isPlain =
    rule.wanted.kind === 'artifact-type' && rule.wanted.types.includes(SPDX) && item.artifactType === SPDX;
  return by !== undefined && rule.signed && isPlain && content.kind === 'unsigned';
}

function rightEntries({ content }: EvidenceItem, by: SignedBy, { maxAge }: Rule, { now }: EvaluationInput): Match[] {
  if (content.kind !== 'signed') return [];
  return by.of.flatMap((entry, at): Match[] => {
    const outcome = content.outcomes.get(entry.trust);
    if (outcome?.verified !== true || !matchSigner(entry, outcome.signer).matches) return [];
    if (maxAge !== undefined && !isYoung(outcome, content.claim, maxAge, now)) return [];
    return [{ entry: at, signer: signerKey(outcome.signer), envelope: content.envelope }];
  });
}

type Verified = Extract<VerifyOutcome, { readonly verified: true }>;

function isYoung(
  { signer, times }: Verified,
  claim: Extract<EvidenceItem['content'], { readonly kind: 'signed' }>['claim'],
  maxAge: number,
  now: Date,
): boolean {
  const oldest = Math.min(...times.map(({ time }) => time.getTime()));
  const isStampYoung = oldest >= now.getTime() - maxAge * 1000;
  if (signer.kind !== 'key') return times.length > 0 && isStampYoung;
  const said =
    claim.kind === 'statement' && claim.statement.predicateType.startsWith('https://slsa.dev/')
      ? /"finishedOn":"([^"]+)"/.exec(JSON.stringify(claim.statement.predicate))?.[1]
      : undefined;
  return said !== undefined && isStampYoung && Date.parse(said) >= now.getTime() - maxAge * 1000;
}

function mostSigners([first, ...rest]: readonly Match[]): number {
  if (first === undefined) return 0;
  const free = rest.filter(
    (one) => one.entry !== first.entry && one.signer !== first.signer && one.envelope !== first.envelope,
  );
  return Math.max(mostSigners(rest), 1 + mostSigners(free));
}
