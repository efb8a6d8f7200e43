import type { ListedImage } from '../commands/list/result.ts';
import type { Annotations, Descriptor, Platform } from '../oci/descriptor.ts';
import { formatPlatform } from '../oci/platform.ts';
import type { Referrer, ReferrerSource, ReferrersTree, SubjectNode, UnreadSource } from '../referrers/types.ts';
import { inDisplayOrder } from './referrer-rows.ts';

/** What a node of `oras discover --format json` (1.3) holds, in its order. */
interface OrasNode {
  /** `name@digest`. */
  readonly reference: string;
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly annotations?: Annotations;
  readonly artifactType?: string;
}

/** A referrer. */
interface ReferrerJson extends OrasNode {
  /** Every place that it was seen in. */
  readonly source: readonly ReferrerSource[];
  /** Type, annotations and subject were proved from the manifest's bytes. */
  readonly verified: boolean;
  /** Only ever false: the filter does not select this row, it stands here as the way to one below it. */
  readonly selected?: false;
  readonly referrers: readonly ReferrerJson[];
}

/** The image, or one of its platforms. */
interface SubjectJson extends OrasNode {
  /** `linux/arm64/v8`. */
  readonly platform?: string;
  /** Only ever true: the index names this manifest and the registry does not hold it. */
  readonly missing?: true;
  /** Only ever true: the manifest could not be read, so nobody can say whether the registry holds it. */
  readonly unreadable?: true;
  readonly referrers: readonly ReferrerJson[];
  /** The platforms of an index. */
  readonly children?: readonly SubjectJson[];
}

export interface RootJson extends SubjectJson {
  /** Every source that was asked for could be looked at, for every subject, and every platform could be read. */
  readonly complete: boolean;
  /** The sources that could not, where there are any. */
  readonly unread?: readonly UnreadSource[];
}

/** An image without an answer: nothing is known of its referrers. */
export interface FailedRootJson {
  /** The image as the user wrote it. */
  readonly reference: string;
  readonly complete: false;
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * The tree of one image as JSON, several as an array in the order asked for. Node shape of `oras discover --format
 * json`, with keys of our own besides; rows in a fixed order.
 */
export function buildOrasJson(
  images: readonly ListedImage[],
): RootJson | FailedRootJson | (RootJson | FailedRootJson)[] {
  const roots = images.map(rootJson);
  const [first] = roots;
  return roots.length === 1 && first !== undefined ? first : roots;
}

function rootJson(image: ListedImage): RootJson | FailedRootJson {
  if (image.tree === undefined) {
    const { code, message } = image.error;
    return { reference: image.requested, complete: false, error: { code, message } };
  }
  const { tree } = image;
  return {
    ...subjectJson(tree.root, tree),
    complete: tree.complete,
    ...(tree.unread.length > 0 && { unread: tree.unread }),
  };
}

function subjectJson(node: SubjectNode, tree: ReferrersTree): SubjectJson {
  return {
    ...orasNode(node.descriptor, tree.repository),
    ...platformJson(node.platform),
    ...(node.missing && { missing: true as const }),
    ...(node.unreadable !== undefined && { unreadable: true as const }),
    referrers: referrersJson(node.referrers, tree),
    ...(node.children.length > 0 && { children: node.children.map((child) => subjectJson(child, tree)) }),
  };
}

function referrersJson(referrers: readonly Referrer[], tree: ReferrersTree): ReferrerJson[] {
  return inDisplayOrder(referrers).map((referrer) => ({
    ...orasNode(referrer.descriptor, tree.repository),
    source: referrer.sources,
    verified: referrer.verified,
    ...(!referrer.selected && { selected: false as const }),
    referrers: referrersJson(referrer.referrers, tree),
  }));
}

function orasNode(descriptor: Descriptor, repository: string): OrasNode {
  const { mediaType, digest, size, annotations, artifactType } = descriptor;
  return {
    reference: `${repository}@${digest}`,
    mediaType,
    digest,
    size,
    ...(annotations !== undefined && { annotations: sorted(annotations) }),
    ...(artifactType !== undefined && { artifactType }),
  };
}

function sorted(annotations: Annotations): Annotations {
  return Object.fromEntries(
    Object.keys(annotations)
      .sort()
      .map((key) => [key, annotations[key] ?? '']),
  );
}

function platformJson(platform: Platform | undefined): { readonly platform?: string } {
  return platform === undefined ? {} : { platform: formatPlatform(platform) };
}
