import type { parse } from '@bufbuild/cel';

export type ParsedCel = ReturnType<typeof parse>;
export type CelNode = ParsedCel['expr'];

/** A node of the tree, and the variables that macros (`all`, `map`, ...) define where it stands. */
export interface VisibleNode {
  readonly node: CelNode;
  readonly scope: readonly string[];
}

/** The node and all below it, in the order of the source as far as the tree has it. */
export function* visibleNodes(node: CelNode, scope: readonly string[] = []): Generator<VisibleNode> {
  yield { node, scope };
  for (const child of childrenOf(node, scope)) yield* visibleNodes(child.node, child.scope);
}

function childrenOf({ exprKind }: CelNode, scope: readonly string[]): VisibleNode[] {
  switch (exprKind.case) {
    case 'selectExpr':
      return present([exprKind.value.operand], scope);
    case 'callExpr':
      return present([exprKind.value.target, ...exprKind.value.args], scope);
    case 'listExpr':
      return present(exprKind.value.elements, scope);
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) =>
        present([keyKind.case === 'mapKey' ? keyKind.value : undefined, value], scope),
      );
    case 'comprehensionExpr': {
      const { accuVar, iterVar, accuInit, iterRange, loopCondition, loopStep, result } = exprKind.value;
      const inside = [...scope, accuVar, iterVar];
      return [...present([iterRange, accuInit], scope), ...present([loopCondition, loopStep, result], inside)];
    }
    default:
      return [];
  }
}

function present(nodes: readonly (CelNode | undefined)[], scope: readonly string[]): VisibleNode[] {
  return nodes.flatMap((node) => (node === undefined ? [] : [{ node, scope }]));
}
