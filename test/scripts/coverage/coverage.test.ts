import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLcov } from '../../../scripts/coverage/parse-lcov.ts';
import { renderCoveragePage, renderCoverageTable } from '../../../scripts/coverage/render-coverage.ts';

const LCOV = `TN:
SF:src/b/two.ts
FN:1,all
FNDA:3,all
BRDA:1,0,0,3
BRDA:4,1,0,0
BRDA:2,2,0,0
BRDA:4,3,0,-
DA:1,3
DA:2,0
end_of_record
TN:
SF:../project/src/a/one.ts
FNDA:0,none
DA:1,1
end_of_record
`;
const files = parseLcov(LCOV, '/work/project');

describe('coverage', () => {
  it('is read from the trace, with the lines of branches that were never taken', () => {
    assert.deepEqual(files, [
      {
        path: 'src/a/one.ts',
        lines: { reached: 1, all: 1 },
        functions: { reached: 0, all: 1 },
        branches: { reached: 0, all: 0 },
        missedBranches: [],
      },
      {
        path: 'src/b/two.ts',
        lines: { reached: 1, all: 2 },
        functions: { reached: 1, all: 1 },
        branches: { reached: 1, all: 4 },
        missedBranches: [2, 4],
      },
    ]);
  });

  it('is a table by folder, in shares that are rounded down', () => {
    assert.deepEqual(renderCoverageTable(files).split('\n').slice(2), [
      '| `src/a` | 100.0 % | 0.0 % | - | 0 |',
      '| `src/b` | 50.0 % | 100.0 % | 25.0 % | 3 |',
      '| all | 66.6 % | 50.0 % | 25.0 % | 3 |',
    ]);
  });

  it('names what is not reached, as the source has it', () => {
    const sources = new Map([
      ['src/b/two.ts', 'one\n  if (two) {\nthree\nfour\n'],
      ['src/a/types.ts', '/** One. */\nexport interface One {\n  readonly a: string;\n}\n'],
      ['src/a/unseen.ts', 'export function unseen(): void {}\n'],
    ]);
    const page = renderCoveragePage(files, sources, 'a day');
    assert.match(page, /\*\*src\/b\/two\.ts\*\*\n\n- 2: `` if \(two\) \{ ``\n- 4: `` four ``\n/);
    assert.match(page, /no test loads\n\n- src\/a\/unseen\.ts\n/);
    assert.doesNotMatch(page, /one\.ts|types\.ts/);
  });
});
