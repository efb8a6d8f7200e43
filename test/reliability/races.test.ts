import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { raceToAttach } from '../support/attach-race.ts';
import { skipWithoutDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { repairAfterRace } from '../support/race/repair-after-race.ts';
import { certainStalls } from '../support/race/stalls.ts';

/** The whole of it, beside other clients: bench/fallback-races.ts. */
describe('eight processes that attach to one image at once, some held up', {
  skip: skipWithoutDockerRegistry(),
}, () => {
  it('with unique tags have all that they attached listed after one repair', async (t) => {
    const registry = await startDockerRegistry();
    t.after(() => registry.close());
    const inputs = { 'if-exists': 'add', 'unique-tags': 'true' };
    const outcome = await raceToAttach(registry.host, 8, inputs, { stalls: certainStalls() });
    assert.deepEqual([outcome.attached.length, outcome.failed], [8, []]);
    assert.ok(outcome.stalled.writes > 0 && outcome.stalled.reads > 0, 'nothing was held up');
    assert.ok(outcome.warned.includes('fallback-slow-write'), 'no writer said that it was slow');
    // whatever a pause at the worst moment made of the list
    assert.equal(await repairAfterRace(registry.host, outcome), 0);
  });
});
