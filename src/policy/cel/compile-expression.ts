import { CodedError, type SourceLocation } from '../../errors/coded-error.ts';
import type { Expression } from '../expression.ts';

/** Longest expression, in characters. */
export const MAX_EXPRESSION_LENGTH = 2048;

/**
 * CEL source -> expression, parsed and checked; the engine is loaded here. `at` is where the source begins, or says
 * where its characters stand. Throws `expression-invalid` with the place of what is wrong.
 */
export async function compileExpression(
  source: string,
  at: SourceLocation | ((offset: number) => SourceLocation),
): Promise<Expression> {
  const locate = typeof at === 'function' ? at : (offset: number) => shift(at, source, offset);
  if (source.length > MAX_EXPRESSION_LENGTH) {
    throw new CodedError(
      'expression-invalid',
      `expected an expression of at most ${MAX_EXPRESSION_LENGTH} characters, got ${source.length}`,
      { location: locate(0) },
    );
  }
  const { compileProgram } = await import('./cel-program.ts');
  const program = compileProgram(source);
  if ('problem' in program) {
    throw new CodedError('expression-invalid', program.problem, {
      hint: program.hint,
      location: locate(program.offset),
    });
  }
  return { source, evaluate: program.evaluate };
}

/** Exact where the source begins at `at` and goes on from there as written. */
function shift(at: SourceLocation, source: string, offset: number): SourceLocation {
  if (at.line === undefined) return at;
  const before = source.slice(0, offset).split('\n');
  const last = before.at(-1) ?? '';
  const column = before.length === 1 ? (at.column ?? 1) + last.length : last.length + 1;
  return { file: at.file, line: at.line + before.length - 1, column };
}
