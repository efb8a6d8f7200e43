/** Our own CPU time for a list of 10,000 referrers over pages; the registry is another process. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { listReferrers, openRegistry, parseDigest } from '../src/index.ts';
import { printTable } from './measure.ts';

const COUNT = 10_000;

export async function benchListMany(): Promise<void> {
  const child = fork(fileURLToPath(new URL('./many-referrers-server.ts', import.meta.url)), [String(COUNT)]);
  const [ready] = (await once(child, 'message')) as [{ host: string; subject: string }];
  const registry = await openRegistry();
  const store = await registry.repository(`${ready.host}/many`);
  const before = process.cpuUsage();
  const start = performance.now();
  const tree = await listReferrers({ store, target: parseDigest(ready.subject), verify: false });
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const { requests } = registry.economy;
  await registry.close();
  child.kill();
  if (tree.root.referrers.length !== COUNT)
    throw new Error(`expected ${COUNT} rows, got ${tree.root.referrers.length}`);
  printTable(
    `List of ${COUNT} referrers, verify: false`,
    ['requests', 'own CPU s', 'wall s', 'goal'],
    [[String(requests), (user + system) / 1e6, wall / 1000, 'CPU < 1']],
  );
}
