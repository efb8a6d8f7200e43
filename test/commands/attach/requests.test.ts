import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { type Attaching, BY_TAG, startAttaching } from '../../support/attaching.ts';
import { pushSampleImage, pushSampleIndex } from '../../support/sample-image.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

/** With a delay on every request, what does not wait for another begins before the other is answered. */
const DELAY_MS = 80;
const SAFETY = ['look-up', 'read-back', 'settle'] as const;

interface Cost {
  readonly main: number;
  readonly safety: Readonly<Record<(typeof SAFETY)[number], number>>;
  readonly auth: number;
  /** Of the work alone: up to the last write. */
  readonly rounds: number;
}

async function costOf(
  attaching: Attaching,
  inputs: Record<string, string>,
  env: Record<string, string> = {},
): Promise<Cost> {
  const { registry } = attaching;
  registry.quirks.delayMs = DELAY_MS;
  holdImage(attaching, inputs);
  const { row, economy } = await attaching.attach(inputs, { env });
  registry.quirks.delayMs = 0;
  registry.quirks.intercept = undefined;
  assert.equal(row.status, 'attached');
  const { byPurpose } = economy;
  const lastWrite = Math.max(...registry.log.filter(({ method }) => method === 'PUT').map(({ round }) => round));
  return {
    main: byPurpose.main,
    safety: { 'look-up': byPurpose['look-up'], 'read-back': byPurpose['read-back'], settle: byPurpose.settle },
    auth: byPurpose.auth,
    rounds: lastWrite,
  };
}

/** However busy the machine: the image is not answered before what goes out beside its reading has been asked. */
function holdImage({ registry, image, reference }: Attaching, inputs: Record<string, string>): void {
  const isAdd = inputs['if-exists'] === 'add';
  let awaited = isAdd ? 2 : 1; // the begin of both uploads; the list
  if (!isAdd && (inputs['image'] ?? reference) !== reference) return; // the digest, and so the list, is not known yet
  const asked = Promise.withResolvers<void>();
  registry.quirks.intercept = async ({ method, path }) => {
    if ((isAdd ? method === 'POST' : path.includes('/referrers/')) && --awaited === 0) asked.resolve();
    if (method === 'GET' && path.endsWith(`/manifests/${image.descriptor.digest}`)) await asked.promise;
    return undefined;
  };
}

