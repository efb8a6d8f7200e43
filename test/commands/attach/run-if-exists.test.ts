import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { errorResponse } from '../../../src/embedded/exchange.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { ANNOTATION_TITLE, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { type Attaching, BY_TAG, startAttaching, stepsOf } from '../../support/attaching.ts';
import { pushFallbackList } from '../../support/listing.ts';
import { absentDescriptor, pushSampleBlob, pushSampleImage, pushSampleManifest } from '../../support/sample-image.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const REPORT = '{"report":1}';
const MARKER = { 'vnd.oci-referrers.attached-by': 'oci-referrers/v1' };

const WAYS = [
  ['with the API', {}],
  ['by tag schema', BY_TAG],
] as const;

interface Foreign {
  readonly type?: string;
  readonly title?: string;
  readonly content?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An artifact as another tool makes it, listed as the registry lists. */
async function pushForeign(attaching: Attaching, foreign: Foreign = {}): Promise<Descriptor> {
  const { target, image, registry, listed } = attaching;
  const { type = REPORT_TYPE, title = 'report.json', content = REPORT, annotations } = foreign;
  const layer = await pushSampleBlob(target, new TextEncoder().encode(content), type);
  const config = await pushSampleBlob(target, new TextEncoder().encode('{}'), 'application/vnd.oci.empty.v1+json');
  const pushed = await pushSampleManifest(target, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: type,
    config,
    layers: [{ ...layer, annotations: { [ANNOTATION_TITLE]: title } }],
    subject: image.descriptor,
    ...(annotations && { annotations }),
  });
  const descriptor = { ...pushed.descriptor, artifactType: type, ...(annotations && { annotations }) };
  if (registry.quirks.referrersApi === false) {
    await pushFallbackList(target, image.descriptor, [...(await listed()), descriptor]);
  }
  return descriptor;
}

async function digestsListed({ listed }: Attaching): Promise<readonly (Digest | undefined)[]> {
  return (await listed()).map(({ digest }) => digest);
}

