import type { Referrer, ReferrersTree } from '../referrers/types.ts';
import { escapeMermaidLabel } from './escape.ts';
import { contentTextOf, inDisplayOrder, labelledNodes, typeText } from './referrer-rows.ts';
import { shortDigest } from './short-digest.ts';
import { truncateBytes } from './truncate.ts';

const DEFAULT_MAX_NODES = 40;
const MAX_LINE_BYTES = 60;

/**
 * The tree as a Mermaid flowchart in a fenced block: platforms of an index by solid lines, referrers by dotted ones.
 * undefined where it has more than `maxNodes` nodes, or where nothing refers to anything.
 */
export function renderMermaidTree(tree: ReferrersTree, maxNodes = DEFAULT_MAX_NODES): string | undefined {
  const lines: string[] = [];
  let count = 0;

  const addNode = (texts: readonly string[], shape: readonly [string, string], className: string): string => {
    const id = `n${count++}`;
    const label = texts.filter((text) => text !== '').map(labelLine);
    lines.push(`  ${id}${shape[0]}"${label.join('<br/>')}"${shape[1]}:::${className}`);
    return id;
  };
  const addReferrers = (referrers: readonly Referrer[], parent: string): void => {
    for (const referrer of inDisplayOrder(referrers)) {
      if (count > maxNodes) return; // too many already: the graph will not be shown
      const content = contentTextOf(referrer) || shortDigest(referrer.descriptor.digest);
      const id = addNode([typeText(referrer), content], BOX, referrer.selected ? 'referrer' : 'way');
      lines.push(`  ${parent} -.- ${id}`);
      addReferrers(referrer.referrers, id);
    }
  };

  const [root, ...platforms] = labelledNodes(tree);
  if (root === undefined) return undefined;
  const rootTexts = [tree.requested, `${root.label} ${shortDigest(root.node.descriptor.digest)}`];
  const rootId = addNode(rootTexts, ROUND, root.node.missing ? 'missing' : 'subject');
  addReferrers(root.node.referrers, rootId);
  for (const { node, label } of platforms) {
    const texts = [label, node.missing ? 'not in the registry' : shortDigest(node.descriptor.digest)];
    const id = addNode(texts, ROUND, node.missing ? 'missing' : 'subject');
    lines.push(`  ${rootId} === ${id}`);
    addReferrers(node.referrers, id);
  }
  if (count > maxNodes || count === 1) return undefined;
  return ['```mermaid', 'graph LR', ...lines, ...CLASSES, '```'].join('\n');
}

const BOX = ['[', ']'] as const;
const ROUND = ['([', '])'] as const;

// no fill: GitHub shows the graph on light and dark ground
const CLASSES = [
  '  classDef subject stroke-width:2px',
  '  classDef referrer stroke:#2da44e',
  '  classDef way stroke-dasharray:2 2',
  '  classDef missing stroke:#cf222e,stroke-dasharray:5 5',
];

function labelLine(text: string): string {
  return escapeMermaidLabel(truncateBytes(text, MAX_LINE_BYTES));
}
