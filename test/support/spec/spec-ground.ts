import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { type Digest, type DigestAlgorithm, digestOf } from '../../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { type Answer, pushBlob, send } from '../../embedded/registry-client.ts';

export interface SpecBlob {
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** A manifest as bytes, with what a reader should hear of it. */
export interface MadeManifest {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** Where one check works: two repositories that nobody used before, at a registry known by its address alone. */
export class SpecGround {
  /** `http://127.0.0.1:5000`. */
  readonly registry: string;
  /** `http://127.0.0.1:5000/v2/spec/xxxx/one`: what comes after it is an endpoint. */
  readonly repository: string;
  readonly other: string;
  /** The first repository's name. */
  readonly name: string;

  constructor(registry: string) {
    const folder = `spec/${randomBytes(6).toString('hex')}`;
    this.registry = registry;
    this.name = `${folder}/one`;
    this.repository = `${registry}/v2/${this.name}`;
    this.other = `${registry}/v2/${folder}/two`;
  }

  blob(size = 512, algorithm: DigestAlgorithm = 'sha256'): SpecBlob {
    const bytes = randomBytes(size);
    return { bytes, digest: digestOf(bytes, algorithm) };
  }

  /** An image of one empty blob, unlike any other; the blob is pushed. */
  async artifact(fields: object = {}, algorithm: DigestAlgorithm = 'sha256'): Promise<MadeManifest> {
    await pushBlob(this.repository, EMPTY_BLOB);
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.example.spec',
      config: EMPTY_DESCRIPTOR,
      layers: [EMPTY_DESCRIPTOR],
      annotations: { 'org.example.id': randomUUID() },
      ...fields,
    };
    return madeOf(Buffer.from(JSON.stringify(manifest)), OCI_MANIFEST, algorithm);
  }

  /** An index of these, unlike any other. */
  index(manifests: readonly Descriptor[], fields: object = {}): MadeManifest {
    const annotations = { 'org.example.id': randomUUID() };
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests, annotations, ...fields };
    return madeOf(Buffer.from(JSON.stringify(index)), OCI_INDEX);
  }

  /** PUT of a manifest; without a reference by its digest. */
  put({ bytes, descriptor }: MadeManifest, reference: string = descriptor.digest, query = ''): Promise<Answer> {
    const headers = { 'content-type': descriptor.mediaType };
    return send('PUT', `${this.repository}/manifests/${reference}${query}`, { body: bytes, headers });
  }

  /** The same where it has to succeed. */
  async pushed(made: MadeManifest, reference?: string): Promise<Descriptor> {
    const answer = await this.put(made, reference);
    assert.equal(answer.status, 201, answer.text());
    return made.descriptor;
  }

  /** GET or HEAD of a manifest, with what a reader would accept. */
  manifest(method: 'GET' | 'HEAD' | 'DELETE', reference: string): Promise<Answer> {
    const headers = method === 'DELETE' ? {} : { accept: `${OCI_INDEX}, ${OCI_MANIFEST}` };
    return send(method, `${this.repository}/manifests/${reference}`, { headers });
  }
}

export function madeOf(bytes: Uint8Array, mediaType: string, algorithm: DigestAlgorithm = 'sha256'): MadeManifest {
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes, algorithm), size: bytes.byteLength } };
}
