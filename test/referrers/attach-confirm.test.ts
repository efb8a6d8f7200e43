import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EmbeddedRegistryOptions } from '../../src/embedded/embedded-registry.ts';
import { errorResponse } from '../../src/embedded/exchange.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { attachArtifacts } from '../../src/referrers/attach-artifacts.ts';
import type { AttachOutcome, AttachSettings } from '../../src/referrers/attach-types.ts';
import { createCapabilityMemory, type KnownCapability } from '../../src/referrers/capability.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../src/referrers/marker.ts';
import { type Attaching, BY_TAG, startAttaching, stepsOf } from '../support/attaching.ts';
import { FAST_CLOCK, SETTLE_MS } from '../support/fallback-list.ts';
import { openTestStore } from '../support/listing.ts';

type After = Parameters<typeof startAttaching>[0];

/** One artifact attached to the image, in a tenth of the time. */
async function attachOne(
  t: After,
  quirks: Quirks,
  settings: Partial<AttachSettings> & EmbeddedRegistryOptions = {},
): Promise<Attaching & { outcome: AttachOutcome; known: KnownCapability | undefined }> {
  const attaching = await startAttaching(t, quirks);
  const { image, registry } = attaching;
  const store = openTestStore(t, registry.host);
  const capabilities = settings.capabilities ?? createCapabilityMemory();
  registry.clearLog();
  const [outcome] = await attachArtifacts({
    store,
    targets: [{ subject: image.descriptor, artifacts: [{ artifactType: 'application/x', layers: [] }] }],
    ifExists: 'add',
    clock: FAST_CLOCK,
    settleMs: SETTLE_MS,
    ...settings,
    capabilities,
  });
  assert.ok(outcome);
  return { ...attaching, outcome, known: capabilities.get(store.name) };
}

function viaOf(outcome: AttachOutcome): string {
  return outcome.status === 'failed' ? `${outcome.error.code}: ${outcome.error.message}` : String(outcome.via);
}

function errorOf(outcome: AttachOutcome): CodedError {
  assert.equal(outcome.status, 'failed');
  return outcome.error;
}

async function assertListedOnce({ listed, outcome }: Awaited<ReturnType<typeof attachOne>>): Promise<void> {
  assert.deepEqual(
    (await listed()).map(({ digest }) => digest),
    [outcome.bound.digest],
  );
}

function touchesTag({ registry }: Attaching): boolean {
  return registry.log.some(({ path }) => path.includes('/manifests/sha256-'));
}

describe('OCI-Subject', () => {
  it('equal to the subject is believed once the API lists the artifact; the tag is not touched', async (t) => {
    const run = await attachOne(t, {});
    assert.equal(viaOf(run.outcome), 'api');
    assert.equal(run.known?.capability, 'api');
    assert.ok(!touchesTag(run));
    await assertListedOnce(run);
  });

  for (const [title, ociSubject] of [
    ['of another digest', digestOf('another')],
    ['that is empty', ''],
    ['in upper case, which is no digest', 'SHA256:ABCDEF'],
    ['that is absent', false],
  ] as const) {
    it(`${title} proves nothing: the API is asked, and nothing is written twice where it lists the artifact`, async (t) => {
      const run = await attachOne(t, { ociSubject });
      assert.equal(viaOf(run.outcome), 'api');
      assert.deepEqual(
        stepsOf(run.writes()).filter((step) => step.startsWith('PUT tag')),
        [],
      );
      await assertListedOnce(run);
    });

    it(`${title} proves nothing: the tag is written where there is no API`, async (t) => {
      const run = await attachOne(t, { ...BY_TAG, ociSubject });
      assert.equal(viaOf(run.outcome), 'tag-schema');
      assert.equal(run.known?.capability, 'tag-schema');
      await assertListedOnce(run);
    });
  }

  it('equal to the subject without an API, as ECR had it in 2024, leads to the tag', async (t) => {
    const probe = await startAttaching(t);
    const run = await attachOne(t, { ...BY_TAG, ociSubject: probe.image.descriptor.digest });
    assert.equal(viaOf(run.outcome), 'tag-schema');
    await assertListedOnce(run);
  });
});

