import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { startAttachChild } from '../support/attach-child.ts';
import { attach } from '../support/attach-run.ts';
import { BY_TAG } from '../support/attaching.ts';
import { attachByApi, attachByTag, startAttachWorld } from '../support/faults/attach-flow.ts';
import type { Fault } from '../support/faults/fault-kinds.ts';
import { startFaultProxy } from '../support/faults/fault-proxy.ts';
import { countRequests } from '../support/faults/run-case.ts';

const INPUTS = { 'registry-username': 'user', 'registry-password': 'secret-of-user', concurrency: '1' };

/** The process dies as its request arrives: before the registry has it, or when the registry has acted upon it. */
type Moment = 'before' | 'after';

/** Attaches in a process that is killed at one request, then again in peace; says what is wrong with the end. */
async function killAndRerun(quirks: Quirks, at: number, moment: Moment): Promise<string[]> {
  const world = await startAttachWorld(quirks);
  const proxy = await startFaultProxy(world.registry.url, 'http://127.0.0.1:9');
  try {
    const child = await startAttachChild(world.workspace.path, world.inputsFor(proxy.host, INPUTS));
    let killed = false;
    const strike: Fault['strike'] = async ({ forward }) => {
      if (moment === 'after') await forward();
      killed = true;
      child.kill();
      return { kind: 'reset' };
    };
    proxy.arm({ fault: { name: 'killed', class: 'loud', strike }, at, how: 'once' });
    await assert.rejects(child.go(), /ended without a word/);
    const { row } = await attach(world.inputsFor(world.registry.host, INPUTS), { workspace: world.workspace.path });
    const listed = (await world.listed()).map(({ digest }) => digest);
    const expected = [world.other.descriptor.digest, row.digest];
    return [
      ...(killed ? [] : ['it was not killed']),
      ...(row.status === 'attached' || row.status === 'unchanged' ? [] : [`the rerun: ${row.status} ${row.error}`]),
      ...(listed.length === 2 && expected.every((one) => one !== undefined && listed.includes(one))
        ? []
        : [`listed: ${listed.join(', ')}; expected ${expected.join(', ')}`]),
    ].map((wrong) => `${moment} request ${at}: ${wrong}`);
  } finally {
    await proxy.close();
    await world.close();
  }
}

describe('an attach that is killed at any request (SIGKILL)', { concurrency: 2 }, () => {
  for (const [flow, quirks] of [
    [attachByApi, {}],
    [attachByTag, BY_TAG],
  ] as const) {
    it(`${flow.name}: a rerun completes it, nothing is doubled, nothing lost`, async () => {
      const requests = await countRequests(flow);
      assert.ok(requests.length > 5, `${requests.length} requests`);
      const wrongs: string[] = [];
      for (const at of requests.keys()) {
        const both = (['before', 'after'] as const).map((moment) => killAndRerun(quirks, at + 1, moment));
        wrongs.push(...(await Promise.all(both)).flat());
      }
      assert.deepEqual(wrongs, []);
    });
  }
});
