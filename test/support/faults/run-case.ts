import { setTimeout as sleep } from 'node:timers/promises';
import { type CaseNetwork, startCaseNetwork } from './case-network.ts';
import { NOT_DONE } from './fault-kinds.ts';
import type { Plan } from './fault-proxy.ts';
import type { Flow, FlowEnd, FlowWorld } from './flow.ts';
import { namesRequest } from './names-request.ts';

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

/** What answers that come too late by themselves bring about as well. */
export const WRONGS_OF_TIME = {
  /** Of a fault that struck once, and would not have struck again. */
  tried: 'one more try would have had it',
  named: 'no error names the request',
  cancelled: 'an upload session is left open',
} as const;

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
  const network = await startCaseNetwork(world.registry.url, { tls: false });
  try {
    const end = await runThrough(network, world, { class: 'loud', lasting: false });
    if (!end.reached || end.errors.length + end.wrongs.length > 0) {
      throw new Error(`${flow.name} without a fault: ${end.word}: ${[...end.errors, ...end.wrongs].join('; ')}`);
    }
    return [...network.proxy.seen];
  } finally {
    await network.close();
    await world.close();
  }
}

export async function runCase(flow: Flow, plan: Plan): Promise<CaseResult> {
  const world = await flow.prepare();
  const network = await startCaseNetwork(world.registry.url, { tls: plan.fault.overTls === true });
  const { proxy } = network;
  proxy.arm(plan);
  const began = performance.now();
  try {
    const options = { class: plan.fault.class, lasting: plan.how === 'always' };
    const running = runThrough(network, world, options);
    const end = await Promise.race([running, sleep(HANG_MS, undefined, { ref: false })]);
    return {
      flow: flow.name,
      fault: plan.fault.name,
      at: plan.at,
      request: proxy.seen[plan.at - 1] ?? 'none',
      how: plan.how,
      struck: proxy.struck.length,
      end,
      milliseconds: performance.now() - began,
      wrongs: end === undefined ? [`hangs: no end after ${HANG_MS} ms`] : await judge(end, plan, network, world),
    };
  } finally {
    await network.close();
    await world.close();
  }
}

function runThrough(
  { host, inputs, env }: CaseNetwork,
  world: FlowWorld,
  options: Pick<Parameters<FlowWorld['run']>[1], 'class' | 'lasting'>,
): Promise<FlowEnd> {
  return world.run(host, { ...options, inputs: { ...INPUTS, ...inputs }, env });
}

/** What holds for every flow, beside what the flow itself finds wrong with its end. */
async function judge(end: FlowEnd, plan: Plan, network: CaseNetwork, world: FlowWorld): Promise<string[]> {
  const { proxy } = network;
  const { fault, how } = plan;
  const wrongs = [...end.wrongs];
  for (const error of end.errors) {
    if (error.code === 'internal') wrongs.push(`an error without a code: ${error.message}`);
  }
  if (network.credentialsElsewhere > 0) wrongs.push('a credential was sent to another origin');
  if (fault.overTls === true && network.askedElsewhere > 0) wrongs.push('a request was sent in clear');
  if (fault.passes === true && how === 'once' && !end.reached) wrongs.push(WRONGS_OF_TIME.tried);
  if (end.errors.length > 0 && !isNamed(end, plan, network)) wrongs.push(WRONGS_OF_TIME.named);
  if (!(await turns(() => proxy.connections === 0))) wrongs.push(`${proxy.connections} connections are left open`);
  const leavesNone = await turns(() => world.registry.openUploads === 0 || mayLeaveUpload(plan, proxy.struck));
  if (!leavesNone) wrongs.push(WRONGS_OF_TIME.cancelled);
  return wrongs;
}

/**
 * Whether the errors say at which request it was; a registry that nobody reaches any more fails at whatever comes next,
 * and a lie, or a write that nobody did, comes out elsewhere.
 */
function isNamed(end: FlowEnd, { fault }: Plan, { proxy, host }: CaseNetwork): boolean {
  if (fault.name === 'connection refused') return end.errors.some(({ message }) => message.includes(host));
  const isLate = fault.class === 'lie' || fault.name === NOT_DONE;
  return isLate || proxy.struck.length === 0 || proxy.struck.some((request) => namesRequest(end, request));
}

/** Connections and sessions are closed in the moments after the run. */
async function turns(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 100 && !condition(); i++) await sleep(10);
  return condition();
}

/** Whoever never heard where a session is, cannot reach it any more, or is not let cancel it, cannot close it. */
function mayLeaveUpload({ fault }: Plan, struck: readonly string[]): boolean {
  if (fault.name === 'connection refused' || fault.name === NOT_DONE) return true;
  return struck.some((request) => /^(?:POST|DELETE) .*\/blobs\/uploads\//.test(request));
}
