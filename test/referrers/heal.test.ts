import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Warning } from '../../src/errors/warning.ts';
import { attach } from '../../src/library/attach.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { type HealOutcome, healReferrers } from '../../src/referrers/heal.ts';
import { type FallbackFixture, listText, SETTLE_MS, startFallback } from '../support/fallback-list.ts';

const TYPE = 'application/vnd.acme.report.v1+json';

interface HealFixture extends FallbackFixture {
  attach(content: string, ifExists: 'add' | 'replace', title?: string): Promise<Digest>;
  heal(digests: readonly Digest[]): Promise<HealOutcome & { readonly warned: readonly Warning['code'][] }>;
}

async function start(t: TestContext): Promise<HealFixture> {
  const list = await startFallback(t);
  const subject = list.subject.descriptor.digest;
  return {
    ...list,
    attach: async (content, ifExists, title = 'report.json') => {
      const files = [{ title, content: new TextEncoder().encode(content) }];
      const { store } = list;
      return (await attach({ store, target: subject, artifactType: TYPE, files, ifExists, settleMs: 1 })).digest;
    },
    heal: async (digests) => {
      const warned: Warning['code'][] = [];
      const [outcome] = await healReferrers([{ repository: 'x', subject, digests }], {
        openStore: async () => list.store,
        warn: ({ code }) => warned.push(code),
        settleMs: SETTLE_MS,
      });
      assert.ok(outcome !== undefined);
      return { ...outcome, warned };
    },
  };
}

describe('healReferrers', () => {
  it('leaves out what a later replace put another edition in the place of', async (t) => {
    const list = await start(t);
    const old = await list.attach('1', 'add');
    const next = await list.attach('2', 'replace');
    const { healed, superseded, error, warned } = await list.heal([old]);
    assert.deepEqual(
      { healed, superseded, error, warned },
      { healed: [], superseded: [old], error: undefined, warned: [] },
    );
    assert.deepEqual(await list.listed(), [next]);
  });

  it('lists again what was overwritten by a list with an artifact of other titles', async (t) => {
    const list = await start(t);
    const ours = await list.attach('1', 'add');
    const before = await list.readList();
    const other = await list.attach('1', 'add', 'other.json');
    const both = JSON.parse((await list.readList()) ?? '') as { manifests: { digest: Digest }[] };
    await list.writeList(
      JSON.stringify({ ...both, manifests: both.manifests.filter(({ digest }) => digest === other) }),
    );
    assert.notEqual(await list.readList(), before);
    const { healed, superseded, warned } = await list.heal([ours]);
    assert.deepEqual(
      { healed, superseded, warned },
      { healed: [ours], superseded: [], warned: ['fallback-entry-restored'] },
    );
    assert.deepEqual(await list.listed(), [other, ours]);
  });

  it('lists again one of two editions that the same run attached', async (t) => {
    const list = await start(t);
    const [a, b] = [await list.attach('1', 'add'), await list.attach('2', 'add')];
    const both = JSON.parse((await list.readList()) ?? '') as { manifests: { digest: Digest }[] };
    await list.writeList(JSON.stringify({ ...both, manifests: both.manifests.filter(({ digest }) => digest === b) }));
    assert.deepEqual((await list.heal([a, b])).healed, [a]);
  });

  it('warns of what was deleted since, and lists the rest again', async (t) => {
    const list = await start(t);
    const [gone, kept] = [await list.attach('1', 'add'), await list.attach('2', 'add', 'other.json')];
    await list.writeList(listText([]));
    assert.equal(await list.store.deleteManifest(gone), true);
    const { healed, error, warned } = await list.heal([gone, kept]);
    assert.deepEqual(
      [healed, error, warned.toSorted()],
      [[kept], undefined, ['attached-gone', 'fallback-entry-restored']],
    );
    assert.deepEqual(await list.listed(), [kept]);
  });
});
