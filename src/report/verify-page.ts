import type { VerifiedImage, VerifyResult } from '../commands/verify/result.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import { rootAge, rootText } from './evidence-text.ts';
import { BoundedPage, markdownCode, markdownDetails, markdownHint, markdownTable, markdownText } from './markdown.ts';
import { plural } from './plural.ts';
import { byteLength } from './truncate.ts';
import { noticesBesideGaps, unmetCells } from './unmet-cells.ts';
import {
  acceptedBlock,
  gapBlock,
  matrixLegend,
  matrixTable,
  noticeBlock,
  unmetBlocks,
  VERDICT_ICONS,
} from './verify-blocks.ts';
import { countAsked, VERDICT_WORDS } from './verify-words.ts';

export interface VerifyPageOptions {
  readonly maxBytes: number;
  /** First, before the heading; not Markdown that is seen. */
  readonly marker?: string;
  /** Last, whatever had to be left out. */
  readonly footer?: string;
}

const OMITTED_BYTES = 200;
const MAX_MESSAGE_BYTES = 1024;
const MAX_ROOTS = 20;

/**
 * The verdict as GitHub's Markdown, at most `maxBytes`: heading and banner, matrix and failures first, then notices, what
 * was accepted, and the policy. It says what it had no room for.
 */
export function renderVerifyPage(result: VerifyResult, { maxBytes, marker, footer = '' }: VerifyPageOptions): string {
  const head = marker === undefined ? '' : `${marker}\n`;
  const page = new BoundedPage(maxBytes - byteLength(head) - byteLength(footer) - OMITTED_BYTES);
  page.add(heading(result));
  page.add(banner(result));
  const [only] = result.images;
  const omitted =
    result.images.length === 1 && only !== undefined ? addOnly(page, only) : addMany(page, result, maxBytes);
  if (result.used !== undefined) page.add(usedBlock(result));
  const more =
    omitted === 0
      ? ''
      : `\n… and ${plural(omitted, 'more part')} that there is no room for here: the report has everything.\n`;
  return `${head}${page}${more}${footer === '' ? '' : `\n${footer}`}`;
}

function heading({ images, verdict, shard }: VerifyResult): string {
  const [only] = images;
  const what =
    images.length === 1 && only !== undefined ? markdownCode(only.requested) : plural(images.length, 'image');
  const part = shard === undefined ? '' : ` (shard ${shard.number}/${shard.of} of ${plural(shard.total, 'image')})`;
  const about = images.length === 0 && shard === undefined ? '' : `: ${what}${part}`;
  return `## ${VERDICT_ICONS[verdict]} ${VERDICT_WORDS[verdict]}${about}`;
}

/** How it stands, in a box: green, red or yellow. In mode `warn` a second box says that the run goes on all the same. */
function banner(result: VerifyResult): string {
  const { verdict, mode, error } = result;
  const kind = verdict === 'pass' ? 'TIP' : verdict === 'fail' ? 'CAUTION' : 'WARNING';
  const hint = error?.hint === undefined ? '' : `<br>💡 ${markdownHint(error.hint)}`;
  const said =
    error === undefined
      ? `${capital(tally(result))}.`
      : `<b>${error.code}</b> ${markdownText(error.message, MAX_MESSAGE_BYTES)}${hint}`;
  const box = `> [!${kind}]\n> ${said}`;
  if (mode !== 'warn' || verdict === 'pass') return box;
  return `> [!IMPORTANT]\n> <b>mode: warn</b>. The verdict is <b>${verdict}</b>, and this step succeeds all the same: nothing is held back.\n\n${box}`;
}

function tally(result: VerifyResult): string {
  const { images, verdict } = result;
  const cells = images.flatMap(({ verdict: image }) => image?.rules.flatMap((rule) => rule.cells) ?? []);
  const of = (state: string): number => cells.filter((cell) => cell.state === state).length;
  const parts = [
    [of('pass'), 'met'],
    [of('fail'), 'not met'],
    [of('unknown'), 'undecided'],
    [of('waived'), 'waived'],
    [of('skipped'), 'left out'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, words]) => `<b>${count}</b> ${words}`);
  const broken = images.filter(({ error }) => error !== undefined).length;
  const unjudged = broken === 0 ? '' : `; ${plural(broken, 'image')} could not be judged`;
  const warning = verdict === 'unknown' ? '; what could not be looked at never passes' : '';
  return `${plural(countAsked(result), 'check')}: ${shown.join(', ') || 'none made'}${unjudged}${warning}`;
}

/** Parts of one image that did not fit. */
function addOnly(page: BoundedPage, image: VerifiedImage): number {
  if (image.verdict === undefined) return page.add(brokenBlock(image)) ? 0 : 1;
  const { verdict } = image;
  page.add(`${markdownCode(verdict.image.digest)} · ${kindOf(verdict)}`);
  const { header, rows } = matrixTable(verdict);
  page.addTable(header, rows);
  page.add(matrixLegend(verdict));
  const blocks = [
    noticeBlock(noticesBesideGaps(verdict)),
    gapBlock(verdict),
    ...unmetBlocks(verdict),
    acceptedBlock(verdict),
  ];
  return blocks.filter((block) => block !== undefined && !page.add(block)).length;
}

function kindOf({ image: { kind, platforms } }: ImageVerdict): string {
  return kind === 'index' ? `index of ${plural(platforms.length, 'platform')}` : 'one manifest';
}

