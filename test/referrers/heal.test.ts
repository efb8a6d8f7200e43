import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { Warning } from '../../src/errors/warning.ts';
import { attach } from '../../src/library/attach.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { type HealOutcome, healReferrers } from '../../src/referrers/heal.ts';
import { type FallbackFixture, listText, SETTLE_MS, startFallback } from '../support/fallback-list.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

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

  it('lists nothing of another image, whatever the state of the job says', async (t) => {
    const list = await start(t);
    const other = await pushSampleImage(list.target, { name: 'other' });
    const { descriptor } = await pushSampleReferrer(list.target, other.descriptor);
    const { healed, error } = await list.heal([descriptor.digest]);
    assert.deepEqual([healed, error?.code], [[], 'internal']);
    assert.match(error?.message ?? '', /has another subject/);
    assert.equal(await list.readList(), undefined);
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

  it('costs one read, and no write, where all is still listed', async (t) => {
    const list = await start(t);
    const ours = await list.attach('1', 'add');
    list.registry.clearLog();
    const { healed, superseded, error, warned } = await list.heal([ours]);
    assert.deepEqual(
      { healed, superseded, error, warned },
      { healed: [], superseded: [], error: undefined, warned: [] },
    );
    assert.deepEqual(
      list.registry.log.map(({ method }) => method),
      ['GET'],
    );
  });

  for (const [title, break_, code] of [
    [
      'that cannot be read',
      (list: HealFixture) => {
        list.registry.quirks.failure = { status: 500, match: (request) => list.isTagRequest(request, 'GET') };
      },
      'server-error',
    ],
    [
      'that cannot be written',
      (list: HealFixture) => {
        list.registry.quirks.readOnly = 403;
      },
      'denied',
    ],
    [
      'whose tag has become something else',
      async (list: HealFixture) => {
        await pushSampleImage(list.target, { tag: list.tag, name: 'another' });
      },
      'fallback-index-invalid',
    ],
  ] as const) {
    it(`says that it failed for a list ${title}, and heals the others`, async (t) => {
      const [sick, sound] = [await start(t), await start(t)];
      const entries = await Promise.all(
        [sick, sound].map(async (list, i) => {
          const digests = [await list.attach('1', 'add')];
          await list.writeList(listText([]));
          return { repository: String(i), subject: list.subject.descriptor.digest, digests };
        }),
      );
      await break_(sick);
      const [failed, healed] = await healReferrers(entries, {
        openStore: async (repository) => (repository === '0' ? sick : sound).store,
        warn: () => undefined,
        settleMs: SETTLE_MS,
      });
      assert.equal(failed?.error?.code, code);
      assert.deepEqual([healed?.error, healed?.healed], [undefined, entries[1]?.digests]);
    });
  }

  it('says that it failed where the registry cannot be reached at all', async (t) => {
    const list = await start(t);
    const refused = new CodedError('network-unreachable', 'no way');
    const [outcome] = await healReferrers([{ repository: 'x', subject: list.subject.descriptor.digest, digests: [] }], {
      openStore: () => Promise.reject(refused),
      warn: () => undefined,
    });
    assert.equal(outcome?.error, refused);
  });
});
