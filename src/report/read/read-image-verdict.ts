import { EVIDENCE_SOURCES, type EvidenceGap, type ScopedPlatform } from '../../policy/evidence-item.ts';
import type { Rule, Waiver } from '../../policy/policy.ts';
import {
  CELL_STATES,
  type Cell,
  COLUMN_PRESENCES,
  type Column,
  type ImageVerdict,
  NOTICE_CODES,
  type RuleVerdict,
  VERDICTS,
  type VerdictNotice,
  verdictOfCells,
  worstVerdict,
} from '../../policy/verdict.ts';
import type { JsonReader } from './json-reader.ts';
import { readJudgement } from './read-judgement.ts';
import { readPlace } from './read-place.ts';

type ImageMembers = Readonly<
  Record<'repository' | 'digest' | 'reference' | 'kind' | 'columns' | 'rules' | 'notices', JsonReader>
>;

/** An image of a report -> its verdict, made again of its cells. Throws `report-invalid`. */
export function readImageVerdict(
  requested: string,
  members: ImageMembers,
  known: ReadonlyMap<string, Rule>,
): ImageVerdict {
  const repository = members.repository.text();
  const digest = members.digest.digest();
  members.reference.word([`${repository}@${digest}`]);
  const columns = members.columns.list(readColumn);
  const rules = members.rules.list((rule) => readRuleVerdict(rule, known, columns));
  const names = new Set(rules.map(({ rule }) => rule.name));
  if (names.size !== known.size || rules.length !== known.size) throw members.rules.invalid('each rule of the policy');
  return {
    image: {
      requested,
      repository,
      digest,
      kind: members.kind.word(['index', 'manifest']),
      platforms: columns.flatMap(platformOf),
    },
    verdict: worstVerdict(rules.map(({ verdict }) => verdict)),
    columns,
    rules,
    notices: members.notices.list(readNotice),
  };
}

function readColumn(one: JsonReader): Column {
  const { name, digest, presence } = one.object('name', 'digest', 'presence');
  return { name: name.text(), digest: digest.digest(), presence: presence.word(COLUMN_PRESENCES) };
}

/** What a platform is called is in the column's name. */
function platformOf({ name, digest, presence }: Column): ScopedPlatform[] {
  if (name === 'index' || name === 'image' || presence === 'absent') return [];
  return [{ platform: undefined, digest, presence }];
}

function readRuleVerdict(one: JsonReader, known: ReadonlyMap<string, Rule>, columns: readonly Column[]): RuleVerdict {
  const members = one.object('name', 'verdict', 'cells');
  const rule = known.get(members.name.text());
  if (rule === undefined) throw members.name.invalid('a rule of the policy');
  const cells = members.cells.list((cell) => readCell(cell, rule));
  const isWhole = cells.length === columns.length && cells.every(({ column }, at) => column === columns[at]?.name);
  if (!isWhole) throw members.cells.invalid('a cell for each column');
  const verdict = verdictOfCells(cells);
  if (members.verdict.word(VERDICTS) !== verdict) throw members.verdict.invalid(`${verdict}, which its cells make`);
  return { rule, verdict, cells };
}

function readCell(one: JsonReader, rule: Rule): Cell {
  const keys = ['column', 'digest', 'state', 'reason', 'evidence', 'rejected', 'gaps', 'waiver'] as const;
  const members = one.object(...keys);
  const state = members.state.word(CELL_STATES);
  const evidence = members.evidence.list(readJudgement);
  const waiver = members.waiver.optional((text) => readWaiver(text, rule));
  if (state === 'pass' && evidence.length === 0) throw members.evidence.invalid('what met the rule');
  if (state === 'waived' && waiver === undefined) throw members.waiver.invalid('the waiver');
  return {
    rule: rule.name,
    column: members.column.text(),
    digest: members.digest.digest(),
    state,
    reason: members.reason.text(),
    evidence,
    rejected: members.rejected.list(readJudgement),
    gaps: members.gaps.list(readGap),
    ...(waiver !== undefined && { waiver }),
  };
}

function readGap(one: JsonReader): EvidenceGap {
  const { subject, source, code, reason, hint } = one.object('subject', 'source', 'code', 'reason', 'hint');
  return {
    subject: subject.digest(),
    source: source.word(EVIDENCE_SOURCES),
    code: code.text(),
    reason: reason.text(),
    hint: hint.optional((text) => text.text()),
  };
}

function readWaiver(one: JsonReader, { name }: Rule): Waiver {
  const { image, until, reason, at } = one.object('image', 'until', 'reason', 'at');
  return {
    rule: name,
    image: { kind: 'glob', text: image.text() },
    until: until.text(),
    reason: reason.text(),
    at: at.optional(readPlace) ?? { file: '' },
  };
}

function readNotice(one: JsonReader): VerdictNotice {
  const { code, message, at } = one.object('code', 'message', 'at');
  return { code: code.word(NOTICE_CODES), message: message.text(), at: at.optional(readPlace) };
}
