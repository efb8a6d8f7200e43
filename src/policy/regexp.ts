import { RE2JS, RE2JSException } from 're2js';

/** Instructions of the compiled program: with the longest text, some millions of steps. */
const MAX_PROGRAM = 1000;

/** A test of a text; or why there is none. */
export type CompiledRegexp = { readonly test: (text: string) => boolean } | { readonly problem: string };

/** An RE2 expression as a test over the whole text, in linear time. */
export function compileRegexp(source: string): CompiledRegexp {
  const expression = compile(source);
  return 'problem' in expression ? expression : { test: (text) => expression.matches(text) };
}

/** The same as a search: the text has it somewhere, as CEL's `matches` wants it. */
export function compileSearch(source: string): CompiledRegexp {
  const expression = compile(source);
  return 'problem' in expression ? expression : { test: (text) => expression.test(text) };
}

function compile(source: string): RE2JS | { readonly problem: string } {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return { problem: thrown.message.replace(/^error parsing regexp: /, '') };
  }
  if (expression.programSize() <= MAX_PROGRAM) return expression;
  return {
    problem: `it repeats too much, for ${expression.programSize()} instructions where ${MAX_PROGRAM} are allowed`,
  };
}