describe('if-exists: skip', () => {
  for (const [way, quirks] of WAYS) {
    it(`says unchanged, and writes nothing, for what it attached before (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const first = await attaching.attach();
      const again = await attaching.attach();
      assert.deepEqual(
        [again.row.status, again.row.digest, again.row.via],
        ['unchanged', first.row.digest, first.row.via],
      );
      assert.deepEqual(stepsOf(attaching.writes()), []);
      assert.equal((await attaching.listed()).length, 1);
    });

    it(`says unchanged for an equal artifact of another tool, which bears a time (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const annotations = { 'org.opencontainers.image.created': '2024-01-02T03:04:05Z' };
      const theirs = await pushForeign(attaching, { annotations });
      const { row } = await attaching.attach();
      assert.deepEqual([row.status, row.digest], ['unchanged', theirs.digest]);
      assert.deepEqual(stepsOf(attaching.writes()), []);
    });

    for (const [what, foreign] of [
      ['another content', { content: '{"report":2}' }],
      ['another type', { type: 'application/vnd.example.other' }],
      ['another title', { title: 'other.json' }],
      ['other annotations', { annotations: { 'org.example.run': '1' } }],
    ] as const) {
      it(`attaches beside one with ${what} (${way})`, async (t) => {
        const attaching = await startAttaching(t, quirks);
        const theirs = await pushForeign(attaching, foreign);
        const { row } = await attaching.attach();
        assert.equal(row.status, 'attached');
        assert.deepEqual(await digestsListed(attaching), [theirs.digest, row.digest]);
      });
    }

    it(`is not misled by a list that shows an equal one which is not there (${way})`, async (t) => {
      const probe = await startAttaching(t);
      const { digest } = (await probe.attach()).row;
      const attaching = await startAttaching(t, quirks);
      const dangling = { ...absentDescriptor('x'), digest, artifactType: REPORT_TYPE };
      if (quirks === BY_TAG) await pushFallbackList(attaching.target, attaching.image.descriptor, [dangling]);
      else attaching.registry.quirks.referrersExtra = [dangling];
      const { row } = await attaching.attach();
      assert.deepEqual([row.status, row.digest], ['attached', digest]);
      assert.ok(await attaching.registry.holds('acme/app', digest ?? digestOf('')));
    });

    it(`fails where it could not look (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      attaching.registry.quirks.failure = {
        status: 500,
        match: ({ path }) => path.includes(quirks === BY_TAG ? '/manifests/sha256-' : '/referrers/'),
      };
      const error = await attaching.attachFails({ retries: '0' });
      assert.equal(error.code, 'server-error');
      assert.deepEqual(stepsOf(attaching.writes()), []);
    });
  }

  it('does only the listing where an earlier run ended before it', async (t) => {
    const attaching = await startAttaching(t, BY_TAG);
    const whole = await attaching.attach();
    await pushFallbackList(attaching.target, attaching.image.descriptor, []);
    const { row } = await attaching.attach();
    assert.deepEqual([row.status, row.digest, row.via], ['attached', whole.row.digest, 'tag-schema']);
    assert.deepEqual(stepsOf(attaching.writes()), ['PUT tag 201']);
    assert.deepEqual(await digestsListed(attaching), [row.digest]);
  });

  for (const [way, quirks] of WAYS) {
    it(`only reads where nothing is to be written (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      await attaching.attach();
      assert.equal((await attaching.attach()).row.status, 'unchanged');
      assert.deepEqual([...new Set(attaching.registry.log.map(({ method }) => method))], ['GET']);
    });
  }

  it('needs no permission to write where nothing is to be written', async (t) => {
    const attaching = await startAttaching(t);
    const first = await attaching.attach();
    attaching.registry.quirks.intercept = ({ method }) =>
      method === 'POST' ? errorResponse(403, 'DENIED', 'read only') : undefined;
    const { row } = await attaching.attach();
    assert.deepEqual([row.status, row.digest], ['unchanged', first.row.digest]);
  });

  for (const kind of ['bearer', 'basic'] as const) {
    it(`is content with credentials that may only read where nothing is to be written (${kind})`, async (t) => {
      await using root = await makeTempDir();
      const open = await startEmbeddedRegistry({ root: root.path });
      const image = await pushSampleImage({ host: open.host, repository: 'acme/app' });
      const workspace = await makeWorkspace();
      t.after(() => workspace.remove());
      const files = `report.json:${REPORT_TYPE}`;
      const at = (host: string) => ({ image: `${host}/acme/app@${image.descriptor.digest}`, files });
      const first = await attach(at(open.host), { workspace: workspace.path });
      await open.close();
      const users = { reader: { password: 'pw', allows: (_: string, action: string) => action === 'pull' } };
      await using guarded = await startEmbeddedRegistry({ root: root.path, auth: { kind, users } });
      const { row } = await attach(
        { ...at(guarded.host), 'registry-username': 'reader', 'registry-password': 'pw' },
        { workspace: workspace.path },
      );
      assert.deepEqual([row.status, row.digest], ['unchanged', first.row.digest], row.error?.message);
      assert.ok(!guarded.log.some(({ path }) => path.includes('/blobs/uploads/')));
    });
  }

  it('sends no large file again where an earlier run ended before the listing', async (t) => {
    const attaching = await startAttaching(t, { ...BY_TAG, mount: false });
    await writeFile(join(attaching.workspace.path, 'large.bin'), Buffer.alloc(3 * 1024 * 1024, 1));
    const inputs = { files: `large.bin:${REPORT_TYPE}` };
    const whole = await attaching.attach(inputs);
    await pushFallbackList(attaching.target, attaching.image.descriptor, []);
    const { row } = await attaching.attach(inputs);
    assert.deepEqual([row.status, row.digest], ['attached', whole.row.digest]);
    assert.deepEqual(stepsOf(attaching.writes()), ['PUT tag 201']);
  });

  it('sends no blob again that an earlier run left', async (t) => {
    const attaching = await startAttaching(t, BY_TAG);
    await pushSampleBlob(attaching.target, new TextEncoder().encode(REPORT));
    const { row } = await attaching.attach();
    assert.equal(row.status, 'attached');
    const sent = attaching.registry.log.filter(({ method, path }) => method === 'PUT' && path.includes('/blobs/'));
    assert.deepEqual(
      sent.map(({ headers }) => headers['content-length']),
      ['2'], // the empty config alone
    );
  });

  it('finds an equal one beyond the first page', async (t) => {
    const attaching = await startAttaching(t, { referrersPageSize: 2 });
    for (const n of [1, 2, 3, 4]) await pushForeign(attaching, { content: `{"n":${n}}` });
    const first = await attaching.attach();
    const again = await attaching.attach();
    assert.deepEqual([again.row.status, again.row.digest], ['unchanged', first.row.digest]);
  });
});

describe('a list that cannot be kept', () => {
  it('is known before anything is pushed', async (t) => {
    const attaching = await startAttaching(t, { ...BY_TAG, tagAliases: true });
    const error = await attaching.attachFails();
    assert.equal(error.code, 'fallback-index-invalid');
    assert.deepEqual(stepsOf(attaching.writes()), []);
  });

  it('found out after the push leaves the tag alone, and says what is on the registry', async (t) => {
    const attaching = await startAttaching(t, { ...BY_TAG, tagAliases: true });
    const error = await attaching.attachFails({ 'if-exists': 'add' });
    assert.equal(error.code, 'fallback-index-invalid');
    assert.match(error.message, /The manifest sha256:[0-9a-f]{64} is on the registry/);
    assert.ok(!stepsOf(attaching.writes()).some((step) => step.startsWith('PUT tag')));
  });
});

