import type { VerifyResult } from '../commands/verify/result.ts';
import type { CellState, Verdict } from '../policy/verdict.ts';
import { plural } from './plural.ts';
import { type UnmetCell, unmetCells } from './unmet-cells.ts';

/** What a verdict means, as a sentence begins. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'The policy is met',
  fail: 'The policy is not met',
  unknown: 'It could not be decided whether the policy is met',
};

/** A cell's state where there is room for words. */
export const CELL_WORDS: Readonly<Record<CellState, string>> = {
  pass: 'met',
  fail: 'not met',
  unknown: 'undecided',
  waived: 'waived',
  skipped: 'left out',
  'not-applicable': 'not asked',
};

const MAX_NAMED = 3;

/** The verdict in one line, for a log: `fail: 2 of 10 checks are not met: SBOM on linux/arm64 of ghcr.io/…; …`. Not escaped. */
export function describeVerdict(result: VerifyResult): string {
  const tolerated = result.mode === 'warn' && result.verdict !== 'pass' ? ' (mode: warn lets the run go on)' : '';
  return `${result.verdict}${part(result)}: ${findings(result, MAX_NAMED)}${tolerated}`;
}

/** The same without names, where the report stands above. */
export function countVerdict(result: VerifyResult): string {
  return `${result.verdict}${part(result)}: ${findings(result, 0)}`;
}

/** ` (shard 2/8 of 200 images)`. */
function part({ shard }: VerifyResult): string {
  return shard === undefined ? '' : ` (shard ${shard.number}/${shard.of} of ${plural(shard.total, 'image')})`;
}

function findings(result: VerifyResult, maxNamed: number): string {
  if (result.error !== undefined) return `${result.error.code}: ${result.error.message}`;
  const asked = countAsked(result);
  const images = plural(result.images.length, 'image');
  if (result.verdict === 'pass') return `${plural(asked, 'check')} on ${images}, all met or waived`;
  const unmet = unmetCells(result);
  const broken = result.images.flatMap((image) => (image.error === undefined ? [] : [image]));
  const named = [
    ...unmet.map((one) => `${one.cell.rule} on ${place(one, result)}: ${one.cell.reason}`),
    ...broken.map(({ requested, error }) => `${requested}: ${error.code}: ${error.message}`),
  ];
  const counts = [
    ...count(unmet, 'fail', asked, 'not met'),
    ...count(unmet, 'unknown', asked, 'undecided'),
    ...(broken.length > 0 ? [`${broken.length} of ${images} could not be judged`] : []),
  ];
  const more = named.length > maxNamed ? [`and ${named.length - maxNamed} more`] : [];
  const names = maxNamed === 0 || named.length === 0 ? '' : `: ${[...named.slice(0, maxNamed), ...more].join('; ')}`;
  return `${counts.join(', ') || 'nothing was judged'}${names}`;
}

function count(unmet: readonly UnmetCell[], state: CellState, asked: number, words: string): string[] {
  const found = unmet.filter(({ cell }) => cell.state === state).length;
  return found === 0 ? [] : [`${found} of ${plural(asked, 'check')} ${words}`];
}

function place({ cell, image }: UnmetCell, { images }: VerifyResult): string {
  return images.length === 1 ? cell.column : `${cell.column} of ${image.image.requested}`;
}

/** Cells that a rule asks for; what it is not about and what was left out do not count. */
export function countAsked({ images }: VerifyResult): number {
  return images
    .flatMap(({ verdict }) => verdict?.rules.flatMap(({ cells }) => cells) ?? [])
    .filter(({ state }) => state !== 'not-applicable' && state !== 'skipped').length;
}
