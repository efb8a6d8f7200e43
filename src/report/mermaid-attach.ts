import type { AttachedRow, AttachResult } from '../commands/attach/result.ts';
import { type MermaidNode, renderMermaid } from './mermaid.ts';
import { shortDigest } from './short-digest.ts';

/** What was attached to one repository as Mermaid flowcharts, one a repository; those that are too large are left out. */
export function renderMermaidAttach({ rows }: AttachResult): string[] {
  const repositories = Map.groupBy(rows, (row) => row.repository);
  return [...repositories].flatMap(([repository, own]) => {
    // what is attached to an artifact of the run hangs on that artifact (sign-by-digest)
    const digests = new Set(own.flatMap((row) => row.digest ?? []));
    const artifacts = own.filter((row) => row.subject === undefined || !digests.has(row.subject));
    const platforms = Map.groupBy(
      artifacts.filter((row) => row.platform !== undefined),
      (row) => `${row.platform} ${row.subject}`,
    );
    const image = artifacts.filter((row) => row.platform === undefined);
    const bySubject = Map.groupBy(own, (row) => row.subject);
    const node = (row: AttachedRow): MermaidNode => artifactNode(row, bySubject);
    const digest = image.find((row) => row.subject !== undefined)?.subject;
    const root: MermaidNode = {
      texts: [repository, digest === undefined ? '' : shortDigest(digest)],
      kind: 'subject',
      children: [...image.map(node), ...[...platforms.values()].map((rows) => platformNode(rows, node))],
    };
    return renderMermaid(root) ?? [];
  });
}

function platformNode(rows: readonly AttachedRow[], node: (row: AttachedRow) => MermaidNode): MermaidNode {
  const [first] = rows;
  return {
    texts: [first?.platform ?? '', first?.subject === undefined ? '' : shortDigest(first.subject)],
    kind: 'subject',
    children: rows.map(node),
  };
}

type BySubject = ReadonlyMap<AttachedRow['subject'], readonly AttachedRow[]>;

function artifactNode(row: AttachedRow, bySubject: BySubject): MermaidNode {
  const on = row.digest === undefined ? [] : (bySubject.get(row.digest) ?? []);
  const content =
    row.predicateType ?? (row.titles.join(', ') || (row.digest === undefined ? '' : shortDigest(row.digest)));
  return {
    texts: [row.artifactType ?? '', content, row.status],
    kind: row.status === 'failed' ? 'failed' : row.status === 'planned' ? 'way' : 'referrer',
    children: on.map((one) => artifactNode(one, bySubject)),
  };
}