describe('reading back', () => {
  for (const [title, referrersLag] of [
    ['after some reads', { reads: 2 }],
    ['after some time', { ms: 60 }],
  ] as const) {
    it(`waits for an API that lists ${title}`, async (t) => {
      const run = await attachOne(t, { referrersLag });
      assert.equal(viaOf(run.outcome), 'api');
      assert.ok(!touchesTag(run));
      assert.ok(run.registry.log.filter(({ path }) => path.includes('/referrers/')).length > 1);
    });
  }

  it('of what is never listed is an error that names what is on the registry', async (t) => {
    const run = await attachOne(t, { referrersLag: { ms: 1e9 } });
    const error = errorOf(run.outcome);
    const { digest } = run.outcome.bound;
    assert.equal(error.code, 'readback-failed');
    assert.match(error.message, new RegExp(`referrers API does not list it for ${run.image.descriptor.digest}`));
    assert.match(error.message, new RegExp(`The manifest ${digest} is on the registry$`));
    assert.ok(await run.registry.holds('acme/app', digest));
    assert.ok(!touchesTag(run), 'a promise of the API is not answered with the tag');
  });

  it('stops at the page that lists the artifact', async (t) => {
    const run = await attachOne(t, {
      referrersPageSize: 1,
      referrersExtra: Array.from({ length: 5 }, (_, i) => ({ mediaType: 'x/y', size: 1, digest: digestOf(`${i}`) })),
    });
    assert.equal(viaOf(run.outcome), 'api');
    const pages = run.registry.log.filter(({ path }) => path.includes('/referrers/')).length;
    assert.ok(pages >= 1 && pages < 6, `${pages} pages`);
  });
});

describe('an API that could not be looked at', () => {
  for (const referrersApi of [403, 405, 406, 500, 503, 'html-200', 'unauthorized'] as const) {
    it(`(${referrersApi}) leads to an error, not to the tag`, async (t) => {
      const run = await attachOne(t, { referrersApi, ociSubject: false });
      const error = errorOf(run.outcome);
      assert.match(error.message, new RegExp(`The manifest ${run.outcome.bound.digest} is on the registry`));
      assert.deepEqual(
        stepsOf(run.writes()).filter((step) => step.startsWith('PUT tag')),
        [],
      );
      assert.equal(run.known, undefined);
    });
  }

  for (const referrersApi of ['text-404', 'manifest-unknown', 'html-404', 'redirect'] as const) {
    it(`since there is none (${referrersApi}) leads to the tag`, async (t) => {
      const run = await attachOne(t, { ...BY_TAG, referrersApi });
      assert.equal(viaOf(run.outcome), 'tag-schema');
      const { outcome, registry } = run;
      registry.quirks.referrersApi = false;
      await assertListedOnce({ ...run, outcome });
    });
  }
});

describe('distribution-spec', () => {
  it('v1.1-referrers-api never reads or writes the tag, and refuses a registry without the API before any write', async (t) => {
    const run = await attachOne(t, BY_TAG, { distributionSpec: 'v1.1-referrers-api' });
    assert.equal(errorOf(run.outcome).code, 'referrers-api-required');
    assert.deepEqual(stepsOf(run.registry.log), ['GET referrers 404']);
  });

  it('v1.1-referrers-api writes no tag, either, where the API is gone once the artifact stands', async (t) => {
    let asked = 0;
    const run = await attachOne(
      t,
      {
        intercept: ({ path }) =>
          path.includes('/referrers/') && ++asked > 1 ? errorResponse(404, 'NOT_FOUND', 'no such page') : undefined,
      },
      { distributionSpec: 'v1.1-referrers-api' },
    );
    assert.equal(errorOf(run.outcome).code, 'referrers-api-required');
    assert.match(errorOf(run.outcome).message, /is on the registry/);
    assert.ok(!touchesTag(run));
  });

  it('v1.1-referrers-api is content with a registry that has it', async (t) => {
    const run = await attachOne(t, {}, { distributionSpec: 'v1.1-referrers-api' });
    assert.equal(viaOf(run.outcome), 'api');
    assert.ok(!touchesTag(run));
  });

  it('v1.1-referrers-tag writes the tag and never asks the API', async (t) => {
    const run = await attachOne(t, {}, { distributionSpec: 'v1.1-referrers-tag' });
    assert.equal(viaOf(run.outcome), 'tag-schema');
    assert.ok(!run.registry.log.some(({ path }) => path.includes('/referrers/')));
    assert.ok((await run.registry.tagsOf('acme/app')).some((tag) => tag.startsWith('sha256-')));
  });
});

describe('what is known of a registry', () => {
  it('as without the API saves the question, and the tag is read while the manifest goes out', async (t) => {
    const capabilities = createCapabilityMemory();
    const known = { capability: 'tag-schema', reason: 'an earlier step' } as const;
    const run = await attachOne(t, BY_TAG, { capabilities: { ...capabilities, get: () => known } });
    assert.equal(viaOf(run.outcome), 'tag-schema');
    assert.ok(!run.registry.log.some(({ path }) => path.includes('/referrers/')));
  });

  it('as with the API does not hide that it is gone', async (t) => {
    const capabilities = createCapabilityMemory();
    const known = { capability: 'api', reason: 'an earlier step' } as const;
    const run = await attachOne(t, BY_TAG, { capabilities: { ...capabilities, get: () => known } });
    assert.equal(viaOf(run.outcome), 'tag-schema');
    await assertListedOnce(run);
  });
});

