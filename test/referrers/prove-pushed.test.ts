import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { errorResponse, type RegistryRequest, type RegistryResponse } from '../../src/embedded/exchange.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { type Digest, isDigest } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { type Artifact, bindArtifact } from '../../src/referrers/artifact.ts';
import { attachArtifacts } from '../../src/referrers/attach-artifacts.ts';
import type { AttachOutcome, AttachSettings } from '../../src/referrers/attach-types.ts';
import type { Clock } from '../../src/referrers/clock.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../src/referrers/marker.ts';
import type { Store } from '../../src/store/store.ts';
import { type Attaching, BY_TAG, startAttaching } from '../support/attaching.ts';
import { FAST_CLOCK, SETTLE_MS } from '../support/fallback-list.ts';
import { openTestStore } from '../support/listing.ts';

const REPORT: Artifact = { artifactType: 'application/x', layers: [] };

interface Stage extends Attaching {
  readonly store: Store;
  /** Attaches to the image, in a tenth of the time; the log begins anew. */
  attachThese(artifacts: readonly Artifact[], settings?: Partial<AttachSettings>): Promise<readonly AttachOutcome[]>;
  attachReport(settings?: Partial<AttachSettings>): Promise<AttachOutcome>;
  digestOfOne(artifact: Artifact): Digest;
  /** GETs of the report's manifest. */
  reads(): Attaching['registry']['log'];
}

async function startStage(t: TestContext, quirks: Quirks = {}): Promise<Stage> {
  const attaching = await startAttaching(t, { ...BY_TAG, ...quirks });
  const { registry, image } = attaching;
  const subject = image.descriptor;
  const store = openTestStore(t, registry.host);
  const attachThese: Stage['attachThese'] = (artifacts, settings = {}) => {
    registry.clearLog();
    const targets = [{ subject, artifacts }];
    const defaults = { ifExists: 'add', clock: FAST_CLOCK, settleMs: SETTLE_MS } as const;
    return attachArtifacts({ store, targets, ...defaults, ...settings });
  };
  const digestOfOne = (artifact: Artifact): Digest => bindArtifact(artifact, subject).digest;
  return {
    ...attaching,
    store,
    attachThese,
    digestOfOne,
    attachReport: async (settings) => {
      const [outcome] = await attachThese([REPORT], settings);
      assert.ok(outcome);
      return outcome;
    },
    reads: () =>
      registry.log.filter(({ method, path }) => method === 'GET' && path.endsWith(`/manifests/${digestOfOne(REPORT)}`)),
  };
}

/** 201 for a manifest that is put by digest, and nothing is kept. */
function dropping(isDropped: (digest: Digest) => boolean = () => true) {
  return ({ method, path }: RegistryRequest): RegistryResponse | undefined => {
    const digest = path.slice(path.lastIndexOf('/') + 1);
    if (method !== 'PUT' || !isDigest(digest) || !isDropped(digest)) return undefined;
    return { status: 201, headers: { location: path, 'docker-content-digest': digest } };
  };
}

/** Another answer to a GET of any manifest by digest. */
function answering(answer: () => RegistryResponse | undefined): Quirks['intercept'] {
  return ({ method, path }) => (method === 'GET' && path.includes('/manifests/sha256:') ? answer() : undefined);
}

const notThere = (): RegistryResponse => errorResponse(404, 'MANIFEST_UNKNOWN', 'no such manifest');

function wordOf(outcome: AttachOutcome | undefined): string | undefined {
  return outcome?.status === 'failed' ? outcome.error.code : outcome?.status;
}

const isOfTag = ({ path }: { readonly path: string }): boolean => path.includes('/manifests/sha256-');

