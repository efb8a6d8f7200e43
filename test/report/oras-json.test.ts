import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildOrasJson } from '../../src/report/oras-json.ts';
import { SAMPLE_INDEX, sampleRow, sampleSubject, sampleTree } from '../support/sample-tree.ts';

const SPDX = 'application/spdx+json';
const failed = { requested: 'ghcr.io/acme/gone:1', error: new CodedError('manifest-unknown', 'no such image') };

describe('buildOrasJson', () => {
  it('has the node shape of oras discover, with keys of our own besides', () => {
    const row = {
      type: SPDX,
      annotations: { b: '2', a: '1' },
      titles: ['sbom.json'],
      sources: ['api', 'tag-schema'],
    } as const;
    const tree = sampleTree([row], { 'linux/amd64': [], 'linux/arm/v7': 'missing', 'linux/s390x': 'unreadable' });
    const { descriptor } = sampleRow(row);
    const name = 'ghcr.io/acme/app';
    const child = (platform: string): object => {
      const { digest, size } = sampleSubject(platform);
      return { reference: `${name}@${digest}`, mediaType: OCI_MANIFEST, digest, size, platform };
    };
    assert.deepEqual(buildOrasJson([{ requested: 'x', tree }]), {
      reference: `${name}@${SAMPLE_INDEX}`,
      mediaType: OCI_INDEX,
      digest: SAMPLE_INDEX,
      size: 1024,
      referrers: [
        {
          reference: `${name}@${descriptor.digest}`,
          mediaType: OCI_MANIFEST,
          digest: descriptor.digest,
          size: descriptor.size,
          annotations: { a: '1', b: '2' },
          artifactType: SPDX,
          source: ['api', 'tag-schema'],
          verified: true,
          referrers: [],
        },
      ],
      children: [
        { ...child('linux/amd64'), referrers: [] },
        { ...child('linux/arm/v7'), missing: true, referrers: [] },
        { ...child('linux/s390x'), unreadable: true, referrers: [] },
      ],
      complete: true,
    });
  });

  it('keeps the keys of oras first and in its order', () => {
    const tree = sampleTree([{ type: SPDX, annotations: { a: '1' } }]);
    const text = JSON.stringify(buildOrasJson([{ requested: 'x', tree }]));
    assert.match(text, /^\{"reference":.*?,"mediaType":.*?,"digest":.*?,"size":\d+,"referrers":\[\{"reference"/);
    assert.match(text, /"size":\d+,"annotations":\{"a":"1"\},"artifactType":"application\/spdx\+json","source"/);
  });

  it('marks a row that only leads to another, and nests what refers to it', () => {
    const tree = sampleTree([{ type: SPDX, selected: false, verified: false, below: [{ type: 'a/sig' }] }]);
    const json = JSON.parse(JSON.stringify(buildOrasJson([{ requested: 'x', tree }])));
    assert.equal(json.referrers[0].selected, false);
    assert.equal(json.referrers[0].verified, false);
    assert.equal('selected' in json.referrers[0].referrers[0], false);
  });

  it('has no artifactType and no annotations where there are none', () => {
    const json = JSON.parse(JSON.stringify(buildOrasJson([{ requested: 'x', tree: sampleTree([{}]) }])));
    assert.deepEqual(Object.keys(json.referrers[0]), [
      'reference',
      'mediaType',
      'digest',
      'size',
      'source',
      'verified',
      'referrers',
    ]);
  });

  it('says which sources were not read', () => {
    const unread = [{ source: 'api', subject: SAMPLE_INDEX, code: 'server-error', reason: 'HTTP 500' }] as const;
    const tree = sampleTree([], {}, { complete: false, unread });
    const json = JSON.parse(JSON.stringify(buildOrasJson([{ requested: 'x', tree }])));
    assert.deepEqual([json.complete, json.unread], [false, unread]);
  });

  it('is an array for several images, a failed one among them without a claim about referrers', () => {
    const json = buildOrasJson([failed, { requested: 'x', tree: sampleTree([]) }]);
    assert.ok(Array.isArray(json));
    assert.deepEqual(json[0], {
      reference: 'ghcr.io/acme/gone:1',
      complete: false,
      error: { code: 'manifest-unknown', message: 'no such image' },
    });
    assert.equal(json.length, 2);
  });

  it('is the same whatever order the registry listed the rows in', () => {
    const rows = ['a/a', 'c/c', 'b/b', undefined, 'a/a'].map((type, i) => ({ type, annotations: { n: String(i) } }));
    const texts = [rows, rows.toReversed()].map((each) =>
      JSON.stringify(buildOrasJson([{ requested: 'x', tree: sampleTree(each, { 'linux/amd64': each }) }])),
    );
    assert.equal(texts[0], texts[1]);
  });

  it('keeps hostile annotations as data', () => {
    const annotations = JSON.parse('{"__proto__":"x","constructor":"y","\\u2028":"</script>"}') as Record<
      string,
      string
    >;
    const tree = sampleTree([{ type: SPDX, annotations }]);
    const json = JSON.parse(JSON.stringify(buildOrasJson([{ requested: 'x', tree }])));
    assert.deepEqual(Object.entries(json.referrers[0].annotations).sort(), Object.entries(annotations).sort());
  });
});
