import { escapeMermaidLabel } from './escape.ts';
import { truncateBytes } from './truncate.ts';

/** A node of a flowchart and what hangs on it. */
export interface MermaidNode {
  /** Lines of its label, untrusted; empty ones are passed over. */
  readonly texts: readonly string[];
  /**
   * - `subject`: an image or a platform; `missing` one that the registry does not hold.
   * - `referrer`: an artifact; `way` one that only leads to others; `failed` one that is not attached.
   */
  readonly kind: 'subject' | 'missing' | 'referrer' | 'way' | 'failed';
  readonly children: readonly MermaidNode[];
}

const DEFAULT_MAX_NODES = 40;
const MAX_LINE_BYTES = 60;

/**
 * A tree as a Mermaid flowchart in a fenced block: subjects hang on by solid lines, referrers by dotted ones.
 * undefined where it has more than `maxNodes` nodes, or only one.
 */
export function renderMermaid(root: MermaidNode, maxNodes = DEFAULT_MAX_NODES): string | undefined {
  const count = countNodes(root, maxNodes);
  if (count > maxNodes || count === 1) return undefined;
  const lines: string[] = [];
  let next = 0;
  const add = ({ texts, kind, children }: MermaidNode): string => {
    const id = `n${next++}`;
    const [open, close] = isSubject(kind) ? ['([', '])'] : ['[', ']'];
    const label = texts.filter((text) => text !== '').map(labelLine);
    lines.push(`  ${id}${open}"${label.join('<br/>')}"${close}:::${kind}`);
    for (const child of children) {
      const childId = add(child);
      lines.push(`  ${id} ${isSubject(child.kind) ? '===' : '-.-'} ${childId}`);
    }
    return id;
  };
  add(root);
  return ['```mermaid', 'graph LR', ...lines, ...CLASSES, '```'].join('\n');
}

// no fill: GitHub shows the graph on light and dark ground
const CLASSES = [
  '  classDef subject stroke-width:2px',
  '  classDef missing stroke:#cf222e,stroke-dasharray:5 5',
  '  classDef referrer stroke:#2da44e',
  '  classDef way stroke-dasharray:2 2',
  '  classDef failed stroke:#cf222e',
];

function isSubject(kind: MermaidNode['kind']): boolean {
  return kind === 'subject' || kind === 'missing';
}

/** Counts no further than it takes to know that there are too many. */
function countNodes(node: MermaidNode, limit: number): number {
  let count = 1;
  for (const child of node.children) {
    if (count > limit) break;
    count += countNodes(child, limit - count);
  }
  return count;
}

function labelLine(text: string): string {
  return escapeMermaidLabel(truncateBytes(text, MAX_LINE_BYTES));
}
