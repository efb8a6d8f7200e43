import { EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Annotations, Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { type Manifest, parseManifest } from '../../src/oci/manifest.ts';
import { ANNOTATION_TITLE, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { parsePlatform } from '../../src/oci/platform.ts';
import type { Referrer, ReferrersTree, SubjectNode } from '../../src/referrers/types.ts';

/** Trees as plain data, for what comes after the listing. */

export interface SampleRow {
  readonly type?: string | undefined;
  readonly annotations?: Annotations;
  /** Titles of its layers; undefined stands for a layer without one. */
  readonly titles?: readonly (string | undefined)[];
  /** Layers of its own, in place of `titles`. */
  readonly layers?: readonly Descriptor[];
  readonly sources?: Referrer['sources'];
  /** Default true: false has no manifest. */
  readonly verified?: boolean;
  readonly selected?: boolean;
  /** Rows that refer to it. */
  readonly below?: readonly SampleRow[];
}

export const SAMPLE_INDEX: Digest = digestOf('sample index');

export function sampleSubject(name: string, mediaType = OCI_MANIFEST): Descriptor {
  return { mediaType, digest: digestOf(`subject ${name}`), size: 1000 };
}

export function sampleRow(row: SampleRow, subject: Digest = SAMPLE_INDEX): Referrer {
  const { type, annotations, sources = ['api'], verified = true, selected = true } = row;
  const manifest = sampleManifest(row, subject);
  return {
    descriptor: {
      mediaType: OCI_MANIFEST,
      digest: manifest.digest,
      size: manifest.size,
      ...(type !== undefined && { artifactType: type }),
      ...(annotations !== undefined && { annotations }),
    },
    subject,
    sources,
    verified,
    selected,
    ...(verified && { manifest }),
    referrers: (row.below ?? []).map((next) => sampleRow(next, manifest.digest)),
  };
}

export function sampleManifest({ type, annotations, titles = [], layers }: SampleRow, subject: Digest): Manifest {
  const described = layers ?? titles.map((title, i) => sampleLayer(`${i} ${title}`, title));
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(type !== undefined && { artifactType: type }),
    config: EMPTY_DESCRIPTOR,
    layers: described.length > 0 ? described : [EMPTY_DESCRIPTOR],
    subject: { mediaType: OCI_INDEX, digest: subject, size: 1 },
    ...(annotations !== undefined && { annotations }),
  };
  return parseManifest(new TextEncoder().encode(JSON.stringify(manifest)), { what: 'sample' });
}

export function sampleLayer(content: string, title?: string): Descriptor {
  const annotations = title === undefined ? undefined : { [ANNOTATION_TITLE]: title };
  return {
    mediaType: 'application/json',
    digest: digestOf(content),
    size: Buffer.byteLength(content),
    ...(annotations && { annotations }),
  };
}

/** The tree with an index inside its own, of rows of its own, that holds the last platform. */
export function nestedTree(tree: ReferrersTree, rows: readonly SampleRow[]): ReferrersTree {
  const descriptor = sampleSubject('nested', OCI_INDEX);
  const nested: SubjectNode = {
    descriptor,
    isNestedIndex: true,
    missing: false,
    referrers: rows.map((row) => sampleRow(row, descriptor.digest)),
    children: tree.root.children.slice(-1),
  };
  return { ...tree, root: { ...tree.root, children: [...tree.root.children.slice(0, -1), nested] } };
}

/** An index with its own rows and, by the name of each platform, the platforms' rows. */
export function sampleTree(
  rows: readonly SampleRow[],
  platforms: Readonly<Record<string, readonly SampleRow[] | 'missing' | 'unreadable'>> = {},
  rest: Partial<ReferrersTree> = {},
): ReferrersTree {
  const children = Object.entries(platforms).map(([name, below]): SubjectNode => {
    const descriptor = sampleSubject(name);
    return {
      descriptor,
      platform: parsePlatform(name),
      missing: below === 'missing',
      ...(below === 'unreadable' && { unreadable: { code: 'server-error', reason: 'HTTP 500' } }),
      referrers: typeof below === 'string' ? [] : below.map((row) => sampleRow(row, descriptor.digest)),
      children: [],
    };
  });
  return {
    repository: 'ghcr.io/acme/app',
    requested: 'ghcr.io/acme/app:1.4',
    root: {
      descriptor: { mediaType: OCI_INDEX, digest: SAMPLE_INDEX, size: 1024 },
      missing: false,
      referrers: rows.map((row) => sampleRow(row)),
      children,
    },
    capability: 'api',
    complete: true,
    unread: [],
    warnings: [],
    ...rest,
  };
}
