import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  type EmbeddedRegistry,
  type EmbeddedRegistryOptions,
  startEmbeddedRegistry,
} from '../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { LoggedRequest } from '../../src/embedded/request-log.ts';
import type { CodedError } from '../../src/errors/coded-error.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import {
  type AttachInputs,
  type AttachRun,
  type AttachRunOptions,
  attach,
  makeWorkspace,
  REPORT_TYPE,
  type Workspace,
} from './attach-run.ts';
import { pushSampleImage, type SampleImage, type SampleTarget } from './sample-image.ts';

/** A registry with one image, a folder with `report.json`, and runs of attach between them. */
export interface Attaching {
  readonly registry: EmbeddedRegistry;
  readonly target: SampleTarget;
  readonly image: SampleImage;
  /** `127.0.0.1:PORT/acme/app@sha256:...` */
  readonly reference: string;
  readonly workspace: Workspace;
  /** Attaches `report.json` to the image unless the inputs say otherwise. The log begins anew. */
  attach(inputs?: AttachInputs, options?: Partial<AttachRunOptions>): Promise<AttachRun>;
  /** The one row, which must have failed. */
  attachFails(inputs?: AttachInputs, options?: Partial<AttachRunOptions>): Promise<CodedError>;
  /** Requests of the last run that leave something behind: not the word that a blob is there, nor a cancelled session. */
  writes(): readonly LoggedRequest[];
  /** What the referrers API lists, or else the fallback tag. */
  listed(subject?: Digest): Promise<readonly ListedEntry[]>;
  /** A manifest by digest, parsed, and its bytes as text. */
  manifest(digest: Digest | undefined): Promise<{ readonly text: string; readonly json: Record<string, unknown> }>;
}

export interface ListedEntry {
  readonly digest: Digest;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The quirks of a registry that keeps referrers by tag, as distribution does. */
export const BY_TAG: Quirks = { referrersApi: false, preconditions: false };

export async function startAttaching(
  t: Pick<TestContext, 'after'>,
  quirks: Quirks = {},
  options: EmbeddedRegistryOptions = {},
): Promise<Attaching> {
  const registry = await startEmbeddedRegistry(options);
  const workspace = await makeWorkspace();
  t.after(async () => {
    const { openUploads } = registry;
    await registry.close();
    await workspace.remove();
    assert.equal(openUploads, 0, 'upload sessions left open');
  });
  const target: SampleTarget = { host: registry.host, repository: 'acme/app' };
  const image = await pushSampleImage(target, { tag: 'v1' });
  Object.assign(registry.quirks, quirks);
  const reference = `${registry.host}/acme/app@${image.descriptor.digest}`;
  const run: Attaching['attach'] = (inputs = {}, runOptions = {}) => {
    registry.clearLog();
    const given = { image: reference, files: `report.json:${REPORT_TYPE}`, retries: '1', ...inputs };
    return attach(given, { workspace: workspace.path, ...runOptions });
  };
  const get = async (path: string, accept: string): Promise<Response> =>
    fetch(`${registry.url}/v2/acme/app/${path}`, { headers: { accept } });
  return {
    registry,
    target,
    image,
    reference,
    workspace,
    attach: run,
    attachFails: async (inputs, runOptions) => {
      const { row } = await run(inputs, runOptions);
      assert.equal(row.status, 'failed');
      assert.ok(row.error);
      return row.error;
    },
    writes: () => writesIn(registry.log),
    listed: async (subject = image.descriptor.digest) => {
      const api = await get(`referrers/${subject}`, OCI_INDEX);
      const tag = api.status === 200 ? undefined : await get(`manifests/${buildReferrersTag(subject)}`, OCI_INDEX);
      if (tag?.status === 404) return [];
      const { manifests } = (await (tag ?? api).json()) as { manifests: ListedEntry[] };
      return manifests;
    },
    manifest: async (digest) => {
      const text = await (await get(`manifests/${digest}`, OCI_MANIFEST)).text();
      return { text, json: JSON.parse(text) as Record<string, unknown> };
    },
  };
}

function writesIn(log: readonly LoggedRequest[]): readonly LoggedRequest[] {
  const isUpload = ({ path }: LoggedRequest): boolean => path.includes('/blobs/uploads/');
  let cancelled = log.filter((one) => one.method === 'DELETE' && isUpload(one) && one.status < 300).length;
  return log.filter((one) => {
    if (one.method === 'GET' || one.method === 'HEAD') return false;
    if (!isUpload(one)) return true;
    if (one.method === 'DELETE') return one.status >= 300;
    const isThere = one.method === 'POST' && one.query.includes('mount=') && one.status === 201;
    // which session was cancelled does not matter: each is begun and ended once
    return !isThere && !(one.method === 'POST' && one.status === 202 && cancelled-- > 0);
  });
}

/** `POST blobs`, `PUT manifests`, `GET tag`, ... with the status, of each request. */
export function stepsOf(log: readonly LoggedRequest[]): readonly string[] {
  return log.map(({ method, path, status }) => `${method} ${kindOf(path)} ${status}`);
}

function kindOf(path: string): string {
  if (path.includes('/referrers/')) return 'referrers';
  if (path.includes('/blobs/')) return 'blobs';
  if (/\/manifests\/sha(256|512)-/.test(path)) return 'tag';
  return path.startsWith('/token') ? 'token' : 'manifests';
}
