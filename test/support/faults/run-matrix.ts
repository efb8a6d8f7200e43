import { FAULTS } from './fault-kinds.ts';
import type { Plan } from './fault-proxy.ts';
import type { Flow } from './flow.ts';
import { type CaseResult, countRequests, runCase, WRONGS_OF_TIME } from './run-case.ts';

/** So many cases wait at a time; each has servers of its own. */
const AT_ONCE = 16;

export interface MatrixOptions {
  /** Of each fault every `step`th case, and one at least; 1 is all of them. Which ones is the same in every run. */
  readonly step: number;
}

/** Every fault at every request of a flow, once and lasting. */
export async function runMatrix(flow: Flow, { step }: MatrixOptions): Promise<readonly CaseResult[]> {
  const requests = await countRequests(flow);
  const plans = FAULTS.flatMap((fault, f) => {
    const cases = requests.flatMap((_, i): Plan[] => [
      { fault, at: i + 1, how: 'once' },
      { fault, at: i + 1, how: 'always' },
    ]);
    // each fault begins elsewhere, so that few cases strike many requests
    const chosen = cases.filter((_, i) => (i + f * 7) % step === 0);
    return chosen.length > 0 ? chosen : cases.slice((f * 7) % cases.length).slice(0, 1);
  });
  const results: CaseResult[] = [];
  const work = async (): Promise<void> => {
    for (let plan = plans.shift(); plan !== undefined; plan = plans.shift()) results.push(await runCase(flow, plan));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const [i, result] of results.entries()) if (mayBeLoad(result)) results[i] = await runCase(flow, planOf(result));
  return results;
}

/**
 * On a machine with much to do answers come too late by themselves, and use up the tries, or the run's whole time. That
 * is looked at again, alone; what is lost, doubled, leaked or judged wrongly is not.
 */
function mayBeLoad({ wrongs, end }: CaseResult): boolean {
  const ofTime: readonly string[] = Object.values(WRONGS_OF_TIME);
  if (end?.errors.some(({ code }) => code === 'deadline-exceeded') === true) return wrongs.length > 0;
  return wrongs.length > 0 && wrongs.every((one) => ofTime.includes(one));
}

function planOf({ fault, at, how }: CaseResult): Plan {
  const found = FAULTS.find(({ name }) => name === fault);
  if (found === undefined) throw new Error(`no fault ${fault}`);
  return { fault: found, at, how };
}

/** One line for a case that is wrong. */
export function describeCase({ flow, fault, how, at, request, end, wrongs }: CaseResult): string {
  const codes = end?.errors.map(({ code, message }) => `${code}: ${message}`).join('; ') ?? '';
  return `${flow}, ${fault} (${how}) at request ${at} (${request}): ${wrongs.join(', ')} [${end?.word ?? 'no end'} ${codes}]`;
}
