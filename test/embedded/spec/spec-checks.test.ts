/**
 * What distribution-spec asks of a registry, of the embedded one: in memory, on disk, and with its lists in pages.
 * `SPEC_REGISTRY=http://127.0.0.1:5000` asks it of the registry at that address instead; what it may leave out, and
 * does, is a skipped test.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { startServer } from '../../support/loopback-server.ts';
import { SPEC_CHECKS } from '../../support/spec/all-checks.ts';
import { REFERRERS } from '../../support/spec/checks/referrers.ts';
import { runCheck, runChecks } from '../../support/spec/run-checks.ts';
import { type SpecCheck, titleOf } from '../../support/spec/spec-check.ts';
import { describeEachBackend } from '../each-backend.ts';

/** The checks that ask for just this answer to what nobody pushed. */
const TRUE_OF_EVERYTHING: Readonly<Record<number, readonly string[]>> = {
  200: ['Endpoints (1.1 MUST): answers 200 to GET /v2/'],
  201: [],
  202: [],
  404: [
    'Pulling manifests (1.1 MUST): answers 404 in a repository that is not there',
    'Pulling blobs (1.1 MUST): answers 404 for a blob of a repository that is not there',
    'Listing Tags (1.1 MUST): answers 404 where nothing was pushed, or lists nothing',
    'Deleting Manifests (1.1 MUST): answers 404 to a deletion in a repository that is not there',
    'Error Codes (1.1 MUST): answers 4xx to a repository name that is none',
  ],
  500: [],
};

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
      assert.ok(titles.length >= 190, `${titles.length}`);
      assert.deepEqual([...new Set(titles)], titles);
    });

    for (const [status, expected] of Object.entries(TRUE_OF_EVERYTHING)) {
      it(`are not passed by a server that answers ${status} to everything`, async (test) => {
        const server = await startServer(test, (request, response) => {
          request.resume().on('end', () => response.writeHead(Number(status), { location: request.url }).end());
        });
        const results = await runChecks(server.url.origin);
        const passed = results.filter(({ outcome }) => outcome.kind === 'passed').map(({ check }) => titleOf(check));
        assert.deepEqual(passed, expected);
      });
    }
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
