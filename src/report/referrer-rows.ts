import { ANNOTATION_CREATED, ANNOTATION_TITLE, isIndexType, OCI_EMPTY } from '../oci/media-types.ts';
import { formatPlatform } from '../oci/platform.ts';
import type { Referrer, ReferrersTree, SubjectNode } from '../referrers/types.ts';

/** A subject of the tree, with the name that people know it by. */
export interface LabelledNode {
  readonly node: SubjectNode;
  /** `index`, `image`, `nested index`, or the platform: `linux/arm64/v8`. Untrusted. */
  readonly label: string;
}

/** A referrer as a line of a table. Every text in it is untrusted. */
export interface ReferrerRow {
  readonly referrer: Referrer;
  /** What it refers to: the subject's label, then for deeper rows the types on the way. */
  readonly path: readonly string[];
}

/** The root, then the platforms in the order of the index, each nested index before its own. */
export function labelledNodes({ root }: ReferrersTree): LabelledNode[] {
  const label = isIndexType(root.descriptor.mediaType) ? 'index' : platformOf(root, 'image');
  return [{ node: root, label }, ...labelledChildren(root).flatMap(withBelow)];
}

export function labelledChildren({ children }: SubjectNode): LabelledNode[] {
  return children.map((node) => ({
    node,
    label: node.isNestedIndex === true ? nestedLabel(node) : platformOf(node, 'no platform'),
  }));
}

function withBelow(labelled: LabelledNode): LabelledNode[] {
  return [labelled, ...labelledChildren(labelled.node).flatMap(withBelow)];
}

function nestedLabel(node: SubjectNode): string {
  return ['nested index', platformOf(node, '')].join(' ').trim();
}

function platformOf(node: SubjectNode, otherwise: string): string {
  return node.platform === undefined ? otherwise : formatPlatform(node.platform);
}

/** Every row that the filter selects, a subject after the other, each followed by what refers to it. */
export function selectedRows(tree: ReferrersTree): ReferrerRow[] {
  return labelledNodes(tree).flatMap(selectedRowsOf);
}

export function selectedRowsOf({ node, label }: LabelledNode): ReferrerRow[] {
  const rows: ReferrerRow[] = [];
  addRows(rows, node.referrers, [label]);
  return rows;
}

function addRows(rows: ReferrerRow[], referrers: readonly Referrer[], path: readonly string[]): void {
  for (const referrer of inDisplayOrder(referrers)) {
    if (referrer.selected) rows.push({ referrer, path });
    if (referrer.referrers.length > 0) addRows(rows, referrer.referrers, [...path, typeText(referrer)]);
  }
}

/** Log, summary and JSON each ask for the order of the same lists, which nobody changes. */
const ordered = new WeakMap<readonly Referrer[], readonly Referrer[]>();

/** By type, time, then digest: the same rows always stand in the same order, whatever the registry's was. */
export function inDisplayOrder(referrers: readonly Referrer[]): readonly Referrer[] {
  if (referrers.length < 2) return referrers;
  const known = ordered.get(referrers);
  if (known !== undefined) return known;
  const order = referrers.toSorted(
    (a, b) =>
      compare(a.descriptor.artifactType ?? '', b.descriptor.artifactType ?? '') ||
      compare(createdOf(a) ?? '', createdOf(b) ?? '') ||
      compare(a.descriptor.digest, b.descriptor.digest),
  );
  ordered.set(referrers, order);
  return order;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function typeText(referrer: Referrer): string {
  return referrer.descriptor.artifactType ?? '(no type)';
}

export function createdOf(referrer: Referrer): string | undefined {
  return referrer.descriptor.annotations?.[ANNOTATION_CREATED];
}

/** Titles of its files, in layer order; empty where the manifest was not read. */
export function titlesOf(referrer: Referrer): string[] {
  const { manifest } = referrer;
  const layers = manifest?.kind === 'manifest' ? manifest.layers : [];
  return layers.flatMap((layer) => layer.annotations?.[ANNOTATION_TITLE] ?? []);
}

/** Bytes of its files together; undefined where the manifest was not read. */
export function contentSizeOf(referrer: Referrer): number | undefined {
  const { manifest } = referrer;
  if (manifest?.kind !== 'manifest') return undefined;
  return manifest.layers.reduce((sum, layer) => sum + (layer.mediaType === OCI_EMPTY ? 0 : layer.size), 0);
}

const PREDICATE_TYPE_KEYS = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type'];

/** What is in it, as far as it says: titles of its files, and the predicate type of an attestation. */
export function contentTextOf(referrer: Referrer): string {
  const titles = titlesOf(referrer).join(', ');
  const predicate = predicateTypeOf(referrer);
  if (predicate === undefined) return titles;
  return titles === '' ? predicate : `${titles} (${predicate})`;
}

function predicateTypeOf({ descriptor, manifest }: Referrer): string | undefined {
  const layers = manifest?.kind === 'manifest' ? manifest.layers : [];
  const places = [descriptor.annotations, ...layers.map((layer) => layer.annotations)];
  for (const key of PREDICATE_TYPE_KEYS) {
    const place = places.find((annotations) => annotations?.[key]);
    if (place !== undefined) return place[key];
  }
  return undefined;
}
