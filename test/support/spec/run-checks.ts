import { SPEC_CHECKS } from './all-checks.ts';
import { NotOffered, type SpecCheck } from './spec-check.ts';
import { SpecGround } from './spec-ground.ts';

/** What came of a check: `declined` is what the specification lets a registry leave out. */
export type SpecOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'declined' | 'failed'; readonly reason: string };

export interface SpecResult {
  readonly check: SpecCheck;
  readonly outcome: SpecOutcome;
}

/** Every check against the registry at `http://host:port`, one after the other, each in repositories of its own. */
export async function runChecks(registry: string): Promise<readonly SpecResult[]> {
  const results: SpecResult[] = [];
  for (const check of SPEC_CHECKS) results.push({ check, outcome: await runCheck(registry, check) });
  return results;
}

/** One check, in repositories that nobody used before. */
export async function runCheck(registry: string, check: SpecCheck): Promise<SpecOutcome> {
  try {
    await check.run(new SpecGround(registry));
    return { kind: 'passed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof NotOffered ? 'declined' : 'failed', reason };
  }
}
