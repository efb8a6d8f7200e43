import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLOWS } from '../support/faults/all-flows.ts';
import { FAULTS } from '../support/faults/fault-kinds.ts';
import { describeCase, runMatrix } from '../support/faults/run-matrix.ts';

/** `FAULTS=1` runs every fault at every request, `FAULTS=7` every seventh case of each; by default some of each. */
const step = Number(process.env['FAULTS'] ?? 19);

describe('every fault at every request', () => {
  for (const flow of FLOWS) {
    it(`${flow.name}: the result is right or a coded error says why there is none`, async () => {
      const results = await runMatrix(flow, { step });
      assert.deepEqual(results.filter(({ wrongs }) => wrongs.length > 0).map(describeCase), []);
      const struck = results.filter((one) => one.struck > 0);
      assert.ok(struck.length > 0.9 * results.length, `${struck.length} of ${results.length} cases met their fault`);
      const met = new Set(struck.map(({ fault }) => fault));
      assert.ok(met.size >= FAULTS.length - 2, `${met.size} of ${FAULTS.length} faults were met`);
    });
  }
});
