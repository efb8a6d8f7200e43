import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { KeptContent } from '../../src/action/cache/kept-content.ts';
import { repositoryVisibility } from '../../src/commands/attach/sign/repository-visibility.ts';
import { openCapabilityFile } from '../../src/commands/capability-file.ts';
import { readEvent } from '../../src/commands/verify/pull-request.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { JsonValue } from '../../src/oci/strict-json.ts';
import { openLayout } from '../../src/store/layout/open-layout.ts';
import { fc } from '../support/fast-check.ts';
import { githubClient } from '../support/github-api.ts';
import { openTestStore } from '../support/listing.ts';
import { startServer } from '../support/loopback-server.ts';
import { nearJson } from '../support/near-json.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/** Of a text that no arbitrary makes: an answer that had it would be right. */
const DIGEST = digestOf('what no answer here is: 6b2f0a1c9d');
const ROUNDS = { numRuns: 200 };

/** JSON whose members are called and are what a reader looks for, or something else; at times cut off, or no JSON. */
function jsonOf(keys: readonly string[], values: readonly unknown[], good: JsonValue): fc.Arbitrary<string> {
  const key = fc.constantFrom(...keys, '__proto__');
  const leaf = fc.constantFrom<unknown>(...values, null, 0, -1, 1.5, 1e300, true, '', 'text', [], {});
  const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const whole = fc.oneof(fc.dictionary(key, value, { maxKeys: 6 }), value).map((json) => JSON.stringify(json));
  const cut = fc.tuple(whole, fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1)));
  return fc.oneof({ weight: 8, arbitrary: nearJson(good) }, { weight: 4, arbitrary: whole }, cut, fc.string());
}

const DESCRIPTOR = ['mediaType', 'digest', 'size', 'artifactType', 'annotations', 'platform', 'data', 'urls'];
const MANIFEST = ['schemaVersion', 'manifests', 'config', 'layers', 'subject', 'tags', 'name', ...DESCRIPTOR];
const MANIFEST_VALUES = [2, OCI_INDEX, OCI_MANIFEST, DIGEST, { 'org.opencontainers.image.ref.name': 'v1' }];

const GOOD_INDEX = {
  schemaVersion: 2,
  mediaType: OCI_INDEX,
  manifests: [
    {
      ...{ mediaType: OCI_MANIFEST, digest: DIGEST, size: 7, artifactType: 'a/b' },
      annotations: { 'org.opencontainers.image.ref.name': 'v1' },
      platform: { os: 'linux', architecture: 'amd64' },
    },
  ],
  subject: { mediaType: OCI_MANIFEST, digest: DIGEST, size: 7 },
  annotations: { key: 'value' },
};
const GOOD_EVENT = {
  number: 7,
  pull_request: { number: 7, base: { ref: 'main', repo: { full_name: 'acme/app' } }, head: { sha: 'abc' } },
  merge_group: { head_ref: 'refs/heads/gh-readonly-queue/main/pr-9-abc', base_ref: 'refs/heads/main', head_sha: 'abc' },
  issue: { number: 7, pull_request: {} },
  workflow_run: { head_sha: 'abc' },
  repository: { default_branch: 'main', visibility: 'private', private: true },
};

/** undefined: it was refused with a coded error, as it has to be where it is not read. */
async function readOrRefuse<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CodedError) || error.code === 'internal') throw error;
    return undefined;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server whose every answer is the one that was set last. */
