/**
 * What distribution-spec asks of a registry, of the embedded one: in memory, on disk, and with its lists in pages.
 * `SPEC_REGISTRY=http://127.0.0.1:5000` asks it of the registry at that address instead; what it may leave out, and
 * does, is a skipped test.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { SPEC_CHECKS } from '../../support/spec/all-checks.ts';
import { REFERRERS } from '../../support/spec/checks/referrers.ts';
import { runCheck } from '../../support/spec/run-checks.ts';
import { type SpecCheck, titleOf } from '../../support/spec/spec-check.ts';
import { describeEachBackend } from '../each-backend.ts';

const address = process.env['SPEC_REGISTRY'];

if (address !== undefined && address !== '') {
  describe(`the registry at ${address}`, () => {
    for (const check of SPEC_CHECKS) {
      it(titleOf(check), async (test) => {
        const outcome = await runCheck(address, check);
        if (outcome.kind === 'declined') test.skip(outcome.reason);
        if (outcome.kind === 'failed') assert.fail(outcome.reason);
      });
    }
  });
} else {
  describe('the checks of distribution-spec', () => {
    it('are told apart by their titles', () => {
      const titles = SPEC_CHECKS.map(titleOf);
      assert.ok(titles.length >= 170, `${titles.length}`);
      assert.deepEqual([...new Set(titles)], titles);
    });
  });
  describeEachBackend('distribution-spec on the embedded registry', {}, (registry) =>
    describeChecks(SPEC_CHECKS, registry),
  );
  describe('distribution-spec on the embedded registry, whose lists come in pages of three', () => {
    let registry: EmbeddedRegistry;
    before(async () => {
      registry = await startEmbeddedRegistry({ quirks: { referrersPageSize: 3 } });
    });
    after(() => registry.close());
    describeChecks(REFERRERS, () => registry);
  });
}

/** Nothing that the specification has is left out, so that a check which is declined fails. */
function describeChecks(checks: readonly SpecCheck[], registry: () => EmbeddedRegistry): void {
  for (const check of checks) {
    it(titleOf(check), async () => {
      assert.deepEqual(await runCheck(registry().url, check), { kind: 'passed' });
    });
  }
}
