import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import type { CodedError } from '../../../src/errors/coded-error.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { BY_TAG } from '../attaching.ts';
import { list } from '../list-run.ts';
import { pushFallbackList, rowsOf } from '../listing.ts';
import { pushSampleIndex, pushSampleReferrer, type SampleTarget } from '../sample-image.ts';
import type { FaultClass } from './fault-kinds.ts';
import { ASKS_FOR_PASSWORD, AUTHORIZATION, type Flow, type FlowEnd } from './flow.ts';

/** A two-platform image with a referrer on the index and on each platform, one of which has a referrer itself. */
export const listByApi: Flow = listFlow('deep list, referrers API', {});
export const listByTag: Flow = listFlow('deep list, tag schema', BY_TAG);

function listFlow(name: string, quirks: Quirks): Flow {
  return {
    name,
    prepare: async () => {
      const registry = await startEmbeddedRegistry({ auth: ASKS_FOR_PASSWORD });
      const target: SampleTarget = { host: registry.host, repository: 'acme/app', authorization: AUTHORIZATION };
      const expected = await pushTree(target, quirks.referrersApi === false);
      Object.assign(registry.quirks, quirks);
      registry.clearLog();
      return {
        registry,
        run: async (host, { inputs, env, class: kind }) => {
          const given = { image: `${host}/acme/app:v1`, depth: 'all', sources: 'api,tag-schema', ...inputs };
          const run = await list(given, { env });
          const [image] = run.images;
          const errors = [...(image?.error ? [image.error] : []), ...(run.error ? [run.error] : [])];
          const found = image?.tree === undefined ? [] : rowsOf(image.tree).map(({ descriptor }) => descriptor.digest);
          const warnings = run.warnings.map(({ code }) => code);
          const said = (image?.tree?.unread ?? []).map(({ reason }) => reason);
          return judgeList({ found, expected, complete: run.complete, errors, said, warnings, kind });
        },
        close: () => registry.close(),
      };
    },
  };
}

async function pushTree(target: SampleTarget, byTag: boolean): Promise<readonly string[]> {
  const index = await pushSampleIndex(target, { tag: 'v1' });
  const rows: string[] = [];
  const add = async (subject: Descriptor, content: string): Promise<Descriptor> => {
    const { descriptor } = await pushSampleReferrer(target, subject, { content });
    if (byTag) await pushFallbackList(target, subject, [descriptor]);
    rows.push(descriptor.digest);
    return descriptor;
  };
  await add(index.descriptor, '"of the index"');
  for (const [i, platform] of index.platforms.entries()) {
    const referrer = await add(platform, `"of platform ${i}"`);
    if (i === 0) await add(referrer, '"of the referrer"');
  }
  return rows;
}

interface ListFacts {
  readonly found: readonly string[];
  readonly expected: readonly string[];
  readonly complete: boolean;
  readonly errors: readonly CodedError[];
  readonly said: readonly string[];
  readonly warnings: readonly string[];
  readonly kind: FaultClass;
}

/** Complete means all of them; nothing that is not there is ever shown; each once. */
function judgeList({ found, expected, complete, errors, said, warnings, kind }: ListFacts): FlowEnd {
  const wrongs: string[] = [];
  // a list has no digest of its own: with one byte changed an entry names what is not there, or nothing; that is said
  const saysDangling =
    kind === 'altered' && warnings.some((code) => code === 'referrer-missing' || code === 'descriptor-differs');
  const missing = expected.filter((one) => !found.includes(one));
  if (complete && missing.length > 0 && kind !== 'lie' && !saysDangling)
    wrongs.push(`complete, without ${missing.length} of ${expected.length} rows`);
  if (!complete && errors.length === 0 && !warnings.includes('platform-unread')) {
    wrongs.push('incomplete, and nothing says so');
  }
  if (new Set(found).size !== found.length) wrongs.push('a row stands twice');
  if (found.some((one) => !expected.includes(one))) wrongs.push('a row that nobody pushed');
  const word = complete ? 'complete' : 'incomplete';
  return { word, reached: complete && missing.length === 0, errors, said, warnings, wrongs };
}
