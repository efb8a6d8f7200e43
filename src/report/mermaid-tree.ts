import type { Referrer, ReferrersTree } from '../referrers/types.ts';
import { type MermaidNode, renderMermaid } from './mermaid.ts';
import { presenceText } from './presence-text.ts';
import {
  contentTextOf,
  inDisplayOrder,
  type LabelledNode,
  labelledChildren,
  labelledNodes,
  typeText,
} from './referrer-rows.ts';
import { shortDigest } from './short-digest.ts';

/** The tree of an image as a Mermaid flowchart; undefined where it is too large, or nothing refers to anything. */
export function renderMermaidTree(tree: ReferrersTree, maxNodes?: number): string | undefined {
  const [root] = labelledNodes(tree);
  if (root === undefined) return undefined;
  const digest = shortDigest(root.node.descriptor.digest);
  const image: MermaidNode = {
    ...subjectNode(root),
    texts: [tree.requested.replace(/@.*/, ''), `${root.label} ${digest}`],
  };
  return renderMermaid(image, maxNodes);
}

function subjectNode({ node, label }: LabelledNode): MermaidNode {
  const defect = presenceText(node);
  return {
    texts: [label, defect ?? shortDigest(node.descriptor.digest)],
    kind: defect === undefined ? 'subject' : 'missing',
    children: [...referrerNodes(node.referrers), ...labelledChildren(node).map(subjectNode)],
  };
}

function referrerNodes(referrers: readonly Referrer[]): MermaidNode[] {
  return inDisplayOrder(referrers).map((referrer) => ({
    texts: [typeText(referrer), contentTextOf(referrer) || shortDigest(referrer.descriptor.digest)],
    kind: referrer.selected ? 'referrer' : 'way',
    children: referrerNodes(referrer.referrers),
  }));
}
