import type { CelEnv } from '@bufbuild/cel';
import { nearName } from '../../errors/near-name.ts';
import { EXPRESSION_ROOTS, type ExpressionRoot } from '../expression.ts';
import { type CelNode, type ParsedCel, type VisibleNode, visibleNodes } from './visible-nodes.ts';

export interface CelProblem {
  readonly problem: string;
  readonly hint?: string | undefined;
  /** In the source, 0-based. */
  readonly offset: number;
}

type Complaint = Omit<CelProblem, 'offset'>;

/** What the language itself calls, without a declaration. */
const OPERATORS = ['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false'];
const TYPES = ['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'];
const MACROS = ['all', 'exists', 'exists_one', 'map', 'filter', 'has'];

/** The roots that an expression looks at; or the first name in it that means nothing, or that it can never be a boolean. */
export function checkProgram(
  parsed: ParsedCel,
  env: CelEnv,
): { readonly roots: readonly ExpressionRoot[] } | CelProblem {
  const roots = new Set<ExpressionRoot>();
  for (const visible of visibleNodes(parsed.expr)) {
    const complaint = complaintOf(visible, env);
    if (complaint !== undefined) return { ...complaint, offset: offsetOf(visible.node, parsed) };
    const root = rootOf(visible);
    if (root !== undefined) roots.add(root);
  }
  if (neverBoolean(parsed.expr, env)) {
    return { problem: 'expected something that is true or false', offset: offsetOf(parsed.expr, parsed) };
  }
  return { roots: [...roots] };
}

function offsetOf(node: CelNode, { sourceInfo }: ParsedCel): number {
  return sourceInfo?.positions[String(node.id)] ?? 0;
}

function rootOf({ node: { exprKind }, scope }: VisibleNode): ExpressionRoot | undefined {
  if (exprKind.case !== 'identExpr' || scope.includes(exprKind.value.name)) return undefined;
  return EXPRESSION_ROOTS.find((root) => root === exprKind.value.name);
}

function complaintOf(visible: VisibleNode, env: CelEnv): Complaint | undefined {
  const { exprKind } = visible.node;
  switch (exprKind.case) {
    case 'identExpr': {
      const { name } = exprKind.value;
      const known = rootOf(visible) !== undefined || visible.scope.includes(name) || TYPES.includes(name);
      return known ? undefined : { problem: `an expression sees no ${JSON.stringify(name)}`, hint: rootHint(name) };
    }
    case 'callExpr':
      return callComplaint(
        env,
        exprKind.value.function,
        exprKind.value.target !== undefined,
        exprKind.value.args.length,
      );
    case 'structExpr':
      if (exprKind.value.messageName === '') return undefined;
      return { problem: `there are no messages here, such as ${exprKind.value.messageName}` };
    case undefined:
      return { problem: 'expected an expression' };
    default:
      return undefined;
  }
}

function rootHint(name: string): string {
  const near = nearName(name, EXPRESSION_ROOTS);
  return near === undefined ? `Begin with one of ${EXPRESSION_ROOTS.join(', ')}.` : `Did you mean ${near}?`;
}

function callComplaint(env: CelEnv, name: string, isMethod: boolean, args: number): Complaint | undefined {
  if (OPERATORS.includes(name)) return undefined;
  const overloads = [...(env.funcs.find(name) ?? [])];
  if (overloads.some((one) => (one.target !== undefined) === isMethod && one.arguments.length === args))
    return undefined;
  if (MACROS.includes(name)) return { problem: `${name}() is written otherwise`, hint: macroHint(name) };
  if (overloads.length > 0) return { problem: `${name}() takes other arguments` };
  const functions = [...env.funcs].map((one) => one.name).filter((one) => /^[a-z]/i.test(one));
  const near = nearName(name, [...MACROS, ...functions]);
  return { problem: `there is no function ${name}()`, hint: near && `Did you mean ${near}()?` };
}

function macroHint(name: string): string {
  return name === 'has' ? 'As in has(predicate.field).' : `As in predicate.list.${name}(item, item.field == "value").`;
}

/** Whether the outermost operation yields something else, whatever the data are. */
function neverBoolean({ exprKind }: CelNode, env: CelEnv): boolean {
  switch (exprKind.case) {
    case 'constExpr':
      return exprKind.value.constantKind.case !== 'boolValue';
    case 'listExpr':
    case 'structExpr':
      return true;
    case 'callExpr': {
      if (OPERATORS.includes(exprKind.value.function)) return false;
      const overloads = [...(env.funcs.find(exprKind.value.function) ?? [])];
      return !overloads.some(({ result }) => result.name === 'bool' || result.name === 'dyn');
    }
    default:
      return false;
  }
}
