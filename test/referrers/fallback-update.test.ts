import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorResponse } from '../../src/embedded/exchange.ts';
import { hasCode } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { type Clock, SYSTEM_CLOCK } from '../../src/referrers/clock.ts';
import { readForUpdate } from '../../src/referrers/read-fallback-index.ts';
import { type FallbackFixture, listText, startFallback } from '../support/fallback-list.ts';
import { absentDescriptor, pushSampleImage, pushSampleManifest } from '../support/sample-image.ts';

describe('a new fallback list', () => {
  it('is begun only after two 404s, with If-None-Match, and looked at twice afterwards', async (t) => {
    const list = await startFallback(t);
    const referrer = await list.pushReferrer('one');
    list.registry.clearLog();
    await list.update({ add: [referrer] });
    assert.deepEqual(list.tagTrail(), ['GET 404', 'GET 404', 'PUT 201', 'GET 200', 'GET 200']);
    assert.equal(list.tagRequests('PUT')[0]?.headers['if-none-match'], '*');
    assert.deepEqual(await list.listed(), [referrer.digest]);
  });

  it('is not begun when a proxy that drops Accept makes an existing list 404 once', async (t) => {
    const list = await startFallback(t);
    const [old, ours] = [await list.pushReferrer('old'), await list.pushReferrer('ours')];
    await list.writeList(listText([old]));
    let hidden = 1;
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'GET') && hidden-- > 0 ? errorResponse(404, 'MANIFEST_UNKNOWN', 'unknown') : undefined;
    await list.update({ add: [ours] });
    assert.deepEqual(await list.listed(), [old.digest, ours.digest]);
  });

  it('is found where a registry answers 404 to whoever does not accept an index', async (t) => {
    const list = await startFallback(t, { acceptSensitive: true });
    const [old, ours] = [await list.pushReferrer('old'), await list.pushReferrer('ours')];
    await list.writeList(listText([old]));
    await list.update({ add: [ours] });
    assert.deepEqual(await list.listed(), [old.digest, ours.digest]);
  });
});

describe('an existing fallback list', () => {
  it('keeps unknown fields, odd white space, key order and number forms to the byte', async (t) => {
    const list = await startFallback(t);
    const [old, ours] = [await list.pushReferrer('old'), await list.pushReferrer('ours')];
    const entry = `{ "size":${old.size}.0, "x-future": [1e2, {"a" : null}],"digest":"${old.digest}", "mediaType":"${old.mediaType}" }`;
    const before = `{\n "x": {"manifests": [1.50]},\n "manifests": [\n  ${entry}\n ],\n "annotations": {"k": "\\u0041"},\n "mediaType": "${OCI_INDEX}", "schemaVersion": 2\n}\n`;
    await list.writeList(before);
    await list.update({ add: [ours] });
    const { artifactType, digest, mediaType, size } = ours;
    const added = JSON.stringify({ mediaType, digest, size, artifactType });
    assert.equal(await list.readList(), before.replace(`${entry}\n`, `${entry},${added}\n`));
  });

  it('is not written when it lists the artifact already', async (t) => {
    const list = await startFallback(t);
    const referrer = await list.pushReferrer('one');
    await list.writeList(listText([referrer]));
    list.registry.clearLog();
    await list.update({ add: [referrer] });
    assert.deepEqual(list.tagRequests('PUT'), []);
  });

  it('is sent If-Match with the validator of the answer that it was read from', async (t) => {
    const list = await startFallback(t);
    await list.writeList(listText([]));
    const etag = `"${digestOf((await list.readList()) ?? '')}"`;
    list.registry.clearLog();
    await list.update({ add: [await list.pushReferrer('one')] });
    assert.equal(list.tagRequests('PUT')[0]?.headers['if-match'], etag);
  });

  it('loses the old index neither by DELETE nor by being overwritten', async (t) => {
    const list = await startFallback(t);
    const before = listText([await list.pushReferrer('old')]);
    await list.writeList(before);
    await list.update({ add: [await list.pushReferrer('ours')] });
    assert.ok(!list.registry.log.some(({ method }) => method === 'DELETE'));
    assert.ok((await list.registry.manifestsOf('acme/app')).includes(digestOf(before)));
  });

  it('loses only the entry that is taken out; the last one leaves an empty list, not a deleted tag', async (t) => {
    const list = await startFallback(t);
    const [a, b] = [await list.pushReferrer('a'), await list.pushReferrer('b')];
    await list.writeList(listText([a, b]));
    await list.update({ remove: [a.digest] });
    assert.deepEqual(await list.listed(), [b.digest]);
    await list.update({ remove: [b.digest] });
    assert.equal(await list.readList(), listText([]));
    assert.ok(!list.registry.log.some(({ method }) => method === 'DELETE'));
  });

  it('may stand under another tag, too, which still names the old one afterwards', async (t) => {
    const list = await startFallback(t);
    const before = listText([]);
    await list.writeList(before);
    await pushSampleManifest(list.target, JSON.parse(before) as { mediaType: string }, { tag: 'elsewhere' });
    await list.update({ add: [await list.pushReferrer('one')] });
    const other = await list.store.findManifest({ tag: 'elsewhere' });
    assert.equal(other?.manifest.digest, digestOf(before));
  });
});