describe('the push of a manifest', () => {
  it('answered with another digest is an error: other bytes are stored', async (t) => {
    const run = await attachOne(t, {
      intercept: ({ method, path }) =>
        method === 'PUT' && path.includes('/manifests/')
          ? { status: 201, headers: { 'docker-content-digest': digestOf('other bytes') } }
          : undefined,
    });
    assert.equal(errorOf(run.outcome).code, 'digest-mismatch');
  });

  for (const manifestPutStatus of [200, 202] as const) {
    it(`answered with ${manifestPutStatus} is taken for what it means`, async (t) => {
      const run = await attachOne(t, { manifestPutStatus });
      assert.equal(viaOf(run.outcome), 'api');
    });
  }

  it('refused since the subject is not there says to push the image first, as GitLab wants it', async (t) => {
    const attaching = await startAttaching(t, { ...BY_TAG, subjectMustExist: true });
    const store = openTestStore(t, attaching.registry.host);
    const subject = { ...attaching.image.descriptor, digest: digestOf('nowhere') };
    const artifacts = [{ artifactType: 'application/x', layers: [] }];
    const [outcome] = await attachArtifacts({ store, targets: [{ subject, artifacts }], ifExists: 'add' });
    assert.ok(outcome);
    const error = errorOf(outcome);
    assert.equal(error.code, 'manifest-blob-unknown');
    assert.match(error.hint ?? '', /push it before attaching/);
  });

  for (const manifestTooLargeIs400 of [false, true]) {
    it(`refused as too large (${manifestTooLargeIs400 ? 400 : 413}) says so`, async (t) => {
      const run = await attachOne(t, { maxManifestBytes: 100, manifestTooLargeIs400 });
      assert.equal(errorOf(run.outcome).code, 'manifest-too-large');
    });
  }

  it('is repeated after a failure of the server, since by digest it always means the same', async (t) => {
    const attaching = await startAttaching(t);
    let failures = 1;
    attaching.registry.quirks.intercept = ({ method, path }) =>
      method === 'PUT' && path.includes('/manifests/') && failures-- > 0
        ? errorResponse(503, 'UNKNOWN', 'later')
        : undefined;
    const { row } = await attaching.attach();
    assert.equal(row.status, 'attached');
  });
});

describe('artifacts that go to one subject', () => {
  it('share one write of the list, and one that fails fails alone', async (t) => {
    const { attach, workspace, registry, listed } = await startAttaching(t, BY_TAG);
    await workspace.write('bad.json', '{"bad":1}');
    await workspace.write('good.json', '{"good":1}');
    const bad = digestOf('{"bad":1}');
    registry.quirks.intercept = ({ method, query }) =>
      method === 'PUT' && query.get('digest') === bad ? errorResponse(403, 'DENIED', 'not this one') : undefined;
    const files = ['bad', 'good', 'report'].map((name) => `${name}.json:application/x`).join('\n');
    const { rows } = await attach({ files, 'if-exists': 'add', 'distribution-spec': 'v1.1-referrers-tag' });
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error?.code]),
      [
        ['failed', 'denied'],
        ['attached', undefined],
        ['attached', undefined],
      ],
    );
    assert.equal((await listed()).length, 2);
    const tagWrites = registry.log.filter(
      ({ method, path }) => method === 'PUT' && path.includes('/manifests/sha256-'),
    );
    assert.equal(tagWrites.length, 1);
  });

  it('are no older editions of one another, alike as they are', async (t) => {
    const { image, registry, listed } = await startAttaching(t);
    const store = openTestStore(t, registry.host);
    const run = async (stages: readonly string[]): Promise<readonly string[]> => {
      const artifacts = stages.map((stage) => ({
        artifactType: 'application/x',
        layers: [],
        annotations: { stage, [ANNOTATION_ATTACHED_BY]: ATTACHED_BY },
      }));
      const targets = [{ subject: image.descriptor, artifacts }];
      return (await attachArtifacts({ store, targets, ifExists: 'replace' })).map(({ status }) => status);
    };
    assert.deepEqual(await run(['a', 'b']), ['attached', 'attached']);
    assert.deepEqual(await run(['a', 'b']), ['unchanged', 'unchanged']);
    assert.deepEqual(await run(['a', 'c']), ['replaced', 'replaced']);
    assert.deepEqual(
      (await listed()).map(({ annotations }) => annotations?.['stage']),
      ['a', 'c'],
    );
  });

  it('send a blob that they share once', async (t) => {
    const { attach, target, registry } = await startAttaching(t);
    const { pushSampleIndex } = await import('../support/sample-image.ts');
    await pushSampleIndex(target, { tag: 'multi' });
    const { rows } = await attach({ image: `${registry.host}/acme/app:multi`, platforms: 'all', 'if-exists': 'add' });
    assert.equal(rows.length, 2);
    const blobs = registry.log.filter(({ method, path }) => method === 'PUT' && path.includes('/blobs/'));
    assert.equal(blobs.length, 2); // the file and the empty config
  });
});
