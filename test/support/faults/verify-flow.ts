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
import type { Flow, FlowEnd } from './flow.ts';

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
      const registry = await startEmbeddedRegistry();
      const workspace = await makeTempDir();
      await writeFile(join(workspace.path, 'cosign.pub'), PEM);
      const target: SampleTarget = { host: registry.host, repository: 'acme/app' };
      Object.assign(registry.quirks, quirks);
      await pushEvidence(target, verdict, quirks.referrersApi === false);
      registry.clearLog();
      return {
        registry,
        run: async (host, { inputs }) => {
          const { 'registry-username': _, 'registry-password': __, ...rest } = inputs;
          const run = await verify(
            { image: `${host}/acme/app:v1`, require: SLSA_V1, key: 'cosign.pub', ...rest },
            { workspace: workspace.path },
          );
          const errors = run.images.flatMap(({ error }) => error ?? []);
          const said = run.images.some(({ verdict: one }) => one !== undefined && saysWhatWasNotRead(one));
          const warnings = run.heard.map((warning) => warning.code);
          return judgeVerify({ got: run.verdict, truth: verdict, errors, said, warnings });
        },
        close: async () => {
          await registry.close();
          await workspace.remove();
        },
      };
    },
  };
}

/** A gap, a candidate or a platform. */
function saysWhatWasNotRead({ columns, rules }: ImageVerdict): boolean {
  const cells = rules.flatMap((rule) => rule.cells);
  return (
    columns.some(({ presence }) => presence !== 'present') ||
    cells.some(({ gaps, rejected }) => gaps.length > 0 || rejected.some(({ state }) => state === 'unread'))
  );
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
  readonly said: boolean;
  readonly warnings: readonly string[];
}

/** A gate never passes where the truth is not `pass`; `unknown` says what could not be looked at. */
function judgeVerify({ got, truth, errors, said, warnings }: VerifyFacts): FlowEnd {
  const wrongs: string[] = [];
  if (got === 'pass' && truth !== 'pass') wrongs.push('it passes what it must not');
  if (got === 'unknown' && errors.length === 0 && !said) wrongs.push('unknown, and nothing says what was not read');
  return { word: got, errors, warnings, wrongs };
}