function brokenBlock({ error }: Extract<VerifiedImage, { verdict?: undefined }>): string {
  const hint = error.hint === undefined ? '' : `<br>💡 ${markdownHint(error.hint)}`;
  return `❓ <b>${error.code}</b> ${markdownText(error.message, MAX_MESSAGE_BYTES)}${hint}`;
}

/** Many images: a row for each that does not pass, their parts folded one by one, then all that pass in one fold. */
function addMany(page: BoundedPage, result: VerifyResult, maxBytes: number): number {
  const { images } = result;
  const passing = images.filter(({ verdict }) => verdict?.verdict === 'pass');
  const others = images.filter(({ verdict }) => verdict?.verdict !== 'pass');
  if (others.length > 0)
    page.addTable(
      ['', 'Image', 'Verdict', 'Why'],
      others.map((image) => overviewRow(image, result)),
    );
  const share = Math.floor(maxBytes / 4);
  const left = others.filter((image) => !page.add(foldImage(image, share, others.length <= 3))).length;
  const loud = passing.filter(({ verdict }) => verdict !== undefined && verdict.notices.length > 0);
  const notices = loud.length === 0 ? 0 : Number(!page.add(noticesOf(loud, share)));
  const folded = passing.length === 0 ? 0 : Number(!page.add(foldPassing(passing, share)));
  return left + notices + folded;
}

function overviewRow(image: VerifiedImage, result: VerifyResult): string[] {
  const { requested, verdict, error } = image;
  if (verdict === undefined) {
    return ['❓', markdownCode(requested), 'unknown', `<b>${error.code}</b> ${markdownText(error.message, 160)}`];
  }
  const unmet = unmetCells({ ...result, images: [image] });
  const rules = [...new Set(unmet.map(({ rule }) => rule.name))];
  const more = rules.length > 3 ? ` and ${rules.length - 3} more` : '';
  const why = `${plural(unmet.length, 'check')}: ${rules
    .slice(0, 3)
    .map((name) => markdownText(name, 80))
    .join(', ')}${more}`;
  return [VERDICT_ICONS[verdict.verdict], markdownCode(requested), verdict.verdict, why];
}

function foldImage(image: VerifiedImage, maxBytes: number, isOpen: boolean): string {
  const page = new BoundedPage(maxBytes);
  const omitted = addOnly(page, image);
  const more = omitted === 0 ? '' : `\n\n… and ${plural(omitted, 'more part')} in the report.`;
  const icon = VERDICT_ICONS[image.verdict?.verdict ?? 'unknown'];
  const fold = markdownDetails(`${icon} <b>${markdownText(image.requested)}</b>`, `${String(page).trimEnd()}${more}`);
  // what is open goes on for a page: a line says where the next image begins
  return isOpen ? `${fold.replace('<details>', '<details open>')}\n\n---` : fold;
}

function noticesOf(images: readonly VerifiedImage[], maxBytes: number): string {
  const page = new BoundedPage(maxBytes);
  for (const { requested, verdict } of images) {
    const notices = verdict === undefined ? undefined : noticeBlock(verdict.notices);
    if (notices !== undefined && !page.add(`${markdownCode(requested)}\n\n${notices}`)) break;
  }
  return markdownDetails(`🔔 Notices of ${plural(images.length, 'image')} that pass`, String(page).trimEnd());
}

function foldPassing(images: readonly VerifiedImage[], maxBytes: number): string {
  const page = new BoundedPage(maxBytes);
  const rows = images.map(({ requested, verdict }) => {
    const cells = verdict?.rules.flatMap((rule) => rule.cells) ?? [];
    const met = cells.filter(({ state }) => state === 'pass').length;
    const waived = cells.filter(({ state }) => state === 'waived').length;
    return [
      markdownCode(requested),
      markdownCode(verdict?.image.digest ?? ''),
      `${met} met${waived > 0 ? `, ${waived} waived` : ''}`,
    ];
  });
  page.addTable(['Image', 'Digest', 'Checks'], rows);
  return markdownDetails(
    `✅ ${plural(images.length, 'image')} ${images.length === 1 ? 'passes' : 'pass'}`,
    String(page).trimEnd(),
  );
}

/** The policy that was used, and the trust roots with their age, folded. */
function usedBlock({ used, checkedAt }: VerifyResult): string {
  if (used === undefined) return '';
  const { policy, digest, ref, roots } = used;
  const all = [...roots].flatMap(([name, ofTrust]) => ofTrust.map((root) => ({ name, root })));
  const rows = all
    .slice(0, MAX_ROOTS)
    .map(({ name, root }) => [
      markdownText(name),
      markdownText(rootText(root)),
      rootAge(root, checkedAt),
      markdownCode(root.digest),
    ]);
  const place = [
    markdownCode(policy.origin),
    ...(ref === undefined ? [] : [`at ${markdownCode(ref)}`]),
    ...(digest === undefined ? [] : [markdownCode(digest)]),
  ];
  const more = all.length > MAX_ROOTS ? `\n\n… and ${all.length - MAX_ROOTS} more in the report.` : '';
  const table = rows.length === 0 ? [] : [markdownTable(['Trust', 'Root', 'Date', 'Digest'], rows) + more];
  const body = [`${plural(policy.rules.length, 'rule')} of ${place.join(' ')}`, ...table].join('\n\n');
  return markdownDetails('Policy and trust roots', body);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