async function startAnswering(t: TestContext): Promise<{ readonly url: URL; say: (answer: Answer) => void }> {
  let answer: Answer = { status: 200, headers: {}, body: '' };
  const server = await startServer(t, (request, response) => {
    request.resume();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const say = (next: Answer): void => {
    answer = next;
  };
  return { url: server.url, say };
}

const statuses = fc.oneof(
  { weight: 4, arbitrary: fc.constant(200) },
  fc.constantFrom(201, 202, 299, 400, 401, 403, 404, 416, 418, 451),
);

describe('answers of a registry, whatever they are', () => {
  const type = fc.constantFrom(
    OCI_INDEX,
    OCI_MANIFEST,
    'application/json',
    'text/html',
    '',
    'x',
    `${OCI_INDEX}; charset=utf-8`,
  );
  const answers: fc.Arbitrary<Answer> = fc
    .record({
      status: statuses,
      type,
      link: fc.constantFrom('', '</v2/acme/app/next>; rel="next"', '<http://e.example/>; rel="next"', '<'),
      said: fc.constantFrom('', DIGEST, 'sha256:x', 'artifactType'),
      asks: fc.constantFrom('', 'Basic realm="x"', 'Bearer realm="http://169.254.169.254/t"', 'Bearer', '"'),
      body: fc.oneof(
        jsonOf(MANIFEST, MANIFEST_VALUES, GOOD_INDEX),
        jsonOf(['errors', 'code', 'message', 'detail'], ['DENIED'], {
          errors: [{ code: 'DENIED', message: 'no', detail: {} }],
        }),
        nearJson({ name: 'acme/app', tags: ['v1', 'v2'] }),
      ),
    })
    .map(({ status, type, link, said, asks, body }) => ({
      status,
      headers: Object.fromEntries(
        [
          ['content-type', type],
          ['link', link],
          ['docker-content-digest', said],
          ['oci-filters-applied', said],
          ['www-authenticate', asks],
          ['warning', `299 - "${said}"`],
        ].filter(([, value]) => value !== ''),
      ),
      body,
    }));

  it('are a list, a manifest, tags, or coded errors; bytes that are given out have their digest', async (t) => {
    const server = await startAnswering(t);
    const store = openTestStore(t, server.url.href);
    const property = fc.asyncProperty(answers, async (answer) => {
      server.say(answer);
      await readOrRefuse(() => store.listReferrers(DIGEST, { serverType: 'a/b' } as object));
      const tags = await readOrRefuse(() => store.listTags({ maxPages: 2 }));
      for (const tag of tags?.tags ?? []) assert.equal(typeof tag, 'string');
      const byTag = await readOrRefuse(() => store.findManifest({ tag: 'v1' }));
      if (byTag !== undefined) assert.equal(byTag.manifest.digest, digestOf(answer.body));
      // by a digest that nothing here has
      assert.equal(await readOrRefuse(() => store.findManifest(DIGEST)), undefined);
      const blob = { mediaType: 'a/b', digest: DIGEST, size: 1 };
      assert.equal(await readOrRefuse(() => Array.fromAsync(store.openBlob(blob))), undefined);
      const push = { bytes: new TextEncoder().encode('{}'), mediaType: OCI_MANIFEST, target: { tag: 'v1' } };
      const pushed = await readOrRefuse(() => store.pushManifest(push));
      assert.equal(pushed?.digest ?? digestOf(push.bytes), digestOf(push.bytes));
    });
    await fc.assert(property, ROUNDS);
  });
});

describe("answers of GitHub's API, whatever they are", () => {
  const keys = [
    'attestations',
    'bundle',
    'bundle_url',
    'repository_id',
    'name',
    'metadata',
    'container',
    'tags',
    'message',
  ];
  const values = [DIGEST, 'v1', ['v1'], 'https://e.example/b', 'http://169.254.169.254/', { mediaType: 'a/b' }];
  const body = jsonOf(keys, values, {
    attestations: [{ bundle: { mediaType: 'a/b' }, bundle_url: 'https://e.example/b', repository_id: 1 }],
  });
  const versions = nearJson([{ name: DIGEST, metadata: { container: { tags: ['v1'] } } }]);
  const answers = fc.record({ status: statuses, body: fc.oneof(body, versions) }).map(({ status, body }): Answer => {
    return { status, headers: { 'content-type': 'application/json' }, body };
  });

  it('are attestations, versions, or coded errors', async (t) => {
    const server = await startAnswering(t);
    const client = githubClient(t, server.url, { retries: 0 });
    const property = fc.asyncProperty(answers, async (answer) => {
      server.say(answer);
      const attestations = await readOrRefuse(() => client.listAttestations('acme/app', DIGEST));
      for (const one of attestations ?? []) assert.ok('bytes' in one || one.error instanceof CodedError);
      const versions = await readOrRefuse(() => client.listPackageVersions('acme', 'app'));
      for (const { digest, tags } of versions ?? [])
        assert.deepEqual([typeof digest, Array.isArray(tags)], ['string', true]);
    });
    await fc.assert(property, ROUNDS);
  });
});

describe('files, whatever they hold', () => {
  it('an image layout is read, or refused with a coded error', async () => {
    await using dir = await makeTempDir('layout-');
    await mkdir(join(dir.path, 'blobs', 'sha256'), { recursive: true });
    const marker = fc.oneof(
      { weight: 6, arbitrary: fc.constant('{"imageLayoutVersion":"1.0.0"}') },
      jsonOf(['imageLayoutVersion'], ['1.0.0'], { imageLayoutVersion: '1.0.0' }),
    );
    const index = jsonOf(MANIFEST, MANIFEST_VALUES, GOOD_INDEX);
    const property = fc.asyncProperty(marker, index, index, async (version, list, blob) => {
      const digest = digestOf(blob);
      await writeFile(join(dir.path, 'oci-layout'), version);
      await writeFile(join(dir.path, 'index.json'), list.replaceAll(DIGEST, digest));
      await writeFile(join(dir.path, 'blobs', 'sha256', digest.slice('sha256:'.length)), blob);
      await readOrRefuse(async () => {
        const layout = await openLayout(dir.path);
        await layout.listTags({ maxPages: 1 });
        await layout.listReferrers(digest);
        const found = await layout.findManifest({ tag: 'v1' });
        assert.equal(found?.manifest.digest ?? digest, digest);
      });
    });
    await fc.assert(property, ROUNDS);
  });

  it('what earlier steps learned is known, or nothing is', async () => {
    await using dir = await makeTempDir('capabilities-');
    const given = jsonOf(
      ['version', 'entries', 'r.example/a', 'capability', 'reason', 'at'],
      [1, 'api', 'tag-schema', 1000],
      { version: 1, entries: { 'r.example/a': { capability: 'api', reason: 'it said so', at: 1000 } } },
    );
    const property = fc.asyncProperty(given, async (text) => {
      await writeFile(join(dir.path, 'oci-referrers-capabilities.json'), text);
      const file = openCapabilityFile(dir.path, () => 2000);
      const known = file.get('r.example/a');
      if (known !== undefined) assert.ok(['api', 'tag-schema'].includes(known.capability));
      file.set('r.example/b', { capability: 'api', reason: 'it said so' });
      file.save();
      assert.equal(openCapabilityFile(dir.path, () => 2000).get('r.example/b')?.capability, 'api');
    });
    await fc.assert(property, ROUNDS);
  });

  it('a cache entry holds what is under digests, or nothing', () => {
    const given = jsonOf(['version', 'blobs', DIGEST, 'sha256:x'], [1, 'aGVsbG8='], {
      version: 1,
      blobs: { [DIGEST]: 'aGVsbG8=' },
    });
    const property = fc.property(given, (text) => {
      const kept = new KeptContent();
      kept.restore(new TextEncoder().encode(text));
      assert.equal(kept.get('sha256:x'), undefined);
      assert.ok(kept.get(DIGEST) === undefined || kept.hits === 1);
    });
    fc.assert(property, ROUNDS);
  });

  it('the event of a workflow run is read, or refused with a coded error; what it does not say is undefined', async () => {
    await using dir = await makeTempDir('event-');
    const path = join(dir.path, 'event.json');
    const keys = [
      'pull_request',
      'number',
      'base',
      'head',
      'ref',
      'sha',
      'repo',
      'full_name',
      'merge_group',
      'head_ref',
      'issue',
      'repository',
      'visibility',
      'private',
      'default_branch',
      'workflow_run',
    ];
    const given = jsonOf(
      keys,
      [7, 'main', 'acme/app', 'refs/heads/gh-readonly-queue/main/pr-9-abc', false],
      GOOD_EVENT,
    );
    const events = fc.constantFrom('pull_request', 'merge_group', 'issue_comment', 'workflow_run', 'push', '');
    const property = fc.asyncProperty(given, events, async (text, event) => {
      await writeFile(path, text);
      const env = { GITHUB_EVENT_PATH: path, GITHUB_EVENT_NAME: event };
      const read = await readOrRefuse(() => readEvent(env));
      const { number, ...texts } = read ?? {};
      assert.ok(number === undefined || (Number.isSafeInteger(number) && number > 0));
      for (const one of Object.values(texts)) assert.ok(one === undefined || typeof one === 'string');
      const visibility = await repositoryVisibility(env);
      assert.ok(visibility === undefined || visibility !== '');
    });
    await fc.assert(property, { numRuns: 1000 });
  });
});