describe('changes of one process', () => {
  it('are one write, however many artifacts of a subject there are', async (t) => {
    const list = await startFallback(t);
    const referrers = await Promise.all(Array.from({ length: 8 }, (_, i) => list.pushReferrer(`file ${i}`)));
    list.registry.clearLog();
    await Promise.all(referrers.map((referrer) => list.update({ add: [referrer] })));
    assert.equal(list.tagRequests('PUT').length, 1);
    assert.deepEqual((await list.listed()).toSorted(), referrers.map(({ digest }) => digest).toSorted());
  });

  it('that end with different signals wait for one another, and one that is aborted does not take others along', async (t) => {
    const list = await startFallback(t);
    const [a, b, c] = [await list.pushReferrer('a'), await list.pushReferrer('b'), await list.pushReferrer('c')];
    const given = new AbortController();
    const reason = new Error('enough');
    const first = list.update({ add: [a] });
    const second = list.update({ add: [b] }, { signal: given.signal });
    const third = list.update({ add: [c] });
    given.abort(reason);
    await assert.rejects(second, reason);
    await Promise.all([first, third]);
    assert.deepEqual(await list.listed(), [a.digest, c.digest]);
  });

  it('are looked at for as long as the most careful of them wants, which may be the default', async (t) => {
    const list = await startFallback(t);
    const [a, b] = [await list.pushReferrer('a'), await list.pushReferrer('b')];
    list.registry.clearLog();
    await Promise.all([list.update({ add: [a] }, { settleMs: 0 }), list.update({ add: [b] }, { settleMs: undefined })]);
    assert.deepEqual(list.tagTrail(), ['GET 404', 'GET 404', 'PUT 201', 'GET 200', 'GET 200']);
  });

  it('that fail together say so to each of them, and the next one starts afresh', async (t) => {
    const list = await startFallback(t, { readOnly: undefined });
    const [a, b] = [await list.pushReferrer('a'), await list.pushReferrer('b')];
    list.registry.quirks.readOnly = 403;
    const both = await Promise.allSettled([list.update({ add: [a] }), list.update({ add: [b] })]);
    for (const result of both) assert.ok(result.status === 'rejected' && hasCode(result.reason, 'denied'));
    list.registry.quirks.readOnly = undefined;
    await list.update({ add: [a, b] });
    assert.deepEqual(await list.listed(), [a.digest, b.digest]);
  });
});

describe('an entry of another type that another writer overwrote', () => {
  it('is put back where the registry shows its manifest only to who names its media type', async (t) => {
    const list = await startFallback(t, { acceptSensitive: true, manifestChecks: false });
    const odd = (await pushSampleManifest(list.target, { mediaType: 'application/vnd.example.odd+json' })).descriptor;
    await list.writeList(listText([odd]));
    const ours = await list.pushReferrer('ours');
    let isOver = false;
    list.registry.quirks.intercept = async (request) => {
      if (isOver || !list.isTagRequest(request, 'GET') || list.tagRequests('PUT').length < 2) return undefined;
      isOver = true;
      await list.writeList(listText([ours])); // read before the odd one was listed
      return undefined;
    };
    await list.update({ add: [ours] });
    assert.equal(isOver, true);
    assert.deepEqual(new Set(await list.listed()), new Set([odd.digest, ours.digest]));
  });
});

