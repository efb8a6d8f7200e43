/** How words are made to stand out in a terminal. Each takes text that is escaped already. */
export interface TextStyle {
  readonly heading: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly type: (text: string) => string;
}

const plain = (text: string): string => text;

/** No colours: for files, pipes and NO_COLOR. */
export const plainStyle: TextStyle = { heading: plain, dim: plain, good: plain, warn: plain, bad: plain, type: plain };

const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`;

/** ANSI colours that any terminal has. */
export const ansiStyle: TextStyle = {
  heading: sgr(1, 22),
  dim: sgr(2, 22),
  good: sgr(32, 39),
  warn: sgr(33, 39),
  bad: sgr(31, 39),
  type: sgr(36, 39),
};