describe('a manifest that the referrers API never lists', () => {
  for (const [title, quirks, standing] of [
    ['is said to be on the registry where it is', { referrersLag: { ms: 1e9 } }, true],
    ['is not said to be on the registry where that kept nothing', { intercept: dropping() }, false],
  ] as const) {
    it(title, async (t) => {
      const { attachReport, digestOfOne, reads } = await startStage(t, { referrersApi: true, ...quirks });
      const outcome = await attachReport();
      assert.equal(outcome.status, 'failed');
      assert.equal(outcome.error.code, 'readback-failed');
      assert.equal(outcome.standing, standing ? digestOfOne(REPORT) : undefined);
      assert.equal(/is on the registry$/.test(outcome.error.message), standing, outcome.error.message);
      assert.equal(reads().length, 1);
    });
  }
});

describe('a manifest whose list cannot be written', () => {
  const refusing = ({ method, path }: RegistryRequest): RegistryResponse | undefined =>
    method === 'PUT' && isOfTag({ path }) ? errorResponse(403, 'DENIED', 'no tags') : undefined;
  const drop = dropping();
  const unread = answering(() => errorResponse(500, 'UNKNOWN', 'down'));

  for (const [title, intercept, words, standing] of [
    [
      'is said to be on the registry where it is',
      refusing,
      /no tags.* The manifest sha256:\w+ is on the registry$/,
      true,
    ],
    [
      'is said not to be there where the registry kept nothing of what it took',
      (request: RegistryRequest) => refusing(request) ?? drop(request),
      /no tags.* And .* took sha256:\w+, and now answers that it is not there$/,
      false,
    ],
    [
      'is said to have been taken, and no more, where it cannot be looked at',
      (request: RegistryRequest) => refusing(request) ?? unread?.(request),
      /no tags.* The manifest sha256:\w+ was taken by the registry, and not seen there since$/,
      true,
    ],
  ] as const) {
    it(title, async (t) => {
      const { attachReport, digestOfOne } = await startStage(t, { intercept });
      const outcome = await attachReport();
      assert.equal(outcome.status, 'failed');
      assert.equal(outcome.error.code, 'denied');
      assert.match(outcome.error.message, words);
      assert.doesNotMatch(outcome.error.hint ?? '', /on the registry/);
      assert.equal(outcome.standing, standing ? digestOfOne(REPORT) : undefined);
    });
  }
});