describe('if-exists: add', () => {
  it('does not wait for the begin of an upload that is not needed, since the image cannot be read', {
    timeout: 20_000,
  }, async (t) => {
    const attaching = await startAttaching(t);
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    attaching.registry.quirks.intercept = async ({ method }) => {
      if (method === 'POST') {
        begun.resolve();
        await over.promise;
        return errorResponse(503, 'UNAVAILABLE', 'too late');
      }
      await begun.promise; // the image is answered when an upload is being begun
      return errorResponse(403, 'DENIED', 'no');
    };
    const error = await attaching.attachFails({ 'if-exists': 'add', timeout: '300' });
    assert.equal(error.code, 'denied');
    over.resolve();
  });

  it('does not look: what is equal to the byte stays one, what differs is added', async (t) => {
    const attaching = await startAttaching(t);
    const first = await attaching.attach({ 'if-exists': 'add' });
    assert.ok(
      !stepsOf(attaching.registry.log)
        .slice(0, -1)
        .some((step) => step.includes('referrers')),
    );
    const again = await attaching.attach({ 'if-exists': 'add' });
    const other = await attaching.attach({ 'if-exists': 'add', annotations: 'a=b' });
    assert.deepEqual([again.row.status, again.row.digest], ['attached', first.row.digest]);
    assert.deepEqual(await digestsListed(attaching), [first.row.digest, other.row.digest]);
  });
});

