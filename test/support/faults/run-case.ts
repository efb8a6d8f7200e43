import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultProxy, type Plan, startFaultProxy } from './fault-proxy.ts';
import type { Flow, FlowEnd } from './flow.ts';

/** One fault at one request of one flow, and what is wrong with what came of it. */
export interface CaseResult {
  readonly flow: string;
  readonly fault: string;
  readonly at: number;
  readonly request: string;
  readonly how: Plan['how'];
  readonly struck: number;
  readonly end: FlowEnd | undefined;
  readonly milliseconds: number;
  /** Empty when all is well. */
  readonly wrongs: readonly string[];
}

/** A run that takes longer hangs: timeouts are 0.4 s, the retries two, the deadline 20 s. */
const HANG_MS = 30_000;
const INPUTS = {
  'registry-username': 'user',
  'registry-password': 'secret-of-user',
  retries: '2',
  timeout: '0.4',
  deadline: '20',
  concurrency: '1',
};

/** The requests of a run without any fault, in order. */
export async function countRequests(flow: Flow): Promise<readonly string[]> {
  const world = await flow.prepare();
  const proxy = await startFaultProxy(world.registry.url, 'http://127.0.0.1:9');
  try {
    const end = await world.run(proxy.host, { inputs: INPUTS, lies: false, lasting: false });
    if (end.errors.length + end.wrongs.length > 0) {
      throw new Error(`${flow.name} without a fault: ${[...end.errors, ...end.wrongs].join('; ')}`);
    }
    return [...proxy.seen];
  } finally {
    await proxy.close();
    await world.close();
  }
}

export async function runCase(flow: Flow, plan: Plan): Promise<CaseResult> {
  const world = await flow.prepare();
  const elsewhere = await startElsewhere();
  const proxy = await startFaultProxy(world.registry.url, elsewhere.url);
  proxy.arm(plan);
  const began = performance.now();
  try {
    const options = { inputs: INPUTS, lies: plan.fault.class === 'lie', lasting: plan.how === 'always' };
    const end = await Promise.race([world.run(proxy.host, options), sleep(HANG_MS, undefined, { ref: false })]);
    const request = proxy.seen[plan.at - 1] ?? 'none';
    const milliseconds = performance.now() - began;
    const wrongs = end === undefined ? [`hangs: no end after ${HANG_MS} ms`] : await judge(end, plan, proxy, elsewhere);
    if (world.registry.openUploads > 0 && !mayLeaveUpload(plan, request)) wrongs.push('an upload session is left open');
    return {
      flow: flow.name,
      fault: plan.fault.name,
      at: plan.at,
      request,
      how: plan.how,
      struck: proxy.struck,
      end,
      milliseconds,
      wrongs,
    };
  } finally {
    await proxy.close();
    await elsewhere.close();
    await world.close();
  }
}

async function judge(end: FlowEnd, plan: Plan, proxy: FaultProxy, elsewhere: Elsewhere): Promise<string[]> {
  const wrongs = [...end.wrongs];
  for (const error of end.errors) {
    if (error.code === 'internal') wrongs.push(`an error without a code: ${error.message}`);
  }
  if (elsewhere.credentials > 0) wrongs.push('a credential was sent to another origin');
  if (
    plan.fault.name.startsWith('redirect to another') &&
    elsewhere.asked === 0 &&
    end.errors.length === 0 &&
    proxy.struck > 1
  ) {
    wrongs.push('a redirect was neither followed nor refused');
  }
  if (!(await drained(proxy))) wrongs.push(`${proxy.connections} connections are left open`);
  return wrongs;
}

/** Connections close in the moments after the run. */
async function drained(proxy: FaultProxy): Promise<boolean> {
  for (let i = 0; i < 100 && proxy.connections > 0; i++) await sleep(10);
  return proxy.connections === 0;
}

/** Whoever never hears where a session is, or whose cancelling is what fails, cannot close it. */
function mayLeaveUpload({ fault }: Plan, request: string): boolean {
  return request.includes('/blobs/') && fault.name !== 'the page again';
}

interface Elsewhere {
  readonly url: string;
  readonly asked: number;
  readonly credentials: number;
  close(): Promise<void>;
}

/** Another origin, which notes whether credentials reach it. */
async function startElsewhere(): Promise<Elsewhere> {
  let asked = 0;
  let credentials = 0;
  const server = createServer((request, response) => {
    asked++;
    if (request.headers.authorization !== undefined) credentials++;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    get credentials() {
      return credentials;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