describe('reading a manifest back, where lists are kept by tag', () => {
  it('is one request, with the first look at the list', async (t) => {
    const { attachReport, registry, reads } = await startStage(t, { delayMs: 40 });
    assert.equal(wordOf(await attachReport({ settleMs: 250, clock: undefined })), 'attached');
    const written = registry.log.findIndex((entry) => entry.method === 'PUT' && isOfTag(entry));
    const look = registry.log.slice(written).find((entry) => entry.method === 'GET' && isOfTag(entry));
    assert.ok(look);
    assert.deepEqual(
      reads().map(({ round }) => round),
      [look.round],
    );
  });

  it('that the registry said it took and does not keep is an error, and nothing says that it is there', async (t) => {
    const { attachReport, digestOfOne, reads } = await startStage(t, { intercept: dropping() });
    const outcome = await attachReport();
    assert.equal(outcome.status, 'failed');
    assert.equal(outcome.error.code, 'readback-failed');
    assert.match(
      outcome.error.message,
      new RegExp(`took ${digestOfOne(REPORT)}, and now answers that it is not there$`),
    );
    assert.equal(outcome.standing, undefined);
    assert.equal(reads().length, 7);
  });

  it('is done again, and completes the list, once the registry keeps what it takes', async (t) => {
    const stage = await startStage(t, { intercept: dropping() });
    assert.equal(wordOf(await stage.attachReport()), 'readback-failed');
    stage.registry.quirks.intercept = undefined;
    assert.equal(wordOf(await stage.attachReport({ ifExists: 'skip' })), 'attached');
    assert.equal((await stage.listed()).length, 1);
    assert.ok(await stage.registry.holds('acme/app', stage.digestOfOne(REPORT)));
  });

  it('does not take a HEAD that finds it for its bytes', async (t) => {
    const stage = await startStage(t, { intercept: answering(notThere) });
    assert.equal(wordOf(await stage.attachReport()), 'readback-failed');
    const url = `${stage.registry.url}/v2/acme/app/manifests/${stage.digestOfOne(REPORT)}`;
    assert.equal((await fetch(url, { method: 'HEAD', headers: { accept: OCI_MANIFEST } })).status, 200);
  });

  it('does not take other bytes for it', async (t) => {
    const body = new TextEncoder().encode('{}');
    const other = () => ({ status: 200, headers: { 'content-type': OCI_MANIFEST }, body });
    const outcome = await (await startStage(t, { intercept: answering(other) })).attachReport();
    assert.equal(outcome.status, 'failed');
    assert.equal(outcome.error.code, 'digest-mismatch');
    assert.match(outcome.error.message, /^127\.0\.0\.1:\d+\/acme\/app took sha256:\w+, which could not be read back: /);
  });

  it('waits for a registry that serves it only moments later', async (t) => {
    let asked = 0;
    const intercept = answering(() => (++asked < 4 ? notThere() : undefined));
    const { attachReport, reads } = await startStage(t, { intercept });
    assert.equal(wordOf(await attachReport()), 'attached');
    assert.equal(reads().length, 4);
  });

  it('is each artifact’s own: what is there is attached beside what is not', async (t) => {
    const stage = await startStage(t);
    const lost = { ...REPORT, artifactType: 'application/lost' };
    stage.registry.quirks.intercept = dropping((digest) => digest === stage.digestOfOne(lost));
    const outcomes = await stage.attachThese([lost, REPORT]);
    assert.deepEqual(outcomes.map(wordOf), ['readback-failed', 'attached']);
  });

  it('is not asked of a manifest that a look-up has read: an earlier run ended before the list', async (t) => {
    const stage = await startStage(t);
    await stage.attachReport();
    const tag = `/manifests/${stage.image.descriptor.digest.replace(':', '-')}`;
    await fetch(`${stage.registry.url}/v2/acme/app${tag}`, { method: 'DELETE' });
    assert.deepEqual(await stage.listed(), []);
    assert.equal(wordOf(await stage.attachReport({ ifExists: 'skip' })), 'attached');
    assert.equal(stage.reads().length, 1);
  });

  it('ends where the list could not be confirmed: nobody waits for it then', { timeout: 20_000 }, async (t) => {
    const waits = Promise.withResolvers<void>();
    // the longest wait, which is for the manifest, lasts until it is given up
    const pause: Clock['pause'] = async (milliseconds, signal) => {
      if (milliseconds < 3000 || signal === undefined) return;
      waits.resolve();
      await once(signal, 'abort');
      signal.throwIfAborted();
    };
    let looks = 0;
    const drop = dropping();
    const { attachReport } = await startStage(t, {
      intercept: async (request) => {
        if (request.method !== 'GET' || !isOfTag(request) || ++looks < 3) return drop(request);
        await waits.promise;
        return errorResponse(403, 'DENIED', 'no more');
      },
    });
    assert.equal(wordOf(await attachReport({ clock: { ...FAST_CLOCK, pause } })), 'denied');
  });

  it('comes before the write that takes an older edition out of the list', async (t) => {
    const stage = await startStage(t);
    const edition = (n: string): Artifact => ({ ...REPORT, annotations: { n, [ANNOTATION_ATTACHED_BY]: ATTACHED_BY } });
    const [first] = await stage.attachThese([edition('1')]);
    stage.registry.quirks.intercept = dropping();
    const [second] = await stage.attachThese([edition('2')], { ifExists: 'replace' });
    assert.deepEqual([first, second].map(wordOf), ['attached', 'readback-failed']);
    assert.deepEqual(
      (await stage.listed()).map(({ digest }) => digest),
      [stage.digestOfOne(edition('1'))],
    );
    stage.registry.quirks.intercept = undefined;
    const [third] = await stage.attachThese([edition('2')], { ifExists: 'replace' });
    assert.equal(wordOf(third), 'replaced');
    assert.deepEqual(
      (await stage.listed()).map(({ digest }) => digest),
      [stage.digestOfOne(edition('2'))],
    );
  });
});
