import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runSuite, SPEC_VERSIONS } from '../../scripts/conformance/run-suite.ts';
import { findSuite } from '../../scripts/conformance/suite-binary.ts';

// Tests do not go to the network: scripts/conformance.ts installs the suite, or OCI_CONFORMANCE_BIN names it.
const suite = await findSuite({ install: false });
const skip = 'unavailable' in suite ? suite.unavailable : false;

describe('the official conformance suite', { skip }, () => {
  for (const version of SPEC_VERSIONS) {
    it(`finds nothing wrong with the embedded registry (${version})`, { timeout: 120_000 }, async () => {
      const run = await runSuite('path' in suite ? suite.path : '', version);
      assert.deepEqual(run.problems, [], run.output);
    });
  }
});
