import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../../src/oci/digest.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { type AttachInputs, type AttachRun, attach } from '../attach-run.ts';
import { type ListRun, list } from '../list-run.ts';
import { pushSampleIndex, type SampleIndex } from '../sample-image.ts';
import { makeTempDir, type TempDir } from '../temp-dir.ts';
import { type VerifyRun, verify } from '../verify-run.ts';
import type { Place } from './client.ts';
import type { InteropRegistry } from './registries.ts';

const SBOM = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'app', packages: [] };

/** A repository of one cell with a two-platform image, and what this project does to it. */
export interface Ground {
  readonly host: string;
  readonly repository: string;
  readonly image: SampleIndex;
  /** Where the index is. */
  readonly subject: Place;
  at(digest: Digest): Place;
  /** Attaches one file; unlike contents make unlike artifacts. Fails with a warning whose code is not among `allowed`. */
  attach(content: string, allowed?: readonly string[]): Promise<Digest>;
  /** Attaches a document as it is, of the type that its content says. */
  attachDocument(name: string, bytes: string | Uint8Array): Promise<Digest>;
  list(inputs?: Readonly<Record<string, string>>): Promise<ListRun>;
  /** The gate with a policy as data. */
  verify(policy: object): Promise<VerifyRun>;
  /** What the registry has under the referrers tag; undefined: no such tag. */
  readTag(): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openGround(registry: InteropRegistry, repository: string): Promise<Ground> {
  const { host } = registry;
  const image = await pushSampleIndex({ host, repository }, { tag: '1', name: repository });
  const workspace = await makeTempDir('interop-ground-');
  const at = (digest: Digest): Place => ({ host, repository, digest });
  const attachFile = async (name: string, allowed: readonly string[]): Promise<Digest> => {
    const subject = `${host}/${repository}@${image.descriptor.digest}`;
    const inputs: AttachInputs = { image: subject, files: name, annotations: 'org.example.by=oci-referrers' };
    return attachedDigest(await attach(inputs, { workspace: workspace.path }), allowed);
  };
  return {
    host,
    repository,
    image,
    subject: at(image.descriptor.digest),
    at,
    attach: async (content, allowed = []) => {
      await writeSbom(workspace, content);
      return attachFile('sbom.spdx.json', allowed);
    },
    attachDocument: async (name, bytes) => {
      await writeFile(join(workspace.path, name), bytes);
      return attachFile(name, []);
    },
    list: (inputs = {}) => list({ image: `${host}/${repository}:1`, ...inputs }),
    verify: async (policy) => {
      await writeFile(join(workspace.path, 'policy.yml'), JSON.stringify(policy)); // JSON is YAML
      return verify({ image: `${host}/${repository}:1`, policy: 'policy.yml' }, { workspace: workspace.path });
    },
    readTag: () => readManifest(host, repository, buildReferrersTag(image.descriptor.digest)),
    close: () => workspace.remove(),
  };
}

async function writeSbom(workspace: TempDir, content: string): Promise<void> {
  await writeFile(join(workspace.path, 'sbom.spdx.json'), JSON.stringify({ ...SBOM, comment: content }));
}

function attachedDigest(run: AttachRun, allowed: readonly string[]): Digest {
  const { digest, error, status } = run.row;
  assert.deepEqual(
    run.warned.filter((code) => !allowed.includes(code)),
    [],
  );
  assert.equal(status, 'attached', String(error ?? status));
  assert.ok(digest !== undefined);
  return digest;
}

async function readManifest(host: string, repository: string, reference: string): Promise<string | undefined> {
  const response = await fetch(`http://${host}/v2/${repository}/manifests/${reference}`, {
    headers: { accept: OCI_INDEX },
  });
  const text = await response.text();
  if (response.status === 404) return undefined;
  assert.equal(response.status, 200, text);
  return text;
}
