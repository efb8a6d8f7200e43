import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import type { CodedError } from '../../../src/errors/coded-error.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import type { ImageVerdict, Verdict } from '../../../src/policy/verdict.ts';
import { BY_TAG } from '../attaching.ts';
import { makeTrustedKey } from '../judging.ts';
import { pushFallbackList } from '../listing.ts';
import { pushSampleIndex, pushSampleReferrer, type SampleTarget } from '../sample-image.ts';
import { makeKeyBundle } from '../sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../sigstore/make-statement.ts';
import { pushBundle } from '../sigstore/push-signed.ts';
import { makeTempDir } from '../temp-dir.ts';
import { verify } from '../verify-run.ts';
import type { FaultClass } from './fault-kinds.ts';
import { ASKS_FOR_PASSWORD, AUTHORIZATION, type Flow, type FlowEnd } from './flow.ts';

/** A gate over a two-platform image: provenance of the index by one key, and of another kind by a key that nobody has. */
export const verifyPass: Flow = verifyFlow('verify that passes, referrers API', 'pass', {});
export const verifyPassByTag: Flow = verifyFlow('verify that passes, tag schema', 'pass', BY_TAG);
export const verifyFail: Flow = verifyFlow('verify that fails, referrers API', 'fail', {});
export const verifyFailByTag: Flow = verifyFlow('verify that fails, tag schema', 'fail', BY_TAG);

const key = makeTrustedKey();
const stranger = makeTrustedKey();
const PEM = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();

function verifyFlow(name: string, verdict: 'pass' | 'fail', quirks: Quirks): Flow {
  return {
    name,
    prepare: async () => {
      const registry = await startEmbeddedRegistry({ auth: ASKS_FOR_PASSWORD });
      const workspace = await makeTempDir();
      await writeFile(join(workspace.path, 'cosign.pub'), PEM);
      const target: SampleTarget = { host: registry.host, repository: 'acme/app', authorization: AUTHORIZATION };
      Object.assign(registry.quirks, quirks);
      await pushEvidence(target, verdict, quirks.referrersApi === false);
      registry.clearLog();
      return {
        registry,
        run: async (host, { inputs, env, class: kind }) => {
          const run = await verify(
            { image: `${host}/acme/app:v1`, require: SLSA_V1, key: 'cosign.pub', ...inputs },
            { workspace: workspace.path, env },
          );
          const errors = run.images.flatMap(({ error }) => error ?? []);
          const said = run.images.flatMap(({ verdict: one }) => (one === undefined ? [] : whatWasNotRead(one)));
          const warnings = run.heard.map((warning) => warning.code);
          return judgeVerify({ got: run.verdict, truth: verdict, errors, said, warnings, kind });
        },
        close: async () => {
          await registry.close();
          await workspace.remove();
        },
      };
    },
  };
}

/** Gaps, candidates and platforms. */
function whatWasNotRead({ columns, rules }: ImageVerdict): readonly string[] {
  const cells = rules.flatMap((rule) => rule.cells);
  return [
    ...columns.filter(({ presence }) => presence !== 'present').map(({ name, digest }) => `${name}, ${digest}`),
    ...cells.flatMap(({ gaps, rejected }) => [
      ...gaps.map(({ reason }) => reason),
      ...rejected.filter(({ state }) => state === 'unread').map(({ reason }) => reason),
    ]),
  ];
}

/** Where the gate passes, both are there; where it fails, the key that signed is another, and an SBOM is unsigned. */
async function pushEvidence(target: SampleTarget, verdict: 'pass' | 'fail', byTag: boolean): Promise<void> {
  const index = await pushSampleIndex(target, { tag: 'v1' });
  const { privateKey } = verdict === 'pass' ? key : stranger;
  const made = await makeKeyBundle({ statement: makeStatement({ subject: index.descriptor.digest }), privateKey });
  await pushBundle(target, index.descriptor, made);
  const [first] = index.platforms;
  if (first !== undefined) await pushPlain(target, first, byTag);
}

async function pushPlain(target: SampleTarget, subject: Descriptor, byTag: boolean): Promise<void> {
  const { descriptor } = await pushSampleReferrer(target, subject, { content: '"plain"' });
  if (byTag) await pushFallbackList(target, subject, [descriptor]);
}

interface VerifyFacts {
  readonly got: Verdict;
  readonly truth: 'pass' | 'fail';
  readonly errors: readonly CodedError[];
  /** The report names something that was not read. */
  readonly said: readonly string[];
  readonly warnings: readonly string[];
  readonly kind: FaultClass;
}

/**
 * A gate never passes where the truth is not `pass`; `unknown` says what could not be looked at. It fails what should
 * pass only where other bytes or a lie hide the evidence from it.
 */
function judgeVerify({ got, truth, errors, said, warnings, kind }: VerifyFacts): FlowEnd {
  const wrongs: string[] = [];
  if (got === 'pass' && truth !== 'pass') wrongs.push('it passes what it must not');
  if (got === 'fail' && truth === 'pass' && kind === 'loud') wrongs.push('"missing" is said of what was not seen');
  if (got === 'unknown' && errors.length === 0 && said.length === 0)
    wrongs.push('unknown, and nothing says what was not read');
  return { word: got, reached: got === truth, errors, said, warnings, wrongs };
}
