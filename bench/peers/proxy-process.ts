/** The counting proxy as a process of its own, so that its CPU time is nobody's; for ground.ts. */
import { startCountingProxy } from '../../test/support/counting-proxy.ts';
import type { ProxyOrder, ProxyReport } from './ground.ts';

const proxy = await startCountingProxy(process.argv[2] ?? '');
const report = (): ProxyReport => ({ host: proxy.host, requests: proxy.log.length, rounds: proxy.rounds() });
process.on('message', (order: ProxyOrder) => {
  if (order.delayMs !== undefined) proxy.delayMs = order.delayMs;
  if (order.clear === true) proxy.clearLog();
  process.send?.(report());
});
process.send?.(report());
