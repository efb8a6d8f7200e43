import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../src/referrers/marker.ts';
import { attach, makeWorkspace } from '../support/attach-run.ts';
import { type FallbackFixture, listText, startFallback } from '../support/fallback-list.ts';
import { pushSampleImage } from '../support/sample-image.ts';

/** The next write of ours is taken, and then a rival's list stands in its place. */
function overwriteNext(list: FallbackFixture, entries: readonly Descriptor[]): void {
  let armed = true;
  list.registry.quirks.intercept = async (request) => {
    if (!armed || !list.isTagRequest(request, 'GET') || list.tagRequests('PUT').length === 0) return undefined;
    armed = false;
    await list.writeList(listText(entries));
    return undefined;
  };
}

async function marked(list: FallbackFixture, name: string, artifactType: string): Promise<Descriptor> {
  const descriptor = await list.pushReferrer(name);
  return { ...descriptor, artifactType, annotations: { [ANNOTATION_ATTACHED_BY]: ATTACHED_BY } };
}

describe('an entry of others that vanishes while its manifest stands', () => {
  it('is left out where a marked entry of the same type came in its place: it was replaced', async (t) => {
    const list = await startFallback(t);
    const [old, next] = [
      await marked(list, 'old', 'application/vnd.y'),
      await marked(list, 'new', 'application/vnd.y'),
    ];
    const ours = await list.pushReferrer('ours');
    await list.writeList(listText([old]));
    list.registry.clearLog();
    overwriteNext(list, [next]);
    await list.update({ add: [ours] });
    assert.deepEqual(await list.listed(), [next.digest, ours.digest]);
    assert.deepEqual(list.warnings, []);
  });

  it('stays out when its successor is overwritten in turn, and that one comes back', async (t) => {
    const list = await startFallback(t);
    const [old, next] = [
      await marked(list, 'old', 'application/vnd.y'),
      await marked(list, 'new', 'application/vnd.y'),
    ];
    const ours = await list.pushReferrer('ours');
    await list.writeList(listText([old]));
    list.registry.clearLog();
    const states = [[next], [next, ours], []];
    let puts = 0;
    list.registry.quirks.intercept = async (request) => {
      if (!list.isTagRequest(request, 'GET') || list.tagRequests('PUT').length <= puts) return undefined;
      const state = states.shift();
      if (state !== undefined) await list.writeList(listText(state));
      puts = list.tagRequests('PUT').length;
      return undefined;
    };
    await list.update({ add: [ours] });
    const listed = await list.listed();
    assert.ok(!listed.includes(old.digest));
    assert.ok(listed.includes(ours.digest));
  });

  const kept: readonly (readonly [string, (list: FallbackFixture) => Promise<readonly [Descriptor, Descriptor]>])[] = [
    [
      'what came is of another type',
      async (list) => [await marked(list, 'old', 'application/vnd.y'), await marked(list, 'new', 'application/vnd.z')],
    ],
    [
      'what came does not bear the marker',
      async (list) => [await marked(list, 'old', 'application/vnd.y'), await list.pushReferrer('new')],
    ],
    [
      'it does not bear the marker itself',
      async (list) => [await list.pushReferrer('old'), await marked(list, 'new', 'application/vnd.y')],
    ],
  ];
  for (const [why, make] of kept) {
    it(`is put back where ${why}`, async (t) => {
      const list = await startFallback(t);
      const [old, next] = await make(list);
      const ours = await list.pushReferrer('ours');
      await list.writeList(listText([old]));
      list.registry.clearLog();
      overwriteNext(list, [next]);
      await list.update({ add: [ours] });
      assert.deepEqual((await list.listed()).toSorted(), [old.digest, next.digest, ours.digest].toSorted());
    });
  }

  it('is put back where the entry of its type was there before it vanished', async (t) => {
    const list = await startFallback(t);
    const [a, b] = [await marked(list, 'a', 'application/vnd.y'), await marked(list, 'b', 'application/vnd.y')];
    const ours = await list.pushReferrer('ours');
    await list.writeList(listText([a, b]));
    list.registry.clearLog();
    overwriteNext(list, [b]);
    await list.update({ add: [ours] });
    assert.deepEqual((await list.listed()).toSorted(), [a.digest, b.digest, ours.digest].toSorted());
  });
});

describe('an entry that is to go', () => {
  it('goes again when a rival brings it back before the last look', async (t) => {
    const list = await startFallback(t);
    const [old, ours] = [
      await marked(list, 'old', 'application/vnd.y'),
      await marked(list, 'new', 'application/vnd.y'),
    ];
    await list.writeList(listText([old]));
    list.registry.clearLog();
    overwriteNext(list, [ours, old]);
    await list.update({ add: [ours], remove: [old.digest] });
    assert.deepEqual(await list.listed(), [ours.digest]);
  });
});