describe('a dangling entry that makes the registry refuse the list', () => {
  const setUp = async (t: Parameters<typeof startFallback>[0]): Promise<FallbackFixture> => {
    const list = await startFallback(t, { sparseIndex: true });
    await list.writeList(listText([await list.pushReferrer('alive'), absentDescriptor('gone')]));
    list.registry.quirks.sparseIndex = false;
    return list;
  };

  it('is dropped with a warning, and the write repeated from a fresh reading', async (t) => {
    const list = await setUp(t);
    const ours = await list.pushReferrer('ours');
    list.registry.clearLog();
    await list.update({ add: [ours] });
    const [alive] = await list.listed();
    assert.deepEqual(await list.listed(), [alive, ours.digest]);
    assert.deepEqual(
      list.warnings.map(({ code, subject }) => [code, subject]),
      [['fallback-entry-dropped', absentDescriptor('gone').digest]],
    );
    const trail = list.tagTrail();
    assert.equal(trail[trail.indexOf('PUT 400') + 1], 'GET 200');
  });

  it('is found by asking for each where the registry names none', async (t) => {
    const list = await setUp(t);
    const ours = await list.pushReferrer('ours');
    let refused = 0;
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'PUT') && refused++ === 0
        ? errorResponse(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry')
        : undefined;
    await list.update({ add: [ours] });
    assert.equal((await list.listed()).length, 2);
    assert.deepEqual(
      list.warnings.map(({ subject }) => subject),
      [absentDescriptor('gone').digest],
    );
  });

  it('is dropped as well where the registry says 404 MANIFEST_UNKNOWN, as that of go-containerregistry does', async (t) => {
    const list = await setUp(t);
    const ours = await list.pushReferrer('ours');
    const { digest } = absentDescriptor('gone');
    let refused = 0;
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'PUT') && refused++ === 0
        ? errorResponse(404, 'MANIFEST_UNKNOWN', `Sub-manifest "${digest}" not found`)
        : undefined;
    await list.update({ add: [ours] });
    assert.equal((await list.listed()).length, 2);
    assert.deepEqual(
      list.warnings.map(({ code, subject }) => [code, subject]),
      [['fallback-entry-dropped', digest]],
    );
  });

  it('is no dangling one that the registry shows only to who names its media type', async (t) => {
    const list = await startFallback(t, { acceptSensitive: true, manifestChecks: false });
    const odd = (await pushSampleManifest(list.target, { mediaType: 'application/vnd.example.odd+json' })).descriptor;
    await list.writeList(listText([odd]));
    const ours = await list.pushReferrer('ours');
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'PUT') ? errorResponse(400, 'MANIFEST_BLOB_UNKNOWN', 'no') : undefined;
    await assert.rejects(list.update({ add: [ours] }), { code: 'manifest-blob-unknown' });
    assert.deepEqual(list.warnings, []);
  });

  it('is left alone, and the refusal said, when every entry is there', async (t) => {
    const list = await startFallback(t);
    await list.writeList(listText([await list.pushReferrer('alive')]));
    const ours = await list.pushReferrer('ours');
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'PUT') ? errorResponse(400, 'MANIFEST_BLOB_UNKNOWN', 'no') : undefined;
    list.registry.clearLog();
    await assert.rejects(list.update({ add: [ours] }), { code: 'manifest-blob-unknown' });
    assert.equal(list.tagRequests('PUT').length, 1);
  });
});

describe('a list that grows too large', () => {
  it('is refused before it is sent when it would pass 4 MiB', async (t) => {
    const list = await startFallback(t);
    const padding = 'x'.repeat(4 * 1024 * 1024 - 200);
    await list.writeList(
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], annotations: { padding } }),
    );
    const ours = await list.pushReferrer('ours');
    list.registry.clearLog();
    await assert.rejects(list.update({ add: [ours] }), (error) => {
      assert.ok(hasCode(error, 'fallback-index-too-large'));
      assert.match(error.message, /would be 4\d{6} bytes, more than registries take \(4194304\)/);
      return true;
    });
    assert.deepEqual(list.tagRequests('PUT'), []);
  });

  for (const manifestTooLargeIs400 of [false, true]) {
    it(`is the same error where the registry has a lower limit and answers ${manifestTooLargeIs400 ? '400' : '413'}`, async (t) => {
      const list = await startFallback(t, { manifestTooLargeIs400 });
      const ours = await list.pushReferrer('ours');
      list.registry.quirks.maxManifestBytes = 100;
      await assert.rejects(list.update({ add: [ours] }), { code: 'fallback-index-too-large' });
    });
  }
});

