import { type CelInput, isCelError, parse, plan } from '@bufbuild/cel';
import type { Expression, ExpressionInput, ExpressionResult, ExpressionRoot } from '../expression.ts';
import { createCelEnvironment } from './cel-environment.ts';
import { type CelProblem, checkProgram } from './check-program.ts';
import { jsonToCel } from './json-to-cel.ts';
import { withinTime } from './time-limit.ts';
import type { ParsedCel } from './visible-nodes.ts';

/**
 * Milliseconds of the clock for one evaluation, and for reading an expression. A loop over 10,000 packages takes a
 * twentieth of it on an idle machine; runners are not always idle.
 */
const TIME_LIMIT = 2000;

const environment = createCelEnvironment();

/** CEL source -> its evaluation; or what is wrong with it, and where. */
export function compileProgram(source: string): Pick<Expression, 'evaluate'> | CelProblem {
  const parsed = parseInTime(source);
  if ('problem' in parsed) return parsed;
  const checked = checkProgram(parsed, environment);
  if ('problem' in checked) return checked;
  const run = plan(environment, parsed);
  const { roots } = checked;
  return {
    evaluate: (input, milliseconds = TIME_LIMIT) =>
      evaluateInTime((bindings) => run(bindings), roots, input, Math.min(milliseconds, TIME_LIMIT)),
  };
}

function parseInTime(source: string): ParsedCel | CelProblem {
  try {
    const done = withinTime(TIME_LIMIT, () => parse(source));
    return done?.result ?? { problem: 'the expression takes too long to read', offset: 0 };
  } catch (thrown) {
    return { problem: `no CEL expression: ${describe(thrown)}`, offset: offsetOf(thrown) };
  }
}

function evaluateInTime(
  run: (bindings: Record<string, CelInput>) => unknown,
  roots: readonly ExpressionRoot[],
  input: ExpressionInput,
  limit: number,
): ExpressionResult {
  try {
    const done = withinTime(limit, () => run(Object.fromEntries(roots.map((root) => [root, jsonToCel(input[root])]))));
    if (done === undefined) return { error: `it took longer than ${limit / 1000} s`, isOutOfTime: true };
    if (isCelError(done.result)) return { error: done.result.message };
    if (typeof done.result === 'boolean') return { holds: done.result };
    return { error: `it is neither true nor false, but ${typeName(done.result)}` };
  } catch (thrown) {
    return { error: describe(thrown) };
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'a list, a map or a time' : `a ${typeof value === 'string' ? 'text' : 'number'}`;
}

/** What the engine threw: a syntax error with its place in front, or that the stack was too small. */
function describe(thrown: unknown): string {
  if (thrown instanceof RangeError && thrown.message.includes('call stack')) return 'it is nested too deeply';
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.replace(/^<input>:[0-9]+:[0-9]+: /, '');
}

interface Placed {
  readonly location?: { readonly start?: { readonly offset?: unknown } };
}

function offsetOf(thrown: unknown): number {
  const offset = (thrown as Placed | undefined)?.location?.start?.offset;
  return typeof offset === 'number' ? offset : 0;
}
