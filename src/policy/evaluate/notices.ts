import type { RootInfo } from '../../evidence/trust.ts';
import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { Policy } from '../policy.ts';
import type { CandidateJudgement, Cell, RuleVerdict, VerdictNotice } from '../verdict.ts';
import { findWaiver, unusedNotice, waivedNotice, waiverNotices } from '../waivers.ts';
import type { EvaluationInput } from './evaluate-policy.ts';
import { gapOfUnread } from './unread-gap.ts';

/** Days after which an embedded root is old: GitHub adds an authority about every six months, Sigstore more seldom. */
const STALE_DAYS = 180;
const DAY = 24 * 60 * 60 * 1000;

/** What stands in the report whatever the verdict: everything that was let through, left out, or not looked at. */
export function buildNotices(rules: readonly RuleVerdict[], input: EvaluationInput): VerdictNotice[] {
  const { policy, image, items, gaps, now } = input;
  const cells = rules.flatMap((rule) => rule.cells);
  const used = cells.flatMap(({ evidence }) => evidence.flatMap(withVoucher));
  return [
    ...waivedNotices(cells, input),
    ...unusedNotices(rules, input),
    ...waiverNotices(policy, image, now),
    ...skippedNotices(cells),
    ...unreadNotices('source-unread', gaps),
    ...unreadNotices('candidate-unread', items.flatMap(unreadOf)),
    ...staleNotices([...used, ...cells.flatMap(({ rejected }) => rejected.flatMap(withVoucher))], policy, now),
    ...noteNotices(used),
    ...unsignedNotices(rules),
  ];
}

function withVoucher(judgement: CandidateJudgement): CandidateJudgement[] {
  return judgement.voucher === undefined ? [judgement] : [judgement, judgement.voucher];
}

function waivedNotices(cells: readonly Cell[], { image, now }: EvaluationInput): VerdictNotice[] {
  const waivers = new Set(cells.flatMap(({ state, waiver }) => (state === 'waived' && waiver ? [waiver] : [])));
  return [...waivers].map((waiver) => waivedNotice(waiver, image, now));
}

/** A rule that passes by itself needs its waiver no more. */
function unusedNotices(rules: readonly RuleVerdict[], { policy, image, now }: EvaluationInput): VerdictNotice[] {
  return rules
    .filter(({ verdict, cells }) => verdict === 'pass' && cells.every(({ state }) => state !== 'waived'))
    .flatMap(({ rule }) => findWaiver(policy, rule, image, now) ?? [])
    .map((waiver) => unusedNotice(waiver, image));
}

function skippedNotices(cells: readonly Cell[]): VerdictNotice[] {
  const skipped = new Map(cells.filter(({ state }) => state === 'skipped').map((cell) => [cell.column, cell]));
  return [...skipped].map(([column, { reason }]) => ({
    code: 'platform-skipped',
    message: `the platform ${column} was judged by no rule: ${reason}`,
  }));
}

/** One notice for each source and reason, however many subjects it is about. */
function unreadNotices(code: 'source-unread' | 'candidate-unread', gaps: readonly EvidenceGap[]): VerdictNotice[] {
  const groups = Map.groupBy(gaps, ({ source, reason }) => `${source} ${reason}`);
  return [...groups.values()].flatMap((group): VerdictNotice[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { source, reason, hint, subject } = first;
    const where = group.length === 1 ? subject : `${subject} and ${group.length - 1} more`;
    const what =
      code === 'source-unread' ? `${source} could not be looked at for` : `evidence of ${source} could not be read on`;
    return [{ code, message: `${what} ${where}: ${reason}${hint === undefined ? '' : `. ${hint}`}` }];
  });
}

/** Documents that could not be read, on the image and on its artifacts. */
function unreadOf(item: EvidenceItem): EvidenceGap[] {
  const { items = [], gaps = [] } = item.vouchers ?? {};
  return [...gapOfUnread(item), ...items.flatMap(gapOfUnread), ...gaps];
}

/** Embedded roots that are old, where they took part. */
function staleNotices(judgements: readonly CandidateJudgement[], policy: Policy, now: Date): VerdictNotice[] {
  const stale = new Map<string, { readonly root: RootInfo; readonly trust: string | undefined }>();
  for (const { root, trust } of judgements) {
    if (root === undefined || root.source !== 'embedded') continue;
    if (now.getTime() - root.date.getTime() > STALE_DAYS * DAY) stale.set(`${trust} ${root.digest}`, { root, trust });
  }
  return [...stale.values()].map(({ root, trust }) => {
    const at = trust === undefined ? undefined : policy.trust.get(trust)?.at;
    const age = Math.floor((now.getTime() - root.date.getTime()) / DAY);
    return {
      code: 'root-stale',
      message: `the embedded trust root ${root.label} is of ${root.date.toISOString().slice(0, 10)}, ${age} days old: newer logs and authorities are not in it; \`refresh: true\` fetches the newest`,
      ...(at !== undefined && { at }),
    };
  });
}

/** What the evidence that counts could not show: revocation, which nobody looked up. Each once. */
function noteNotices(used: readonly CandidateJudgement[]): VerdictNotice[] {
  const notes = new Map<string, Set<string>>();
  for (const { trust, notes: own = [] } of used) {
    for (const note of own) notes.set(note, (notes.get(note) ?? new Set()).add(trust ?? 'none'));
  }
  return [...notes].map(([note, trusts]) => ({
    code: 'not-checked',
    message: `${note} (trust ${[...trusts].join(', ')})`,
  }));
}

/** Rules that are met by what nobody signed. */
function unsignedNotices(rules: readonly RuleVerdict[]): VerdictNotice[] {
  return rules
    .filter(({ cells }) => cells.some(({ state, evidence }) => state === 'pass' && evidence.every(isUnsigned)))
    .map(({ rule }) => ({
      code: 'unsigned-only',
      message: `the rule ${JSON.stringify(rule.name)} is met by evidence that nobody signed: anyone who can push could have written it`,
      at: rule.at,
    }));
}

function isUnsigned({ state }: CandidateJudgement): boolean {
  return state === 'unsigned';
}