describe('a tag that is not ours to change', () => {
  const refuses = async (list: FallbackFixture, message: RegExp): Promise<void> => {
    const ours = await list.pushReferrer('ours');
    list.registry.clearLog();
    const reading = await readForUpdate(list.store, list.subject.descriptor.digest, {});
    for (const options of [{}, { reading }]) {
      await assert.rejects(list.update({ add: [ours] }, options), (error) => {
        assert.ok(hasCode(error, 'fallback-index-invalid'));
        assert.match(error.message, message);
        return true;
      });
    }
    assert.deepEqual(list.tagRequests('PUT'), []);
  };

  it('is refused without a write where it resolves to the image itself, as on GitLab', async (t) => {
    await refuses(await startFallback(t, { tagAliases: true }), /resolves to the image itself/);
  });

  it('is refused without a write where an image bears it', async (t) => {
    const list = await startFallback(t);
    await pushSampleImage(list.target, { tag: list.tag, name: 'another' });
    await refuses(list, /is application\/vnd\.oci\.image\.manifest\.v1\+json, not a list of referrers/);
  });

  it('is refused without a write where a docker manifest list bears it', async (t) => {
    const list = await startFallback(t);
    const docker = { schemaVersion: 2, mediaType: DOCKER_LIST, manifests: [] };
    await pushSampleManifest(list.target, docker, { tag: list.tag });
    await refuses(list, /manifest\.list/);
  });

  it('is refused without a write where what bears it is two things at once', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    const body = new TextEncoder().encode(
      JSON.stringify({ mediaType: OCI_INDEX, manifests: [], layers: [], schemaVersion: 2 }),
    );
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'GET') ? { status: 200, headers: { 'content-type': OCI_INDEX }, body } : undefined;
    list.registry.clearLog();
    await assert.rejects(list.update({ add: [ours] }), { code: 'manifest-invalid' });
    assert.deepEqual(list.tagRequests('PUT'), []);
  });
});

describe('a tag that cannot be changed', () => {
  for (const status of [400, 403, 409, 412] as const) {
    it(`by an immutability rule (${status}) is said so after one try`, async (t) => {
      const list = await startFallback(t, { preconditions: true });
      await list.writeList(listText([]));
      const ours = await list.pushReferrer('ours');
      list.registry.quirks.immutableTags = status;
      list.registry.clearLog();
      await assert.rejects(list.update({ add: [ours] }), (error) => {
        assert.ok(hasCode(error, 'tag-immutable'), String(error));
        assert.match(error.hint ?? '', /sha256-\*/);
        return true;
      });
      assert.deepEqual(
        list.tagTrail().filter((step) => step.startsWith('PUT')),
        [`PUT ${status}`],
      );
    });
  }

  for (const [status, code] of [
    [403, 'denied'],
    [405, 'read-only'],
  ] as const) {
    it(`in a read-only registry (${status}) is said so after one try`, async (t) => {
      const list = await startFallback(t);
      const ours = await list.pushReferrer('ours');
      list.registry.quirks.readOnly = status;
      list.registry.clearLog();
      await assert.rejects(list.update({ add: [ours] }), { code });
      assert.equal(list.tagRequests('PUT').length, 1);
    });
  }

  it('is said so when 412 comes for conditions that hold, and comes again without a condition', async (t) => {
    const list = await startFallback(t);
    await list.writeList(listText([]));
    const ours = await list.pushReferrer('ours');
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'PUT') ? errorResponse(412, 'PRECONDITION', 'no') : undefined;
    list.registry.clearLog();
    await assert.rejects(list.update({ add: [ours] }), { code: 'tag-immutable' });
    const sent = list.tagRequests('PUT').map(({ headers }) => headers['if-match'] !== undefined);
    assert.deepEqual(sent.slice(-2), [true, false]);
    assert.ok(sent.length <= 8, `${sent.length} tries`);
  });
});

