import { EMPTY_DIGEST } from '../oci/artifact-manifest.ts';
import { type Annotations, type Descriptor, sameAnnotations } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { effectiveArtifactType, type Manifest } from '../oci/manifest.ts';
import { ANNOTATION_CREATED, ANNOTATION_TITLE, OCI_EMPTY } from '../oci/media-types.ts';
import type { Store } from '../store/store.ts';
import { type BoundArtifact, titlesOf } from './artifact.ts';
import { ANNOTATION_ATTACHED_BY, isAttachedByUs } from './marker.ts';

/** Beyond so many of one type no more are read to find an equal one: at worst it is attached once more. */
const MAX_COMPARED = 64;

/** What of a subject's referrers concerns one artifact that is to be attached. */
export interface Rivals {
  /** One with the same type, layers and annotations, read and compared. */
  readonly equal: Digest | undefined;
  /** Those that `if-exists: replace` may remove. */
  readonly replaceable: readonly Digest[];
}

/** Reads the listed referrers that may be the same as, or an older edition of, `bound`. */
export async function findRivals(
  store: Store,
  bound: BoundArtifact,
  listed: ReadonlyMap<Digest, Descriptor>,
  options: { readonly replace: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Rivals> {
  const candidates = candidatesFor(bound, listed, options.replace);
  const manifests = await Promise.all(
    candidates.map(({ digest }) => store.findManifest(digest, { purpose: 'look-up', signal: options.signal })),
  );
  const read = manifests.flatMap((fetched) => (fetched === undefined ? [] : [fetched.manifest]));
  const equal = read.find((manifest) => isEqualArtifact(manifest, bound))?.digest;
  const replaceable = options.replace
    ? read.filter((manifest) => isOlderEdition(manifest, bound) && manifest.digest !== equal)
    : [];
  return { equal, replaceable: replaceable.map((manifest) => manifest.digest) };
}

/** Listed types and annotations are hints: what may be wrong in a list does not exclude. */
function candidatesFor(
  bound: BoundArtifact,
  listed: ReadonlyMap<Digest, Descriptor>,
  replace: boolean,
): readonly Descriptor[] {
  const ours = listed.get(bound.digest);
  // our own digest in the list is the answer, once it is seen to be there; no other need be read then
  if (ours !== undefined && !replace) return [ours];
  const { artifactType } = bound.artifact;
  const possible = [...listed.values()].filter(
    (one) => one.artifactType === undefined || one.artifactType === artifactType || one.artifactType === OCI_EMPTY,
  );
  const likely = possible.filter((one) => haveSameAnnotations(one.annotations, bound));
  const replaceable = replace
    ? possible.filter((one) => one.annotations === undefined || isAttachedByUs(one.annotations))
    : [];
  const compared = [...new Set([...likely, ...possible])].slice(0, MAX_COMPARED);
  return [...new Set([...(ours === undefined ? [] : [ours]), ...replaceable, ...compared])];
}

/** Same type, same subject, same layers with the same titles, same annotations; when it was made does not count, unless the user said it. */
export function isEqualArtifact(manifest: Manifest, bound: BoundArtifact): boolean {
  if (manifest.digest === bound.digest) return true;
  if (manifest.kind !== 'manifest' || effectiveArtifactType(manifest) !== bound.artifact.artifactType) return false;
  if (manifest.subject?.digest !== bound.subject.digest) return false;
  return sameLayers(manifest.layers, layersOf(bound)) && haveSameAnnotations(manifest.annotations, bound);
}

/** Same type, same titles, and made by us to be replaced. */
export function isOlderEdition(manifest: Manifest, bound: BoundArtifact): boolean {
  if (manifest.kind !== 'manifest' || manifest.digest === bound.digest) return false;
  if (!isAttachedByUs(manifest.annotations)) return false;
  if (
    effectiveArtifactType(manifest) !== bound.artifact.artifactType ||
    manifest.subject?.digest !== bound.subject.digest
  )
    return false;
  const theirs = titlesOf(manifest.layers);
  const ours = titlesOf(layersOf(bound));
  return theirs.length === ours.length && theirs.every((title, i) => title === ours[i]);
}

/** Whether both are this tool's, of one type, and with the same titles: editions of the same thing. */
export function haveSameRole(a: Manifest, b: Manifest): boolean {
  if (a.kind !== 'manifest' || b.kind !== 'manifest') return false;
  if (!isAttachedByUs(a.annotations) || !isAttachedByUs(b.annotations)) return false;
  if (effectiveArtifactType(a) !== effectiveArtifactType(b)) return false;
  return JSON.stringify(titlesOf(a.layers)) === JSON.stringify(titlesOf(b.layers));
}

function layersOf(bound: BoundArtifact): Descriptor[] {
  return bound.artifact.layers.map((layer) => layer.descriptor);
}

function sameLayers(theirs: readonly Descriptor[], ours: readonly Descriptor[]): boolean {
  const [only] = theirs;
  const none =
    theirs.length === 0 || (theirs.length === 1 && only?.digest === EMPTY_DIGEST && only.mediaType === OCI_EMPTY);
  if (ours.length === 0) return none;
  if (theirs.length !== ours.length) return false;
  return theirs.every((layer, i) => {
    const other = ours[i];
    return (
      other !== undefined &&
      layer.digest === other.digest &&
      layer.size === other.size &&
      layer.mediaType === other.mediaType &&
      layer.annotations?.[ANNOTATION_TITLE] === other.annotations?.[ANNOTATION_TITLE]
    );
  });
}

function haveSameAnnotations(theirs: Annotations | undefined, { artifact }: BoundArtifact): boolean {
  const { annotations, volatileAnnotations = [] } = artifact;
  const saysWhen = annotations?.[ANNOTATION_CREATED] !== undefined && !volatileAnnotations.includes(ANNOTATION_CREATED);
  const passedOver = new Set([
    ANNOTATION_ATTACHED_BY,
    ...volatileAnnotations,
    ...(saysWhen ? [] : [ANNOTATION_CREATED]),
  ]);
  return sameAnnotations(without(theirs, passedOver), without(annotations, passedOver));
}

function without(annotations: Annotations | undefined, keys: ReadonlySet<string>): Annotations {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !keys.has(key)));
}
