import { randomBytes } from 'node:crypto';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type DigestAlgorithm, digestOf } from '../../src/oci/digest.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';

/** A kind of content that a registry of distribution-spec 1.1 has to take. */
export interface DataKindMaker {
  readonly name: string;
  /** Anew each time: no two share a digest, so that one's deletion touches no other. */
  make(): DataKind;
}

/** Content of one kind, children before what names them. */
export interface DataKind {
  readonly blobs: readonly Uint8Array[];
  readonly manifests: readonly PushedManifest[];
}

export interface PushedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly subject?: Descriptor;
  readonly tag?: string;
}

type Json = Readonly<Record<string, unknown>>;
const REPORT = 'application/vnd.example.report';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const FOREIGN_LAYER = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
const ABSENT: Descriptor = { mediaType: OCI_MANIFEST, digest: digestOf('absent'), size: 123 };
const NOTE = { 'org.example.note': 'attached & <tested>' };

export const DATA_KINDS: readonly DataKindMaker[] = [
  kind('image', (make) => [make.image({}, 'v1')]),
  kind('image with a large manifest', (make) => [make.image({ annotations: largeAnnotations() }, 'large')]),
  kind('index', (make) => make.index({}, 'index')),
  kind('nested index', (make) => {
    const [one, two] = [make.index({}), make.index({})];
    return [...one, ...two, make.indexOf([one.at(-1), two.at(-1)], {}, 'nested')];
  }),
  kind('empty index', (make) => [make.indexOf([], { annotations: { made: randomBytes(8).toString('hex') } }, 'empty')]),
  kind('artifact', (make) => [make.artifact({ artifactType: REPORT }, 'artifact')]),
  kind('artifact without layers', (make) => [
    make.manifest({
      artifactType: REPORT,
      config: EMPTY_DESCRIPTOR,
      layers: [EMPTY_DESCRIPTOR],
      annotations: make.mark(),
    }),
  ]),
  kind('artifact index', (make) => make.index({ artifactType: REPORT }, 'artifact-index')),
  kind('artifacts with a subject', (make) => {
    const image = make.image({}, 'subject');
    const subject = image.descriptor;
    return [
      image,
      make.image({ subject }),
      make.artifact({ artifactType: REPORT, subject, annotations: NOTE }, 'report'),
      make.artifact({ artifactType: `${REPORT}+json`, subject, annotations: NOTE }, 'other-report'),
    ];
  }),
  kind('index with a subject', (make) => {
    const image = make.index({}, 'subject-index');
    const subject = image.at(-1)?.descriptor;
    return [...image, ...make.index({ artifactType: REPORT, subject, annotations: NOTE })];
  }),
  kind('missing subject', (make) => [make.artifact({ artifactType: REPORT, subject: ABSENT, annotations: NOTE })]),
  kind('data in a descriptor', (make) => [
    make.artifact({ artifactType: REPORT, config: { ...EMPTY_DESCRIPTOR, data: 'e30=' } }),
  ]),
  kind('layers that are not distributed', (make) => [
    make.image({ layers: [make.foreignLayer(), make.layer()] }, 'foreign'),
  ]),
  kind("fields of one's own", (make) => make.index({ 'org.example.field': { kept: [1, null] } }, 'fields')),
  kind('image without layers', (make) => [make.image({ layers: [] }, 'no-layers')]),
  kind('sparse index', (make) => {
    const image = make.image({});
    return [image, make.indexOf([image, { descriptor: ABSENT }], {}, 'sparse')];
  }),
  kind('sha512', (make) => make.index({}), 'sha512'),
];

function kind(
  name: string,
  build: (maker: Maker) => readonly PushedManifest[],
  algorithm?: DigestAlgorithm,
): DataKindMaker {
  const make = (): DataKind => {
    const maker = new Maker(algorithm);
    const manifests = build(maker);
    return { blobs: maker.blobs, manifests };
  };
  return { name, make };
}

class Maker {
  readonly blobs: Uint8Array[] = [];
  readonly #algorithm: DigestAlgorithm | undefined;

  constructor(algorithm: DigestAlgorithm | undefined) {
    this.#algorithm = algorithm;
  }

  mark(): Readonly<Record<string, string>> {
    return { mark: randomBytes(8).toString('hex') };
  }

  layer(): Descriptor {
    return this.#blob(randomBytes(512), LAYER);
  }

  /** Named, with a place to have it from, and not pushed. */
  foreignLayer(): Json {
    return {
      mediaType: FOREIGN_LAYER,
      digest: digestOf(randomBytes(8)),
      size: 12_345,
      urls: ['https://store.example/layer'],
    };
  }

  image(fields: Json, tag?: string): PushedManifest {
    const config = this.#blob(
      text({ os: 'linux', architecture: 'amd64', config: { Labels: this.mark() } }),
      OCI_IMAGE_CONFIG,
    );
    return this.manifest({ config, layers: [this.layer()], ...fields }, tag);
  }

  artifact(fields: Json, tag?: string): PushedManifest {
    const config = this.#blob(EMPTY_BLOB, EMPTY_DESCRIPTOR.mediaType);
    return this.manifest({ config, layers: [this.#blob(randomBytes(512), REPORT)], ...fields }, tag);
  }

  /** An index of two images, after them. */
  index(fields: Json, tag?: string): readonly PushedManifest[] {
    const images = [this.image({}), this.image({})];
    return [...images, this.indexOf(images, fields, tag)];
  }

  indexOf(
    children: readonly (Pick<PushedManifest, 'descriptor'> | undefined)[],
    fields: Json,
    tag?: string,
  ): PushedManifest {
    return this.#push(OCI_INDEX, { manifests: children.map((child) => child?.descriptor), ...fields }, tag);
  }

  manifest(fields: Json, tag?: string): PushedManifest {
    if (fields['config'] === EMPTY_DESCRIPTOR) this.#blob(EMPTY_BLOB, EMPTY_DESCRIPTOR.mediaType);
    return this.#push(OCI_MANIFEST, fields, tag);
  }

  #push(mediaType: string, fields: Json, tag: string | undefined): PushedManifest {
    const bytes = text({ schemaVersion: 2, mediaType, ...fields });
    const digest = digestOf(bytes, this.#algorithm);
    const subject = fields['subject'] as Descriptor | undefined;
    const descriptor = { mediaType, digest, size: bytes.byteLength };
    return { descriptor, bytes, ...(subject && { subject }), ...(tag !== undefined && { tag }) };
  }

  #blob(bytes: Uint8Array, mediaType: string): Descriptor {
    this.blobs.push(bytes);
    return { mediaType, digest: digestOf(bytes, this.#algorithm), size: bytes.byteLength };
  }
}

function largeAnnotations(): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`annotation-${i}`, 'A'.repeat(10_000)]));
}

function text(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
