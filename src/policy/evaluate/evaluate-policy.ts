import type { EvidenceGap, EvidenceItem, ImageScope } from '../evidence-item.ts';
import type { Policy, Rule } from '../policy.ts';
import { type Cell, type ImageVerdict, type RuleVerdict, verdictOfCells, worstVerdict } from '../verdict.ts';
import { findWaiver } from '../waivers.ts';
import { buildColumns, type ScopedColumn } from './columns.ts';
import { Conditions } from './conditions.ts';
import type { ItemJudgement } from './item-judgement.ts';
import { judgeCell } from './judge-cell.ts';
import { judgeItem } from './judge-item.ts';
import { buildNotices } from './notices.ts';
import { type MissingPlatforms, placeOf } from './place.ts';
import { wantedSigners } from './wanted-signers.ts';

/** Everything that a judgement depends on. */
export interface EvaluationInput {
  readonly policy: Policy;
  readonly image: ImageScope;
  /** All that was found, on the image and on its platforms. */
  readonly items: readonly EvidenceItem[];
  /** Where nobody could look. */
  readonly gaps: readonly EvidenceGap[];
  readonly now: Date;
  /** What a platform is that the index names and the registry lacks. */
  readonly missingPlatforms: MissingPlatforms;
  /** Of an image that is judged several times, the same each time. */
  readonly conditions?: Conditions | undefined;
}

/**
 * Judges an image: every rule on every column of the matrix. A pure function of its input; what is not among the
 * items was not found, and where something could not be looked at, gaps say so.
 */
export function evaluatePolicy(input: EvaluationInput): ImageVerdict {
  const columns = buildColumns(input.policy, input.image);
  const rules = input.policy.rules.map((rule) => judgeRule(rule, columns, input));
  return {
    image: input.image,
    verdict: worstVerdict(rules.map(({ verdict }) => verdict)),
    columns: columns.map(({ name, digest, presence }) => ({ name, digest, presence })),
    rules,
    notices: buildNotices(rules, input),
  };
}

function judgeRule(rule: Rule, columns: readonly ScopedColumn[], input: EvaluationInput): RuleVerdict {
  const judge = judgeOnce(rule, input);
  const cells = columns.map((column) => waive(judgeColumn(rule, column, judge, input), rule, input));
  return { rule, cells, verdict: verdictOfCells(cells) };
}

/** An item counts the same in each column that it is asked for: it is judged once for a rule. */
function judgeOnce(
  rule: Rule,
  { policy, image, now, conditions = new Conditions() }: EvaluationInput,
): (item: EvidenceItem) => ItemJudgement {
  const known = new Map<EvidenceItem, ItemJudgement>();
  return (item) => {
    const judgement = known.get(item) ?? judgeItem(item, { policy, rule, image, now, conditions });
    known.set(item, judgement);
    return judgement;
  };
}

function judgeColumn(
  rule: Rule,
  column: ScopedColumn,
  judge: (item: EvidenceItem) => ItemJudgement,
  { policy, image, items, gaps, missingPlatforms }: EvaluationInput,
): Cell {
  const { name, digest } = column;
  const place = placeOf(rule, column, image, missingPlatforms);
  if (place.kind === 'settled') {
    const { state, reason } = place;
    return { rule: rule.name, column: name, digest, state, reason, evidence: [], rejected: [], gaps: [] };
  }
  const found = items.filter(({ subject }) => place.subjects.includes(subject));
  const judged = found.map((item) => ({ item, judgement: judge(item) }));
  const atLeast = wantedSigners(rule, policy)?.atLeast ?? 1;
  return { rule: rule.name, column: name, digest, ...judgeCell({ items: judged, gaps }, atLeast, place.subjects) };
}

/** A waiver lets through what is not met or not known; what was left out stays left out. */
function waive(cell: Cell, rule: Rule, { policy, image, now }: EvaluationInput): Cell {
  if (cell.state !== 'fail' && cell.state !== 'unknown') return cell;
  const waiver = findWaiver(policy, rule, image, now);
  if (waiver === undefined) return cell;
  return {
    ...cell,
    state: 'waived',
    reason: `waived until ${waiver.until}: ${waiver.reason} (${cell.reason})`,
    waiver,
  };
}