describe('attach while another run replaces', () => {
  it('brings nothing back, whenever the other one begins', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => raceReplace(i * 25)));
    for (const { statuses, listed, old, expected } of outcomes) {
      assert.deepEqual(statuses, ['attached', 'replaced']);
      assert.ok(!listed.includes(old), 'the old edition is listed again');
      assert.deepEqual(listed.toSorted(), expected.toSorted());
    }
  });
});

interface ReplaceRace {
  readonly statuses: readonly string[];
  readonly listed: readonly (string | undefined)[];
  readonly old: string | undefined;
  readonly expected: readonly (string | undefined)[];
}

async function raceReplace(delayMs: number): Promise<ReplaceRace> {
  const registry = await startEmbeddedRegistry({ quirks: { referrersApi: false, preconditions: false, delayMs: 5 } });
  await using workspace = await makeWorkspace();
  await using other = await makeWorkspace();
  try {
    const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    const image = `${registry.host}/acme/app:1`;
    await workspace.write('x.json', '{"x":1}');
    await other.write('y.json', '{"y":1}');
    const files = 'y.json:application/vnd.y';
    const first = await attach({ image, files }, { workspace: other.path });
    await other.write('y.json', '{"y":2}');
    const adding = attach({ image, files: 'x.json:application/vnd.x' }, { workspace: workspace.path });
    await new Promise((resolve) => setTimeout(resolve, delayMs)); // the two meet at another point each time
    const replacing = attach({ image, files, 'if-exists': 'replace' }, { workspace: other.path });
    const runs = await Promise.all([adding, replacing]);
    const answer = await fetch(`${registry.url}/v2/acme/app/manifests/${buildReferrersTag(descriptor.digest)}`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    });
    const { manifests } = (await answer.json()) as { manifests: { digest: string }[] };
    return {
      statuses: runs.map(({ row }) => row.status),
      listed: manifests.map(({ digest }) => digest),
      old: first.row.digest,
      expected: runs.map(({ row }) => row.digest),
    };
  } finally {
    await registry.close();
  }
}

describe('an entry that somebody takes out on purpose', () => {
  it('is put back twice, and no more where just that is undone each time', async (t) => {
    const list = await startFallback(t);
    const [wanted, out, ours] = await Promise.all(['wanted', 'out', 'ours'].map((name) => list.pushReferrer(name)));
    assert.ok(wanted && out && ours);
    await list.writeList(listText([wanted, out]));
    let undone = 0;
    list.registry.quirks.intercept = async (request) => {
      // the other one reads what was written, and takes its entry out: after our own write, and after each that puts it back
      if (list.isTagRequest(request, 'GET') && list.tagRequests('PUT').length > 2 * undone + 1) {
        undone++;
        await list.writeList(listText([wanted, ours]));
      }
      return undefined;
    };
    await list.update({ add: [ours] });
    assert.deepEqual([undone, await list.listed()], [3, [wanted.digest, ours.digest]]);
  });
});

describe('an entry of others that one write takes out twice', () => {
  it('stands in the end: a client or a proxy repeats its PUT without having read the list again', async (t) => {
    const list = await startFallback(t);
    const [wanted, theirs, stale, ours] = await Promise.all(
      ['wanted', 'theirs', 'stale', 'ours'].map((name) => list.pushReferrer(name)),
    );
    assert.ok(wanted && theirs && stale && ours);
    await list.writeList(listText([wanted]));
    const repeated = listText([wanted, ours, stale]);
    const steps: readonly (readonly [afterPuts: number, text: string])[] = [
      [2, listText([wanted, ours, theirs])], // after our write: another one adds its entry, and looks no more
      [3, repeated], // by one who read before that
      [5, repeated], // the same once more, after the entry was put back
    ];
    let done = 0;
    list.registry.quirks.intercept = async (request) => {
      const [after, text] = steps[done] ?? [];
      if (after === undefined || text === undefined) return undefined;
      if (list.isTagRequest(request, 'GET') && list.tagRequests('PUT').length >= after) {
        done++;
        await list.writeList(text);
      }
      return undefined;
    };
    await list.update({ add: [ours] });
    assert.equal(done, steps.length);
    assert.deepEqual(
      (await list.listed()).toSorted(),
      [wanted, theirs, stale, ours].map(({ digest }) => digest).toSorted(),
    );
  });
});
