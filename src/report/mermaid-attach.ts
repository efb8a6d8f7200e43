import type { AttachedRow, AttachResult } from '../commands/attach/result.ts';
import { type MermaidNode, renderMermaid } from './mermaid.ts';
import { shortDigest } from './short-digest.ts';

/** What was attached to one repository as Mermaid flowcharts, one a repository; those that are too large are left out. */
export function renderMermaidAttach({ rows }: AttachResult): string[] {
  const repositories = Map.groupBy(rows, (row) => row.repository);
  return [...repositories].flatMap(([repository, own]) => {
    const platforms = Map.groupBy(
      own.filter((row) => row.platform !== undefined),
      (row) => `${row.platform} ${row.subject}`,
    );
    const image = own.filter((row) => row.platform === undefined);
    const digest = image.find((row) => row.subject !== undefined)?.subject;
    const root: MermaidNode = {
      texts: [repository, digest === undefined ? '' : shortDigest(digest)],
      kind: 'subject',
      children: [...image.map(artifactNode), ...[...platforms.values()].map(platformNode)],
    };
    return renderMermaid(root) ?? [];
  });
}

function platformNode(rows: readonly AttachedRow[]): MermaidNode {
  const [first] = rows;
  return {
    texts: [first?.platform ?? '', first?.subject === undefined ? '' : shortDigest(first.subject)],
    kind: 'subject',
    children: rows.map(artifactNode),
  };
}

function artifactNode(row: AttachedRow): MermaidNode {
  const content = row.titles.join(', ') || (row.digest === undefined ? '' : shortDigest(row.digest));
  return {
    texts: [row.artifactType ?? '', content, row.status],
    kind: row.status === 'failed' ? 'failed' : row.status === 'planned' ? 'way' : 'referrer',
    children: [],
  };
}
