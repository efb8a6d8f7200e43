import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { CodedError, hasCode } from '../../src/errors/coded-error.ts';
import type { Warning } from '../../src/errors/warning.ts';
import { type AttachedArtifact, type AttachRequest, attach } from '../../src/library/attach.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { ANNOTATION_CREATED, ANNOTATION_TITLE } from '../../src/oci/media-types.ts';
import type { Artifact } from '../../src/referrers/artifact.ts';
import { attachArtifacts } from '../../src/referrers/attach-artifacts.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../src/referrers/marker.ts';
import { readFallbackIndex } from '../../src/referrers/read-fallback-index.ts';
import { signedTypeOf } from '../../src/referrers/replace-rule.ts';
import type { Store } from '../../src/store/store.ts';
import { openTestStore, pushFallbackList } from '../support/listing.ts';
import { pushSampleImage, type SampleTarget } from '../support/sample-image.ts';
import { wrapStore } from '../support/wrap-store.ts';

const TYPE = 'application/vnd.acme.report.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

interface Fixture {
  readonly registry: EmbeddedRegistry;
  readonly store: Store;
  readonly target: SampleTarget;
  /** The image. */
  readonly subject: Descriptor;
  /** Attaches one file with this content. */
  attach(
    content: string,
    request?: Partial<AttachRequest> & { readonly mediaType?: string },
  ): Promise<AttachedArtifact>;
  listed(): Promise<readonly string[]>;
}

async function start(t: TestContext, quirks: Quirks = {}): Promise<Fixture> {
  const registry = await startEmbeddedRegistry({ quirks });
  t.after(() => registry.close());
  const store = openTestStore(t, registry.host);
  const target: SampleTarget = { host: registry.host, repository: 'acme/app' };
  const { descriptor } = await pushSampleImage(target);
  return {
    registry,
    store,
    target,
    subject: descriptor,
    attach: (content, { mediaType = 'application/json', ...request } = {}) =>
      attach({
        store,
        target: descriptor.digest,
        artifactType: TYPE,
        files: [{ title: 'report.json', mediaType, content: new TextEncoder().encode(content) }],
        ...request,
      }),
    listed: async () => {
      const list = await readFallbackIndex(store, descriptor.digest);
      if (list.state === 'list') return list.index.manifests.map(({ digest }) => digest);
      const answer = await store.listReferrers(descriptor.digest);
      return answer.supported ? answer.descriptors.map(({ digest }) => digest) : [];
    },
  };
}

describe('attach with ifExists replace', () => {
  it('puts the new edition in the place of the old one', async (t) => {
    const { attach: put, listed } = await start(t);
    const old = await put('1');
    const next = await put('2', { ifExists: 'replace' });
    assert.deepEqual([next.status, next.replaces], ['replaced', [old.digest]]);
    assert.deepEqual(await listed(), [next.digest]);
  });

  for (const referrersApi of [true, false]) {
    it(`warns, ${referrersApi ? 'with the API' : 'by tag schema'}, of the edition that another run put beside its own meanwhile`, async (t) => {
      const { attach: put, listed, store } = await start(t, { referrersApi });
      await put('1');
      let rival: Promise<AttachedArtifact> | undefined;
      const slow = wrapStore(store, {
        pushManifest: async (request) => {
          // the rival looks and writes between our look-up and our push
          rival ??= put('2', { ifExists: 'add', settleMs: 1 });
          await rival;
          return store.pushManifest(request);
        },
      });
      const warnings: Warning[] = [];
      const onWarning = (warning: Warning): number => warnings.push(warning);
      const ours = await put('3', { store: slow, ifExists: 'replace', settleMs: 100, onWarning });
      const other = (await rival)?.digest;
      assert.equal(ours.status, 'replaced');
      assert.deepEqual(
        warnings.map(({ code, subject }) => [code, subject]),
        [['replace-contested', other]],
      );
      assert.deepEqual((await listed()).toSorted(), [ours.digest, other].toSorted());
    });
  }

  it('takes what one artifact of the run is, or becomes, for no older edition of another', async (t) => {
    const { store, subject, listed } = await start(t);
    const edition = (text: string): Artifact => {
      const bytes = new TextEncoder().encode(text);
      const annotations = { [ANNOTATION_TITLE]: 'report.json' };
      const descriptor = { mediaType: TYPE, digest: digestOf(bytes), size: bytes.byteLength, annotations };
      return {
        artifactType: TYPE,
        annotations: { [ANNOTATION_ATTACHED_BY]: ATTACHED_BY },
        layers: [{ descriptor, open: () => Readable.from([bytes]) }],
      };
    };
    const put = async (texts: readonly string[], ifExists: 'add' | 'replace'): Promise<readonly Digest[]> => {
      const artifacts = texts.map(edition);
      const outcomes = await attachArtifacts({ store, targets: [{ subject, artifacts }], ifExists });
      assert.ok(outcomes.every(({ status }) => status !== 'failed'));
      return outcomes.map(({ bound }) => bound.digest);
    };
    const [, same] = await put(['first', 'same'], 'add');
    const [second, still] = await put(['second', 'same'], 'replace');
    assert.equal(still, same);
    assert.deepEqual((await listed()).toSorted(), [second, same].toSorted());
    assert.ok(same !== undefined && (await store.findManifest(same)) !== undefined);
  });

  it('deletes no more once the run is ended', async (t) => {
    const { attach: put, listed, store } = await start(t);
    const old = [await put('1', { ifExists: 'add' }), await put('2', { ifExists: 'add' })].map(({ digest }) => digest);
    const run = new AbortController();
    const begun: Digest[] = [];
    const ending = wrapStore(store, {
      deleteManifest: async (digest) => {
        begun.push(digest);
        run.abort(new CodedError('aborted', 'enough'));
        return store.deleteManifest(digest);
      },
    });
    const replacing = put('3', { store: ending, ifExists: 'replace', signal: run.signal });
    await assert.rejects(replacing, (error) => hasCode(error, 'aborted'));
    assert.equal(begun.length, 1);
    const left = old.filter((digest) => !begun.includes(digest));
    assert.ok(left[0] !== undefined && (await listed()).includes(left[0]));
  });

  const signed: readonly (readonly [string, Partial<AttachRequest> & { readonly mediaType?: string }])[] = [
    ['an artifact of a type of bundles', { artifactType: BUNDLE }],
    ['a layer of a type of bundles', { mediaType: BUNDLE }],
  ];
  for (const [what, request] of signed) {
    it(`refuses ${what}, and removes nothing`, async (t) => {
      const { attach: put, listed, registry } = await start(t);
      const old = await put('1', request);
      registry.clearLog();
      await assert.rejects(put('2', { ...request, ifExists: 'replace' }), (error) => hasCode(error, 'replace-refused'));
      assert.deepEqual(await listed(), [old.digest]);
      const isUpload = (path: string): boolean => path.includes('/blobs/uploads/');
      assert.ok(!registry.log.some(({ method, path }) => method === 'PUT' || (method === 'DELETE' && !isUpload(path))));
    });
  }
});