describe('what attaching one file to a digest costs', () => {
  it('6 requests in 3 rounds with the API, and one read-back', async (t: TestContext) => {
    const cost = await costOf(await startAttaching(t), { 'if-exists': 'add' });
    assert.deepEqual(cost, { main: 6, safety: { 'look-up': 0, 'read-back': 1, settle: 0 }, auth: 0, rounds: 3 });
  });

  it('one look-up more with if-exists: skip, where the API is known', async (t: TestContext) => {
    await using runnerTemp = await makeTempDir();
    const env = { RUNNER_TEMP: runnerTemp.path };
    const attaching = await startAttaching(t);
    await costOf(attaching, { 'if-exists': 'add', annotations: 'n=1' }, env);
    const cost = await costOf(attaching, { annotations: 'n=2' }, env);
    assert.equal(cost.safety['read-back'], 1 + 2, 'the list, and both blobs, which the registry says that it holds');
    assert.ok(cost.safety['look-up'] >= 1 && cost.main <= 6, JSON.stringify(cost));
  });

  it('4 rounds with if-exists: skip: the list is read beside the image, and nothing begun before it is known', async (t) => {
    const cost = await costOf(await startAttaching(t), {});
    assert.deepEqual(cost, { main: 6, safety: { 'look-up': 2, 'read-back': 1, settle: 0 }, auth: 0, rounds: 4 });
  });

  it('5 rounds by a tag, with if-exists: skip', async (t) => {
    const attaching = await startAttaching(t);
    const cost = await costOf(attaching, { image: `${attaching.registry.host}/acme/app:v1` });
    assert.equal(cost.rounds, 5);
  });

  it('5 rounds by tag schema with if-exists: skip: an earlier run is asked after while the blobs go out', async (t) => {
    const cost = await costOf(await startAttaching(t, BY_TAG), {});
    assert.equal(cost.rounds, 5);
  });

  for (const mount of [true, false]) {
    it(`for 20 files that are all there: one look for each and no request that writes (mount: ${mount})`, async (t) => {
      const attaching = await startAttaching(t, { mount });
      const files = [...Array(20).keys()].map((n) => `f${n}.json:application/vnd.example.r${n}+json`);
      await Promise.all(files.map((_, n) => attaching.workspace.write(`f${n}.json`, `{"n":${n}}`)));
      await attaching.attach({ files: files.join('\n') });
      const { rows } = await attaching.attach({ files: files.join('\n') });
      assert.equal(rows.filter(({ status }) => status === 'unchanged').length, 20);
      const { log } = attaching.registry;
      assert.deepEqual([...new Set(log.map(({ method }) => method))], ['GET']);
      assert.equal(log.length, 20 + 3, 'each manifest; the image, its list, and the tag of a list');
    });
  }

  it('one question about the API for several subjects, with if-exists: add by tag schema', async (t) => {
    const attaching = await startAttaching(t, BY_TAG);
    const index = await pushSampleIndex(attaching.target);
    attaching.registry.quirks.delayMs = DELAY_MS;
    const image = `${attaching.registry.host}/acme/app@${index.descriptor.digest}`;
    const { rows } = await attaching.attach({ image, platforms: 'all', 'if-exists': 'add' });
    assert.ok(rows.length > 1 && rows.every(({ status }) => status === 'attached'));
    assert.equal(attaching.registry.log.filter(({ path }) => path.includes('/referrers/')).length, 1);
  });

  it('8 requests in 5 rounds by tag schema, where nothing is known of the registry', async (t: TestContext) => {
    const cost = await costOf(await startAttaching(t, BY_TAG), { 'if-exists': 'add' });
    assert.ok(cost.main <= 8 && cost.rounds <= 5, JSON.stringify(cost));
    assert.equal(cost.safety['read-back'], 2, 'the API is asked, and the manifest read back');
    assert.ok(cost.safety.settle >= 2, 'it looks again after the write');
  });

  it('4 rounds by tag schema, where an earlier step of the job has learned it', async (t: TestContext) => {
    await using runnerTemp = await makeTempDir();
    const env = { RUNNER_TEMP: runnerTemp.path };
    const attaching = await startAttaching(t, BY_TAG);
    await costOf(attaching, { 'if-exists': 'add', annotations: 'n=1' }, env);
    attaching.registry.clearLog();
    const cost = await costOf(attaching, { 'if-exists': 'add', annotations: 'n=2' }, env);
    assert.ok(cost.main <= 8 && cost.rounds <= 4, JSON.stringify(cost));
    assert.equal(
      cost.safety['read-back'],
      1 + 1,
      'the manifest, and the empty config, which the registry says that it holds',
    );
    assert.ok(!attaching.registry.log.some(({ path }) => path.includes('/referrers/')), 'the API is not asked again');
  });

  it('two requests more where the registry asks for a token: the 401, and the token', async (t: TestContext) => {
    await using root = await makeTempDir();
    const open = await startEmbeddedRegistry({ root: root.path });
    const image = await pushSampleImage({ host: open.host, repository: 'acme/app' });
    await open.close();
    const users = { me: { password: 'pw' } };
    const auth = { kind: 'bearer', users } as const;
    await using guarded = await startEmbeddedRegistry({ root: root.path, auth, quirks: { delayMs: DELAY_MS } });
    const workspace = await makeWorkspace();
    t.after(() => workspace.remove());
    const { row, economy } = await attach(
      {
        image: `${guarded.host}/acme/app@${image.descriptor.digest}`,
        files: `report.json:${REPORT_TYPE}`,
        'if-exists': 'add',
        'registry-username': 'me',
        'registry-password': 'pw',
      },
      { workspace: workspace.path },
    );
    assert.equal(row.status, 'attached');
    assert.equal(guarded.log.filter(({ status }) => status === 401).length, 1);
    assert.equal(guarded.log.filter(({ path }) => path.startsWith('/token')).length, 1);
    assert.equal(economy.requests, 6 + 1 + 2);
    assert.equal(economy.rounds, 3 + 1 + 2);
  });
});