describe('if-exists: replace', () => {
  const replace = { 'if-exists': 'replace' };

  for (const [way, quirks] of WAYS) {
    const byTag = quirks === BY_TAG;

    it(`puts the new one in the place of what it attached with the same type and title (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const old = await attaching.attach();
      await attaching.workspace.write('report.json', '{"report":2}');
      const { row } = await attaching.attach(replace);
      assert.deepEqual([row.status, row.replaces], ['replaced', [old.row.digest]]);
      const [steps, log] = [stepsOf(attaching.writes()), attaching.registry.log];
      assert.deepEqual(await digestsListed(attaching), [row.digest]);
      if (byTag) {
        assert.deepEqual(steps.slice(-1), ['PUT tag 201']);
        assert.ok(!steps.some((step) => step.startsWith('DELETE')), 'only the list entry goes');
        assert.ok(await attaching.registry.holds('acme/app', old.row.digest ?? digestOf('')));
      } else {
        // the new one stands, and is listed, before the old one goes
        const trail = stepsOf(log.filter(({ path }) => !path.includes('/blobs/')));
        const from = trail.indexOf('PUT manifests 201');
        assert.deepEqual(trail.slice(from, from + 3), [
          'PUT manifests 201',
          'GET referrers 200',
          'DELETE manifests 202',
        ]);
      }
    });

    it(`leaves alone what others attached, and what is of another type or title (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const kept = [
        await pushForeign(attaching, { content: 'no marker' }),
        await pushForeign(attaching, {
          content: 'another marker',
          annotations: { [Object.keys(MARKER)[0] ?? '']: 'x' },
        }),
        await pushForeign(attaching, { content: 'another title', title: 'other.json', annotations: MARKER }),
        await pushForeign(attaching, { content: 'another type', type: 'application/x', annotations: MARKER }),
      ];
      const old = await pushForeign(attaching, { content: 'old', annotations: MARKER });
      const { row } = await attaching.attach(replace);
      assert.deepEqual([row.status, row.replaces], ['replaced', [old.digest]]);
      assert.deepEqual(
        (await digestsListed(attaching)).toSorted(),
        [...kept.map(({ digest }) => digest), row.digest].toSorted(),
      );
    });

    it(`says unchanged where the equal one is the only one, and takes out older ones beside an equal one (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const equal = await attaching.attach();
      assert.equal((await attaching.attach(replace)).row.status, 'unchanged');
      const old = await pushForeign(attaching, { content: 'old', annotations: MARKER });
      const { row } = await attaching.attach(replace);
      assert.deepEqual([row.status, row.digest, row.replaces], ['replaced', equal.row.digest, [old.digest]]);
      assert.deepEqual(await digestsListed(attaching), [equal.row.digest]);
    });

    it(`leaves the old one where the new one could not be pushed (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const old = await attaching.attach();
      await attaching.workspace.write('report.json', '{"report":2}');
      attaching.registry.quirks.intercept = ({ method, path }) =>
        method === 'PUT' && path.includes('/manifests/sha256:') ? errorResponse(403, 'DENIED', 'no') : undefined;
      const error = await attaching.attachFails(replace);
      assert.equal(error.code, 'denied');
      attaching.registry.quirks.intercept = undefined;
      assert.deepEqual(await digestsListed(attaching), [old.row.digest]);
    });

    it(`names its victims in a dry run, and writes nothing (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const old = await attaching.attach();
      await attaching.workspace.write('report.json', '{"report":2}');
      const { row, dryRun } = await attaching.attach({ ...replace, 'dry-run': 'true' });
      assert.deepEqual([dryRun, row.status, row.replaces], [true, 'planned', [old.row.digest]]);
      assert.deepEqual(stepsOf(attaching.writes()), []);
      assert.deepEqual(await digestsListed(attaching), [old.row.digest]);
    });

    it(`takes out every older edition, however many, and whatever the list leaves out of them (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const old = await Promise.all(
        Array.from({ length: 70 }, (_, i) =>
          pushForeign(
            { ...attaching, registry: { ...attaching.registry, quirks: {} } },
            { content: `old ${i}`, annotations: MARKER },
          ),
        ),
      );
      if (byTag) {
        const bare = old.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
        await pushFallbackList(attaching.target, attaching.image.descriptor, bare);
      }
      const { row } = await attaching.attach(replace);
      assert.equal(row.replaces.length, 70);
      assert.deepEqual(await digestsListed(attaching), [row.digest]);
    });
  }

  it('whose delete the registry refuses is an error that says that the new one stands', async (t) => {
    const attaching = await startAttaching(t);
    const old = await attaching.attach();
    await attaching.workspace.write('report.json', '{"report":2}');
    attaching.registry.quirks.deleteDisabled = 405;
    const error = await attaching.attachFails(replace);
    assert.equal(error.code, 'delete-refused');
    const [, fresh] = await attaching.listed();
    assert.match(error.message, new RegExp(`${old.row.digest}.*The manifest ${fresh?.digest} is on the registry`));
    assert.equal((await attaching.listed()).length, 2);
  });

  it('of what is gone by the time that it is deleted is done', async (t) => {
    const attaching = await startAttaching(t);
    await attaching.attach();
    await attaching.workspace.write('report.json', '{"report":2}');
    attaching.registry.quirks.failure = { status: 404, match: ({ method }) => method === 'DELETE' };
    assert.equal((await attaching.attach(replace)).row.status, 'replaced');
  });

  it('of annotations alone replaces the annotations of before', async (t) => {
    const attaching = await startAttaching(t);
    const mark = { files: '', 'artifact-type': 'application/vnd.acme.mark' };
    await attaching.attach({ ...mark, annotations: 'stage=test' });
    const { row } = await attaching.attach({ ...mark, ...replace, annotations: 'stage=prod' });
    assert.equal(row.status, 'replaced');
    assert.deepEqual(
      (await attaching.listed()).map(({ annotations }) => annotations?.['stage']),
      ['prod'],
    );
  });

  it('is refused for bundles and signatures before any request', async (t) => {
    const attaching = await startAttaching(t);
    await attaching.workspace.write(
      'envelope.json',
      JSON.stringify({ payloadType: 'text/plain', payload: 'YQ==', signatures: [{ sig: 'YQ==' }] }),
    );
    await assert.rejects(attaching.attach({ ...replace, files: 'envelope.json' }), { code: 'replace-refused' });
    const typed = { ...replace, 'artifact-type': 'application/vnd.dev.sigstore.bundle.v0.3+json' };
    await assert.rejects(attaching.attach({ ...typed, files: 'report.json' }), { code: 'replace-refused' });
    assert.deepEqual(attaching.registry.log, []);
  });

  it('is refused before any request where two files cannot be told apart by type and title', async (t) => {
    const attaching = await startAttaching(t);
    const { mkdir } = await import('node:fs/promises');
    await mkdir(`${attaching.workspace.path}/a`);
    await attaching.workspace.write('a/report.json', '{"report":"a"}');
    const files = `report.json:${REPORT_TYPE}\na/report.json:${REPORT_TYPE}`;
    await assert.rejects(attaching.attach({ ...replace, files }), { code: 'replace-refused' });
    assert.deepEqual(attaching.registry.log, []);
    const { rows } = await attaching.attach({ files });
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['attached', 'attached'],
    );
  });
});

describe('a dry run', () => {
  for (const [way, quirks] of WAYS) {
    it(`says planned, then unchanged once it is there, and writes nothing (${way})`, async (t) => {
      const attaching = await startAttaching(t, quirks);
      const dry = { 'dry-run': 'true' };
      for (const ifExists of ['skip', 'add']) {
        const { row } = await attaching.attach({ ...dry, 'if-exists': ifExists });
        assert.equal(row.status, 'planned');
        assert.deepEqual(stepsOf(attaching.writes()), []);
      }
      const real = await attaching.attach();
      const { row } = await attaching.attach(dry);
      assert.deepEqual([row.status, row.digest, row.via], ['unchanged', real.row.digest, real.row.via]);
    });
  }
});
