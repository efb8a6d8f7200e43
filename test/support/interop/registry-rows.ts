import type { MatrixRow } from './matrix.ts';

/** Rows with one cell a registry: every client takes part. */
export const DEEP_ROW: MatrixRow = {
  id: 'deep',
  title: 'Deep list of an index',
  text: 'The index, its platforms and one of its referrers get referrers from every client; `depth: all` shows each below its subject.',
};

export const GAINS_API_ROW: MatrixRow = {
  id: 'gains-api',
  title: 'A registry gains the API while referrers tags are there',
  text: 'Everybody attaches while there is no API, then it is switched on: each referrer is listed once, known from the API and from the tag, and the clients see as many.',
};
