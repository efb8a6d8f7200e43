import type { CaseResult } from '../../test/support/faults/run-case.ts';

/** A row for each fault, a column for each flow: `right / error / wrong`. */
export function renderFaultTable(
  results: readonly CaseResult[],
  flows: readonly string[],
  faults: readonly string[],
): string {
  const head = [`| fault | ${flows.join(' | ')} |`, `|---|${flows.map(() => '---|').join('')}`];
  const rows = faults.map((fault) => {
    const cells = flows.map((flow) => renderCell(results.filter((one) => one.flow === flow && one.fault === fault)));
    return `| ${fault} | ${cells.join(' | ')} |`;
  });
  const totals = flows.map((flow) => `**${renderCell(results.filter((one) => one.flow === flow))}**`);
  return [...head, ...rows, `| **all** | ${totals.join(' | ')} |`].join('\n');
}

function renderCell(cases: readonly CaseResult[]): string {
  const wrong = cases.filter(({ wrongs }) => wrongs.length > 0);
  const right = cases.filter((one) => !wrong.includes(one));
  const reached = right.filter(({ end }) => end?.reached === true);
  return `${reached.length} / ${right.length - reached.length} / ${wrong.length}`;
}
