import type { VerifyResult } from '../commands/verify/result.ts';
import { signerKey } from '../evidence/signer.ts';
import type { EvidenceGap } from '../policy/evidence-item.ts';
import type { Rule } from '../policy/policy.ts';
import type { CandidateJudgement, Cell, ImageVerdict, RuleVerdict, VerdictNotice } from '../policy/verdict.ts';
import { evidenceName } from './evidence-text.ts';

/** A cell that keeps its image from passing. */
export interface UnmetCell {
  readonly image: ImageVerdict;
  readonly rule: Rule;
  readonly cell: Cell;
}

export function isUnmet({ state }: Cell): boolean {
  return state === 'fail' || state === 'unknown';
}

/** Of all images: what failed before what is undecided, else in the order of images, rules and columns. */
export function unmetCells({ images }: VerifyResult): UnmetCell[] {
  const all = images.flatMap(({ verdict: image }) =>
    image === undefined
      ? []
      : image.rules.flatMap(({ rule, cells }) => cells.filter(isUnmet).map((cell) => ({ image, rule, cell }))),
  );
  return all.toSorted((a, b) => Number(a.cell.state === 'unknown') - Number(b.cell.state === 'unknown'));
}

/** Cells of one rule that tell the same story, so that it is told once. */
export interface CellGroup {
  readonly rule: Rule;
  /** At least one; the story is told by the first. */
  readonly cells: readonly [Cell, ...Cell[]];
}

/** The unmet cells of a rule, those together that differ in nothing but where they are and which documents they met. */
export function groupUnmet({ rule, cells }: RuleVerdict): CellGroup[] {
  return groupCells(rule, cells.filter(isUnmet));
}

/** The cells that evidence meets, grouped in the same way. */
export function groupAccepted({ rule, cells }: RuleVerdict): CellGroup[] {
  return groupCells(
    rule,
    cells.filter(({ state, evidence }) => state === 'pass' && evidence.length > 0),
  );
}

/** Candidates of a group, the evidence first: what the first cell has, and how many other documents fare alike elsewhere. */
export function candidatesOf({
  cells,
}: CellGroup): { readonly judgement: CandidateJudgement; readonly like: number }[] {
  const [first] = cells;
  const all = cells.map(({ evidence, rejected }) => [...evidence, ...rejected]);
  return [...first.evidence, ...first.rejected].map((judgement, i) => {
    const names = new Set(
      all.flatMap((candidates) => (candidates[i] === undefined ? [] : [evidenceName(candidates[i].item)])),
    );
    return { judgement, like: names.size - 1 };
  });
}

function groupCells(rule: Rule, cells: readonly Cell[]): CellGroup[] {
  const groups = new Map<string, { rule: Rule; cells: [Cell, ...Cell[]] }>();
  for (const cell of cells) {
    const group = groups.get(storyOf(cell));
    if (group === undefined) groups.set(storyOf(cell), { rule, cells: [cell] });
    else group.cells.push(cell);
  }
  return [...groups.values()];
}

function storyOf({ state, reason, evidence, rejected, gaps }: Cell): string {
  return JSON.stringify([
    state,
    reason,
    evidence.map(judgementStory),
    rejected.map(judgementStory),
    gaps.map(({ source, code, reason: why }) => [source, code, why]),
  ]);
}

function judgementStory({ state, reason, signer, mismatch, voucher, item, root }: CandidateJudgement): unknown {
  const by = signer === undefined ? null : signerKey(signer);
  const vouched: unknown = voucher === undefined ? null : judgementStory(voucher);
  return [
    state,
    reason,
    by,
    mismatch?.paste ?? null,
    vouched,
    item.artifactType,
    item.origin ?? null,
    root?.digest ?? null,
  ];
}

/** Notices but for those about a place that `gapsOf` tells of, with the cells that it keeps undecided. */
export function noticesBesideGaps(verdict: ImageVerdict): readonly VerdictNotice[] {
  const told = new Set(gapsOf(verdict).map(({ gap }) => gap.reason));
  return verdict.notices.filter(
    ({ code, message }) => code !== 'source-unread' || ![...told].some((reason) => message.includes(reason)),
  );
}

/** Places that kept cells of an image from being decided, each once, with the columns that they are about. */
export function gapsOf({ rules }: ImageVerdict): { readonly gap: EvidenceGap; readonly columns: readonly string[] }[] {
  const gaps = new Map<string, { gap: EvidenceGap; columns: Set<string> }>();
  for (const cell of rules.flatMap(({ cells }) => cells.filter(isUnmet))) {
    for (const gap of cell.gaps) {
      const key = JSON.stringify([gap.source, gap.code, gap.reason, gap.hint ?? null]);
      const known = gaps.get(key) ?? { gap, columns: new Set() };
      gaps.set(key, known);
      known.columns.add(cell.column);
    }
  }
  return [...gaps.values()].map(({ gap, columns }) => ({ gap, columns: [...columns] }));
}
