import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fault } from '../support/faults/fault-kinds.ts';
import { startFaultProxy } from '../support/faults/fault-proxy.ts';
import { KILLED_FLOWS, type KilledFlow } from '../support/faults/killed-runs.ts';
import { countRequests } from '../support/faults/run-case.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/** The process dies as its request arrives: before the registry has it, or when the registry has acted upon it. */
const MOMENTS = ['before', 'after'] as const;

/** Most of a case is waiting: for a process to start, for a list to settle. */
const AT_ONCE = 4;

interface Case {
  readonly at: number;
  readonly moment: (typeof MOMENTS)[number];
}

/** A run in a process that is killed at one request, then again in peace; and what is wrong with the end. */
async function killAndRerun({ start }: KilledFlow, { at, moment }: Case, compileCache: string) {
  const run = await start();
  const proxy = await startFaultProxy(run.registryUrl, 'http://127.0.0.1:9');
  try {
    const child = await run.startChild(proxy.host, compileCache);
    let killed = false;
    const strike: Fault['strike'] = async ({ forward }) => {
      if (moment === 'after') await forward();
      killed = true;
      child.kill();
      return { kind: 'reset' };
    };
    proxy.arm({ fault: { name: 'killed', class: 'loud', strike }, at, how: 'once' });
    const ended = await child.go().then(
      () => 'in order',
      ({ message }: Error) => message,
    );
    proxy.arm(undefined);
    const wrongs = killed || ended === 'in order' ? [] : [ended];
    wrongs.push(...(await run.rerun(proxy.host)));
    return { killed, wrongs: wrongs.map((wrong) => `${moment} request ${at}: ${wrong}`) };
  } finally {
    await proxy.close();
    await run.close();
  }
}

/** What one process leaves compiled lets those start sooner that never come to their end. */
async function runInPeace({ start }: KilledFlow, compileCache: string): Promise<readonly string[]> {
  const run = await start();
  try {
    const { host } = new URL(run.registryUrl);
    await (await run.startChild(host, compileCache)).go();
    return await run.rerun(host);
  } finally {
    await run.close();
  }
}

describe('a run that is killed at any request (SIGKILL)', { concurrency: true }, () => {
  for (const killed of KILLED_FLOWS) {
    it(`${killed.flow.name}: a rerun completes it, nothing is doubled, nothing lost`, async () => {
      await using cache = await makeTempDir('compiled-');
      const requests = await countRequests(killed.flow);
      assert.ok(requests.length > 5, `${requests.length} requests`);
      const wrongs = [...(await runInPeace(killed, cache.path))];
      let kills = 0;
      const cases = requests.flatMap((_, i): Case[] => MOMENTS.map((moment) => ({ at: i + 1, moment })));
      const work = async (): Promise<void> => {
        for (let one = cases.shift(); one !== undefined; one = cases.shift()) {
          const outcome = await killAndRerun(killed, one, cache.path);
          wrongs.push(...outcome.wrongs);
          if (outcome.killed) kills++;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      assert.deepEqual(wrongs, []);
      // a busy machine needs a look at the list more, or less: the last request may not come
      const expected = requests.length * MOMENTS.length;
      assert.ok(kills > 0.8 * expected, `${kills} kills of ${expected}`);
    });
  }
});