describe('attach with ifExists skip', () => {
  const at = (created: string): Partial<AttachRequest> => ({ annotations: { [ANNOTATION_CREATED]: created } });

  it('attaches anew what differs in the time that the user gave', async (t) => {
    const { attach: put } = await start(t);
    await put('1', at('2026-01-01T00:00:00Z'));
    assert.equal((await put('1', at('2026-01-02T00:00:00Z'))).status, 'attached');
    assert.equal((await put('1', at('2026-01-02T00:00:00Z'))).status, 'unchanged');
  });

  it('does not take the same files on another image for its own, whatever the list says', async (t) => {
    const { attach: put, store, subject, target, listed } = await start(t, { referrersApi: false });
    const other = await pushSampleImage(target, { name: 'other' });
    const elsewhere = await put('1', { target: other.descriptor.digest });
    const found = await store.findManifest(elsewhere.digest);
    assert.ok(found);
    const { digest, size, mediaType } = found.manifest;
    await pushFallbackList(target, subject, [{ mediaType, digest, size, artifactType: TYPE }]);
    const own = await put('1');
    assert.equal(own.status, 'attached');
    assert.notEqual(own.digest, elsewhere.digest);
    assert.ok((await listed()).includes(own.digest));
  });

  it('passes over the time of what is there where the user gave none', async (t) => {
    const { attach: put } = await start(t);
    const old = await put('1', at('2026-01-01T00:00:00Z'));
    const again = await put('1');
    assert.deepEqual([again.status, again.digest], ['unchanged', old.digest]);
  });
});

describe('signedTypeOf', () => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    [TYPE, ['application/json'], undefined],
    ['application/spdx+json', [], undefined],
    ['application/vnd.in-toto+json', ['application/vnd.in-toto+json'], undefined],
    [BUNDLE, [], BUNDLE],
    [TYPE, ['application/json', BUNDLE], BUNDLE],
    [TYPE, ['application/vnd.dsse.envelope.v1+json'], 'application/vnd.dsse.envelope.v1+json'],
    ['application/vnd.cncf.notary.signature', ['application/jose+json'], 'application/vnd.cncf.notary.signature'],
    [TYPE, ['application/vnd.dev.cosign.simplesigning.v1+json'], 'application/vnd.dev.cosign.simplesigning.v1+json'],
  ];
  for (const [type, layers, expected] of cases) {
    it(`of ${type} with ${layers.join(', ') || 'no layer'} is ${expected ?? 'none'}`, () => {
      assert.equal(signedTypeOf(type, layers), expected);
    });
  }
});