describe('conditions', () => {
  it('that a rival broke (412) lead to a fresh reading and a list with both', async (t) => {
    const list = await startFallback(t, { preconditions: true });
    const [rival, ours] = [await list.pushReferrer('rival'), await list.pushReferrer('ours')];
    let first = true;
    list.registry.quirks.intercept = async (request) => {
      if (!list.isTagRequest(request, 'PUT') || !first) return undefined;
      first = false;
      await list.writeList(listText([rival]));
      return undefined;
    };
    list.registry.clearLog();
    await list.update({ add: [ours] });
    assert.deepEqual(await list.listed(), [rival.digest, ours.digest]);
    assert.deepEqual(
      list.tagTrail().filter((step) => step.startsWith('PUT')),
      ['PUT 412', 'PUT 201', 'PUT 201'], // ours, the rival's, ours again
    );
  });

  it('that no answer can fulfil, since a proxy changes the validator, are given up on', async (t) => {
    const list = await startFallback(t);
    await list.writeList(listText([]));
    const ours = await list.pushReferrer('ours');
    list.registry.quirks.intercept = (request) =>
      list.isTagRequest(request, 'PUT') && request.headers['if-match'] !== undefined
        ? errorResponse(412, 'PRECONDITION_FAILED', 'no match')
        : undefined;
    await list.update({ add: [ours] });
    assert.deepEqual(await list.listed(), [ours.digest]);
  });
});

describe('a write that fails on its way', () => {
  const failures = [
    ['503', () => errorResponse(503, 'UNKNOWN', 'later')],
    ['429', () => errorResponse(429, 'TOOMANYREQUESTS', 'slower')],
    [
      'a connection cut before the answer',
      () => ({ status: 200, headers: {}, body: new Uint8Array(9), fault: { kind: 'truncate' as const } }),
    ],
  ] as const;
  for (const [title, answer] of failures) {
    it(`(${title}) starts again from a fresh reading and is never repeated blindly`, async (t) => {
      const list = await startFallback(t);
      const [old, rival, ours] = [
        await list.pushReferrer('old'),
        await list.pushReferrer('rival'),
        await list.pushReferrer('ours'),
      ];
      await list.writeList(listText([old]));
      let left = 1;
      list.registry.quirks.intercept = async (request) => {
        if (!list.isTagRequest(request, 'PUT') || left-- !== 1) return undefined;
        await list.writeList(listText([old, rival])); // while our write was on its way
        return answer();
      };
      list.registry.clearLog();
      await list.update({ add: [ours] });
      assert.deepEqual(await list.listed(), [old.digest, rival.digest, ours.digest]);
      const trail = list.tagTrail();
      const ourPuts = list.tagRequests('PUT').filter(({ headers }) => headers['if-match'] !== undefined);
      assert.equal(ourPuts.length, 2);
      // the rival's, then ours: a slow machine looks more than once
      assert.match(trail.join(', '), /PUT 201(?:, GET 200)+, PUT 201/);
    });
  }

  it('and goes on failing is an error that says what the list holds', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    list.registry.quirks.failure = { match: (request) => list.isTagRequest(request, 'PUT'), status: 500 };
    await assert.rejects(list.update({ add: [ours] }), (error) => {
      assert.ok(hasCode(error, 'fallback-update-unconfirmed'));
      assert.match(error.message, new RegExp(`it did not list ${ours.digest}`));
      return true;
    });
    assert.ok(list.tagRequests('PUT').length <= 8);
  });

  it('but was taken all the same is looked after like any other', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    let left = 1;
    list.registry.quirks.intercept = async (request) => {
      if (!list.isTagRequest(request, 'PUT') || left-- !== 1) return undefined;
      await list.writeList(listText([ours]));
      return errorResponse(502, 'UNKNOWN', 'the answer got lost');
    };
    list.registry.clearLog();
    await list.update({ add: [ours] });
    // two readings, our write, the write that stands for its having been taken, two looks
    assert.deepEqual(list.tagTrail(), ['GET 404', 'GET 404', 'PUT 502', 'PUT 201', 'GET 200', 'GET 200', 'GET 200']);
  });
});

