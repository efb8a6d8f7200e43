import type { Referrer, ReferrersTree, SubjectNode } from '../../referrers/types.ts';

/** The tree with every list of referrers (of a subject, or of a referrer's own) replaced, from the root down. */
export function mapReferrerLists(
  tree: ReferrersTree,
  map: (referrers: readonly Referrer[]) => readonly Referrer[],
): ReferrersTree {
  const mapList = (referrers: readonly Referrer[]): readonly Referrer[] =>
    map(referrers).map((referrer) => ({ ...referrer, referrers: mapList(referrer.referrers) }));
  const mapNode = (node: SubjectNode): SubjectNode => ({
    ...node,
    referrers: mapList(node.referrers),
    children: node.children.map(mapNode),
  });
  return { ...tree, root: mapNode(tree.root) };
}

/** The tree without rows that are neither selected nor the way to one that is. */
export function pruneTree(tree: ReferrersTree): ReferrersTree {
  return mapReferrerLists(tree, (referrers) => referrers.filter(leadsToSelected));
}

function leadsToSelected(referrer: Referrer): boolean {
  return referrer.selected || referrer.referrers.some(leadsToSelected);
}

/** Every list of referrers in the tree that is not empty, from the root down. */
export function referrerLists(tree: ReferrersTree): (readonly Referrer[])[] {
  const lists: (readonly Referrer[])[] = [];
  const visit = (referrers: readonly Referrer[]): void => {
    if (referrers.length === 0) return;
    lists.push(referrers);
    for (const referrer of referrers) visit(referrer.referrers);
  };
  const visitNode = (node: SubjectNode): void => {
    visit(node.referrers);
    node.children.forEach(visitNode);
  };
  visitNode(tree.root);
  return lists;
}

/** The rows that the filter selects, each digest once per subject, from the root down. */
export function selectedReferrers(tree: ReferrersTree): Referrer[] {
  const rows = new Map<string, Referrer>();
  for (const referrer of referrerLists(tree).flat()) {
    const key = `${referrer.subject} ${referrer.descriptor.digest}`;
    if (referrer.selected && !rows.has(key)) rows.set(key, referrer);
  }
  return [...rows.values()];
}

/** A subject and those below it, from the root down. */
export function nodesOf(node: SubjectNode): SubjectNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}
