import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLOWS } from '../support/faults/all-flows.ts';
import { FAULTS } from '../support/faults/fault-kinds.ts';
import { describeCase, runMatrix } from '../support/faults/run-matrix.ts';

/** `FAULTS=full` runs every fault at every request; otherwise every seventh case, which strikes every fault. */
const step = process.env['FAULTS'] === 'full' ? 1 : 7;

describe('every fault at every request', () => {
  for (const flow of FLOWS) {
    it(`${flow.name}: the result is right or a coded error says why there is none`, async () => {
      const results = await runMatrix(flow, { step });
      assert.deepEqual(results.filter(({ wrongs }) => wrongs.length > 0).map(describeCase), []);
      const struck = results.filter((one) => one.struck > 0);
      assert.ok(struck.length > 0.95 * results.length, `${struck.length} of ${results.length} cases met their fault`);
      assert.equal(new Set(struck.map(({ fault }) => fault)).size, FAULTS.length, 'every fault struck');
    });
  }
});
