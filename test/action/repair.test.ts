import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { BY_TAG } from '../support/attaching.ts';
import { packageVersion, startGithub } from '../support/github-api.ts';
import { pushFallbackList } from '../support/listing.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { absentDescriptor, pushSampleIndex, pushSampleReferrer, type SampleIndex } from '../support/sample-image.ts';

interface Change {
  readonly repository: string;
  readonly subject: string;
  readonly digest: string;
  readonly artifactType: string | null;
  readonly change: string;
  readonly why: string;
}

let registry: EmbeddedRegistry;
let repositories = 0;
before(async () => {
  registry = await startEmbeddedRegistry({ quirks: BY_TAG }); // as ghcr.io
});
after(() => registry.close());

/** An index whose list lacks one referrer, describes another wrongly and names one that is gone. */
interface Broken {
  readonly repository: string;
  readonly index: SampleIndex;
  readonly lost: Descriptor;
  readonly wrong: Descriptor;
  readonly gone: Descriptor;
}

async function makeBroken(): Promise<Broken> {
  const repository = `acme/app${repositories++}`;
  const target = { host: registry.host, repository };
  const index = await pushSampleIndex(target, { tag: 'v1' });
  const [lost, wrong] = await Promise.all(
    ['"lost"', '"wrong"'].map((content) => pushSampleReferrer(target, index.descriptor, { content })),
  );
  assert.ok(lost && wrong);
  const gone = absentDescriptor('gone');
  await pushFallbackList(target, index.descriptor, [{ ...wrong.descriptor, artifactType: 'application/x.lie' }, gone]);
  return { repository, index, lost: lost.descriptor, wrong: wrong.descriptor, gone };
}

async function repair({ repository, lost }: Broken, inputs: Record<string, string> = {}): Promise<StepRun> {
  const image = `${registry.host}/${repository}:v1`;
  const given = { command: 'repair', image, digests: lost.digest, retries: '0', ...inputs };
  registry.clearLog();
  return runStep('.', { with: given, env: {} });
}

async function listed({ repository, index }: Broken): Promise<readonly Digest[]> {
  const url = `${registry.url}/v2/${repository}/manifests/${buildReferrersTag(index.descriptor.digest)}`;
  const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
  return ((await answer.json()) as { manifests: Descriptor[] }).manifests.map(({ digest }) => digest);
}

const changesOf = (step: StepRun): Change[] => JSON.parse(step.outputs['changes'] ?? '') as Change[];
const writes = (): number => registry.log.filter(({ method }) => !['GET', 'HEAD'].includes(method)).length;

describe('command: repair, as the runner runs it', () => {
  test('a dry run says what would be changed, in outputs, log and summary, and sends nothing', async () => {
    const broken = await makeBroken();
    const before = await listed(broken);
    const step = await repair(broken, { 'dry-run': 'true' });
    assert.equal(step.exitCode, 0, step.stdout + step.stderr);
    assert.deepEqual([step.stderr, step.unexpectedInputs, step.messages('error')], ['', [], []]);
    assert.equal(writes(), 0);
    assert.deepEqual(await listed(broken), before);
    assert.equal(step.outputs['repaired'], '1');
    const { index, lost, wrong, gone, repository } = broken;
    const row = { repository: `${registry.host}/${repository}`, subject: index.descriptor.digest };
    assert.deepEqual(
      changesOf(step).map(({ why: _, ...change }) => change),
      [
        { ...row, digest: wrong.digest, artifactType: wrong.artifactType, change: 'corrected' },
        { ...row, digest: gone.digest, artifactType: null, change: 'removed' },
        { ...row, digest: lost.digest, artifactType: lost.artifactType, change: 'added' },
      ],
    );
    assert.match(
      step.log,
      /3 lists: 1 to be rewritten, 2 with nothing to do; entries: 1 added, 1 corrected, 1 removed/,
    );
    assert.match(step.summary, /^## Dry run: /);
    for (const word of ['list would be rewritten', 'corrected', 'removed', 'added'])
      assert.ok(step.summary.includes(word));
  });

  test('the real run does just that, and a second one has nothing to do', async () => {
    const broken = await makeBroken();
    const planned = await repair(broken, { 'dry-run': 'true' });
    const step = await repair(broken);
    assert.equal(step.exitCode, 0, step.stdout + step.stderr);
    assert.deepEqual(changesOf(step), changesOf(planned));
    assert.equal(step.outputs['repaired'], '1');
    assert.equal(writes(), 1);
    assert.deepEqual(new Set(await listed(broken)), new Set([broken.wrong.digest, broken.lost.digest]));
    assert.doesNotMatch(step.summary, /Dry run/);
    const again = await repair(broken);
    assert.deepEqual(
      [again.exitCode, again.outputs['repaired'], again.outputs['changes'], writes()],
      [0, '0', '[]', 0],
    );
    assert.match(again.summary, /3 lists: 3 with nothing to do/);
  });

  test('a refused write fails the step with its code, and what was there stays', async (t) => {
    const broken = await makeBroken();
    const before = await listed(broken);
    registry.quirks.readOnly = 403;
    t.after(() => {
      registry.quirks.readOnly = undefined;
    });
    const step = await repair(broken);
    assert.equal(step.exitCode, 1, step.stdout);
    assert.deepEqual(
      step.commands.filter(({ name }) => name === 'error').map(({ properties }) => properties['title']),
      ['denied'],
    );
    assert.deepEqual([step.outputs['repaired'], await listed(broken)], ['0', before]);
    assert.match(step.summary, /<b>denied<\/b>/);
    assert.match(step.summary, /1 failed/);
  });

  test('the Packages API is asked with the token of the job alone, and what only it names is listed', async (t) => {
    const broken = await makeBroken();
    const { repository, index, lost } = broken;
    const versions = [packageVersion(index.descriptor.digest, ['v1']), packageVersion(lost.digest)];
    const github = await startGithub(t, { packages: { [`orgs/${repository}`]: versions } });
    const step = await runStep('.', {
      with: { command: 'repair', image: `${registry.host}/${repository}:v1`, packages: 'true', retries: '0' },
      env: { GITHUB_API_URL: github.url.href },
      token: 'ghs_of_the_job',
    });
    assert.equal(step.exitCode, 0, step.stdout);
    assert.ok((await listed(broken)).includes(lost.digest));
    assert.ok(github.requests.every(({ headers }) => headers.authorization?.endsWith('ghs_of_the_job')));
    assert.ok(registry.log.every(({ headers }) => !JSON.stringify(headers).includes('ghs_of_the_job')));
    assert.ok(!step.log.includes('ghs_of_the_job'));
  });

  test('an input of another command is refused before any request', async () => {
    const broken = await makeBroken();
    const step = await repair(broken, { files: 'sbom.json' });
    assert.equal(step.exitCode, 2);
    assert.match(step.log, /"files" belongs to command attach, not to repair/);
    assert.equal(registry.log.length, 0);
  });
});
