import { RE2JS, RE2JSException } from 're2js';

/** Instructions of the compiled program: with the longest text, some millions of steps. */
const MAX_PROGRAM = 1000;

/** An RE2 expression as a test over the whole text, in linear time; or why it is none. */
export function compileRegexp(
  source: string,
): { readonly test: (text: string) => boolean } | { readonly problem: string } {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return { problem: thrown.message.replace(/^error parsing regexp: /, '') };
  }
  if (expression.programSize() > MAX_PROGRAM)
    return {
      problem: `it repeats too much, for ${expression.programSize()} instructions where ${MAX_PROGRAM} are allowed`,
    };
  return { test: (text) => expression.matches(text) };
}