describe('looking after a write', () => {
  it('puts back ours and what others had listed, if their manifests stand, and says so', async (t) => {
    const list = await startFallback(t);
    const [kept, deleted, stale, ours] = [
      await list.pushReferrer('kept'),
      await list.pushReferrer('deleted'),
      await list.pushReferrer('stale'),
      await list.pushReferrer('ours'),
    ];
    await list.writeList(listText([kept, deleted]));
    let written = false;
    let looks = 0;
    list.registry.quirks.intercept = async (request) => {
      if (list.isTagRequest(request, 'PUT') && request.headers['if-match'] !== undefined) written = true;
      if (!written || !list.isTagRequest(request, 'GET') || request.headers['user-agent'] === 'node') return undefined;
      if (++looks !== 2) return undefined;
      await list.store.deleteManifest(deleted.digest);
      await list.writeList(listText([stale])); // by somebody who had read before both
      return undefined;
    };
    await list.update({ add: [ours] });
    assert.deepEqual(await list.listed(), [stale.digest, kept.digest, ours.digest]);
    assert.deepEqual(
      list.warnings.map(({ code }) => code),
      ['fallback-entry-restored'],
    );
  });

  it('waits longer when others write, until the list stays as it is', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    const rivals = await Promise.all([1, 2, 3].map((n) => list.pushReferrer(`rival ${n}`)));
    let looks = 0;
    list.registry.quirks.intercept = async (request) => {
      if (!list.isTagRequest(request, 'GET') || request.headers['user-agent'] === 'node') return undefined;
      const rival = rivals[looks++ - 3]; // two looks before the write, then one undisturbed
      if (rival !== undefined) await list.writeList(listText([ours, ...rivals.slice(0, looks - 3)]));
      return undefined;
    };
    await list.update({ add: [ours] });
    assert.ok(looks >= 3 + rivals.length + 1, `${looks} looks`);
    assert.equal((await list.listed()).length, 4);
  });

  for (const [title, tagLag, mostWrites] of [
    ['for a number of reads', { reads: 3 }, 1],
    ['for a time', { ms: 150 }, 3],
  ] as const) {
    it(`is not misled by a registry that shows the old list ${title}: it neither gives up nor floods it`, async (t) => {
      const list = await startFallback(t);
      const [old, ours] = [await list.pushReferrer('old'), await list.pushReferrer('ours')];
      await list.writeList(listText([old]));
      list.registry.quirks.tagLag = tagLag;
      await new Promise((resolve) => setTimeout(resolve, 160));
      for (let i = 0; i < 4; i++) await list.readList();
      list.registry.clearLog();
      await list.update({ add: [ours] });
      const puts = list.tagRequests('PUT').length;
      assert.ok(puts <= mostWrites, `${puts} writes`);
      list.registry.quirks.tagLag = undefined;
      assert.deepEqual(await list.listed(), [old.digest, ours.digest]);
    });
  }

  /** 201 for each write of the list, and nothing is kept. */
  const losing = (list: FallbackFixture, onWrite: (n: number) => Promise<void> = async () => undefined) => {
    let writes = 0;
    const location = `/v2/acme/app/manifests/${list.tag}`;
    list.registry.quirks.intercept = async (request) => {
      // `node` is the rival of these tests
      if (!list.isTagRequest(request, 'PUT') || request.headers['user-agent'] === 'node') return undefined;
      await onWrite(++writes);
      const digest = digestOf(Buffer.concat(await Array.fromAsync(request.body)));
      return { status: 201, headers: { location, 'docker-content-digest': digest } };
    };
  };

  for (const had of ['no list', 'a list'] as const) {
    it(`is given up where ${had} was there and nothing that the registry takes is ever shown: nobody else is blamed for it`, async (t) => {
      const list = await startFallback(t);
      const [old, ours] = [await list.pushReferrer('old'), await list.pushReferrer('ours')];
      if (had === 'a list') await list.writeList(listText([old]));
      losing(list);
      list.registry.clearLog();
      await assert.rejects(list.update({ add: [ours] }), (error) => {
        assert.ok(hasCode(error, 'fallback-update-unconfirmed'));
        assert.match(error.message, /said 20 times that it took the list.*no change of anybody else was seen/);
        assert.match(error.message, new RegExp(`did not list ${ours.digest}$`));
        return true;
      });
      assert.equal(list.tagRequests('PUT').length, 20);
    });
  }

  it('goes on where others are seen to write, and says that it was these', async (t) => {
    const list = await startFallback(t);
    const [old, ours] = [await list.pushReferrer('old'), await list.pushReferrer('ours')];
    losing(list, async (n) => list.writeList(listText([{ ...old, annotations: { n: String(n) } }])));
    await assert.rejects(list.update({ add: [ours] }), { message: /: too many others write the same list\. / });
  });

  it('that fails leaves open what the list holds, and says so', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    let written = false;
    list.registry.quirks.intercept = (request) => {
      if (list.isTagRequest(request, 'PUT')) written = true;
      return written && list.isTagRequest(request, 'GET') ? errorResponse(500, 'UNKNOWN', 'down') : undefined;
    };
    await assert.rejects(list.update({ add: [ours] }), (error) => {
      assert.ok(hasCode(error, 'fallback-update-unconfirmed'));
      assert.match(error.message, /could not be confirmed: .*500/);
      return true;
    });
  });

  it('warns of a write so slow that rivals may have stopped waiting for it', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    list.registry.quirks.intercept = async (request) => {
      if (list.isTagRequest(request, 'PUT')) await new Promise((resolve) => setTimeout(resolve, 120));
      return undefined;
    };
    await list.update({ add: [ours] }, { settleMs: 20 });
    assert.deepEqual(
      list.warnings.map(({ code }) => code),
      ['fallback-slow-write'],
    );
  });

  it('that hangs on its way puts back what others listed, and settled, meanwhile', async (t) => {
    const list = await startFallback(t);
    const [ours, rival] = [await list.pushReferrer('ours'), await list.pushReferrer('rival')];
    let held = false;
    list.registry.quirks.intercept = async (request) => {
      if (held || !list.isTagRequest(request, 'PUT') || request.headers['user-agent'] === 'node') return undefined;
      held = true;
      await list.writeList(listText([rival]));
      await new Promise((resolve) => setTimeout(resolve, 600));
      return undefined;
    };
    await list.update({ add: [ours] });
    assert.deepEqual(new Set(await list.listed()), new Set([ours.digest, rival.digest]));
    assert.ok(list.warnings.some(({ code }) => code === 'fallback-entry-restored'));
  });

  it('is not made from a reading during which the process stood still: it is read again first', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    let stoodStill = 0;
    const clock = { ...SYSTEM_CLOCK, now: () => performance.now() + stoodStill };
    list.registry.quirks.intercept = (request) => {
      if (list.isTagRequest(request, 'GET')) stoodStill = 2000;
      return undefined;
    };
    list.registry.clearLog();
    await list.update({ add: [ours] }, { clock });
    const beforeTheWrite = list.tagTrail().slice(0, list.tagTrail().indexOf('PUT 201'));
    assert.deepEqual(beforeTheWrite, ['GET 404', 'GET 404', 'GET 404', 'GET 404']);
    assert.deepEqual(list.warnings, []);
  });

  it('ends with the reason of the signal that ends the run', async (t) => {
    const list = await startFallback(t);
    const ours = await list.pushReferrer('ours');
    const run = new AbortController();
    const reason = new Error('enough');
    // in the wait between two looks: while a request is on its way, that it was aborted is what is said
    const pause: Clock['pause'] = (milliseconds, signal) => {
      if (milliseconds > 1000) setTimeout(() => run.abort(reason));
      return SYSTEM_CLOCK.pause(milliseconds, signal);
    };
    const clock = { ...SYSTEM_CLOCK, pause };
    await assert.rejects(list.update({ add: [ours] }, { signal: run.signal, settleMs: 60_000, clock }), reason);
    assert.deepEqual(await list.listed(), [ours.digest]);
  });
});

describe('a referrers tag of a sha512 digest', () => {
  it('is cut to 64 characters, and the list kept there', async (t) => {
    const list = await startFallback(t);
    const image = await pushSampleManifest(
      list.target,
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] },
      { algorithm: 'sha512' },
    );
    const ours = await list.pushReferrer('ours');
    const { fallbackWriterOf } = await import('../../src/referrers/fallback-writer.ts');
    await fallbackWriterOf(list.store).update(
      image.descriptor.digest,
      { add: [{ ...ours, mediaType: OCI_MANIFEST }], remove: [] },
      { warn: () => undefined, settleMs: 0 },
    );
    const tag = `sha512-${image.descriptor.digest.slice(7, 71)}`;
    assert.ok((await list.registry.tagsOf('acme/app')).includes(tag));
  });
});
