import { readFile } from 'node:fs/promises';

const root = new URL('../../', import.meta.url);

/** A test that a document names: the file, from the root of the project, and the title of a test or a suite in it. */
export interface NamedTest {
  readonly file: string;
  /** As it stands in the file; `…` is what a template fills in. */
  readonly title: string;
}

/** Cells of every row of every table of a Markdown page, its headings left out. */
export function parseTableRows(page: string): readonly (readonly string[])[] {
  return page
    .split('\n')
    .filter((line, i, lines) => line.startsWith('|') && !isRule(line) && !isRule(lines[i + 1] ?? ''))
    .map(parseCells);
}

function isRule(line: string): boolean {
  return /^\|[-:| ]+\|$/.test(line);
}

function parseCells(line: string): readonly string[] {
  return line
    .slice(1)
    .split(/(?<!\\)\|/)
    .slice(0, -1)
    .map((cell) => cell.trim().replaceAll(/\\([|<])/g, '$1'));
}

/** The parts of a cell, which stand on lines of their own. */
export function parseParts(cell: string): readonly string[] {
  return cell.split('<br>').map((part) => part.trim());
}

/** Reads `` `test/x.test.ts` › title ``; undefined for anything else. */
export function parseNamedTest(part: string): NamedTest | undefined {
  const [, file, title] = /^`(test\/[^`]+\.test\.ts)` › (.+)$/.exec(part) ?? [];
  return file === undefined || title === undefined ? undefined : { file, title };
}

/** Why a named test is not there; undefined if it is. */
export async function findFault({ file, title }: NamedTest): Promise<string | undefined> {
  try {
    const source = await readFile(new URL(file, root), 'utf8');
    return hasTitle(source, title) ? undefined : `${file} has no title "${title}"`;
  } catch {
    return `${file} is not there`;
  }
}

/** Whether a title stands in a test file as an argument or in a table, whole; not in a comment, and no part of one. */
export function hasTitle(source: string, title: string): boolean {
  const constants = title.split('…').map(patternOf);
  const whole = constants.join(String.raw`(?:\$\{[\s\S]{1,250}?\})+`);
  return new RegExp(`(?:[[(,?:]|=>)\\s*(['"\`])${whole}\\1`).test(source);
}

/** In the source, quotation marks may be escaped, and what is beyond ASCII may be written as an escape. */
function patternOf(text: string): string {
  return text
    .replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    .replaceAll(/['"`]/g, '\\\\?$&')
    .replaceAll(/[^\0-\x7f]/g, (sign) => `(?:${sign}|\\\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')})`);
}
