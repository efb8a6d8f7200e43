import { generateKeyPairSync } from 'node:crypto';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import type { CodedError } from '../../../src/errors/coded-error.ts';
import { isDigest } from '../../../src/oci/digest.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { type AttachInputs, attach, makeWorkspace, REPORT_TYPE, type Workspace } from '../attach-run.ts';
import { BY_TAG, type ListedEntry } from '../attaching.ts';
import { pushFallbackList } from '../listing.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage, type SampleTarget } from '../sample-image.ts';
import { ASKS_FOR_PASSWORD, AUTHORIZATION, type Flow, type FlowEnd } from './flow.ts';

/** A report is attached to an image that has another referrer already. */
export const attachByApi: Flow = attachFlow('attach, referrers API', {});
export const attachByTag: Flow = attachFlow('attach, tag schema', BY_TAG);

const SIGNING_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** With these a statement is signed by a key, and attached as well. */
export const SIGNED: AttachInputs = {
  sign: 'key',
  'predicate-type': 'https://example.com/report/v1',
  'signing-key': SIGNING_KEY.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
export const attachSigned: Flow = attachFlow('attach and sign, tag schema', BY_TAG, SIGNED);

function attachFlow(name: string, quirks: Quirks, more: AttachInputs = {}): Flow {
  return {
    name,
    prepare: async () => {
      const world = await startAttachWorld(quirks);
      const { registry, other } = world;
      return {
        registry,
        run: async (host, { inputs, env, class: kind, lasting }) => {
          const run = await attach(
            { ...world.inputsFor(host, inputs), ...more },
            { workspace: world.workspace.path, env },
          );
          return judgeAttach({
            rows: run.rows,
            expectedRows: more['sign'] === undefined ? 1 : 2,
            warnings: run.warned,
            listed: await world.listed(),
            held: await world.held(run.rows.flatMap(({ digest }) => digest ?? [])),
            other,
            deceived: kind === 'lie' && lasting,
          });
        },
        close: world.close,
      };
    },
  };
}

export interface AttachWorld {
  readonly registry: EmbeddedRegistry;
  readonly workspace: Workspace;
  readonly target: SampleTarget;
  readonly image: SampleImage;
  /** What was attached before. */
  readonly other: SampleImage;
  inputsFor(host: string, inputs: AttachInputs): AttachInputs;
  /** What the registry itself lists, past any proxy. */
  listed(): Promise<readonly ListedEntry[]>;
  /** Those of these manifests that the registry has. */
  held(digests: readonly string[]): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

/** A registry that asks for a password, with an image that has one referrer, and a report to be attached. */
export async function startAttachWorld(quirks: Quirks): Promise<AttachWorld> {
  const registry = await startEmbeddedRegistry({ auth: ASKS_FOR_PASSWORD });
  const workspace = await makeWorkspace();
  const target: SampleTarget = { host: registry.host, repository: 'acme/app', authorization: AUTHORIZATION };
  const image = await pushSampleImage(target, { tag: 'v1' });
  const other = await pushSampleReferrer(target, image.descriptor, {
    artifactType: 'application/vnd.example.other',
    content: '"other"',
  });
  Object.assign(registry.quirks, quirks);
  if (quirks.referrersApi === false) await pushFallbackList(target, image.descriptor, [other.descriptor]);
  registry.clearLog();
  return {
    registry,
    workspace,
    target,
    image,
    other,
    inputsFor: (host, inputs) => ({ image: `${host}/acme/app:v1`, files: `report.json:${REPORT_TYPE}`, ...inputs }),
    listed: () => listDirectly(target, image),
    held: async (digests) => {
      const isHeld = await Promise.all(
        digests.map((digest) => isDigest(digest) && registry.holds(target.repository, digest)),
      );
      return new Set(digests.filter((_, i) => isHeld[i] === true));
    },
    close: async () => {
      await registry.close();
      await workspace.remove();
    },
  };
}

interface AttachFacts {
  readonly rows: readonly {
    readonly status: string;
    readonly digest?: string | undefined;
    readonly error?: CodedError | undefined;
  }[];
  readonly expectedRows: number;
  readonly listed: readonly ListedEntry[];
  readonly held: ReadonlySet<string>;
  readonly other: SampleImage;
  readonly warnings: readonly string[];
  /**
   * The registry denies for good what it holds. Who is told again and again that there is no list begins one, and what
   * stood in the old one is gone; but nobody may be told that the attach succeeded.
   */
  readonly deceived: boolean;
}

/** Whatever went wrong: what was there is there, once; what is said to be attached is there, and listed, once. */
function judgeAttach({ rows, expectedRows, warnings, listed, held, other, deceived }: AttachFacts): FlowEnd {
  const count = (one: string | undefined): number => listed.filter((entry) => entry.digest === one).length;
  const failed = rows.filter(({ status }) => status === 'failed');
  const wrongs: string[] = [];
  const isLost = count(other.descriptor.digest) !== 1;
  if (isLost && !(deceived && failed.length > 0))
    wrongs.push(`the entry that was there is listed ${count(other.descriptor.digest)} times`);
  // a subject that could not be looked at is one row
  if (rows.length !== expectedRows && failed.length === 0) wrongs.push(`${rows.length} rows of ${expectedRows}`);
  for (const { status, digest, error } of rows) {
    if (status !== 'failed' && count(digest) !== 1) wrongs.push(`${status}, and listed ${count(digest)} times`);
    if (status !== 'failed' && !held.has(digest ?? '')) wrongs.push(`${status}, and the registry does not have it`);
    if (status === 'failed' && error === undefined) wrongs.push('it failed without an error');
  }
  if (listed.length > 1 + expectedRows) wrongs.push(`${listed.length} entries are listed`);
  return {
    word: rows.map(({ status }) => status).join(' and '),
    reached: rows.length === expectedRows && failed.length === 0,
    errors: rows.flatMap(({ error }) => error ?? []),
    said: [],
    warnings,
    wrongs,
  };
}

/** Past the proxy: what the registry itself holds. */
async function listDirectly(target: SampleTarget, image: SampleImage): Promise<readonly ListedEntry[]> {
  const { digest } = image.descriptor;
  for (const path of [`referrers/${digest}`, `manifests/${buildReferrersTag(digest)}`]) {
    const headers = { accept: OCI_INDEX, authorization: AUTHORIZATION };
    const answer = await fetch(`http://${target.host}/v2/${target.repository}/${path}`, { headers });
    const body = (await answer.json().catch(() => ({}))) as { readonly manifests?: readonly ListedEntry[] };
    if (answer.status === 200) return body.manifests ?? [];
  }
  return [];
}
