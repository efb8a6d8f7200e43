import { parse } from 'yaml';

/** One line of results.yaml: an API, or a kind of data, and what became of it. */
export interface SuiteResult {
  readonly group: 'api' | 'data';
  readonly name: string;
  /** `Pass`, `Skip`, `Disabled`, `FAIL`, `Error`, `Unknown`. */
  readonly status: string;
}

export interface SuiteVerdict {
  readonly results: readonly SuiteResult[];
  /** What is not `Pass`, and what should have been there at all. Empty: conformant. */
  readonly problems: readonly string[];
}

/** Fewer than these were never a whole run: the suite exits 0 after an error in its own configuration. */
const LEAST_APIS = 25;
const LEAST_DATA = 15;

/**
 * results.yaml of the suite -> verdict. Everything has been switched on, so that anything but `Pass` counts against the
 * registry.
 */
export function judgeResults(yaml: string): SuiteVerdict {
  const document: unknown = parse(yaml);
  const apis = resultsOf(document, 'apis', 'api');
  const data = resultsOf(document, 'data', 'data');
  const results = [...apis, ...data];
  const problems = results
    .filter(({ status }) => status !== 'Pass')
    .map(({ group, name, status }) => `${group} ${name}: ${status}`);
  if (apis.length < LEAST_APIS) problems.push(`only ${apis.length} APIs were tested, expected at least ${LEAST_APIS}`);
  if (data.length < LEAST_DATA) {
    problems.push(`only ${data.length} kinds of data were tested, expected at least ${LEAST_DATA}`);
  }
  return { results, problems };
}

function resultsOf(document: unknown, key: string, group: SuiteResult['group']): SuiteResult[] {
  const section = typeof document === 'object' && document !== null ? Reflect.get(document, key) : undefined;
  if (typeof section !== 'object' || section === null) return [];
  return Object.entries(section).map(([name, status]) => ({ group, name, status: String(status) }));
}
