import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepLatest } from '../../../src/commands/list/keep-latest.ts';
import { selectedReferrers } from '../../../src/commands/list/map-referrers.ts';
import type { ReferrersTree } from '../../../src/referrers/types.ts';
import { type SampleRow, sampleRow, sampleTree } from '../../support/sample-tree.ts';

const CREATED = 'org.opencontainers.image.created';
const SPDX = 'application/spdx+json';
const SIGNATURE = 'application/vnd.cncf.notary.signature';

function row(name: string, created: string | undefined, rest: SampleRow = {}): SampleRow {
  return { type: SPDX, titles: ['sbom.json'], annotations: { name, ...(created && { [CREATED]: created }) }, ...rest };
}

function names(tree: ReferrersTree): string[] {
  return selectedReferrers(tree).map(({ descriptor }) => descriptor.annotations?.['name'] ?? '');
}

describe('keepLatest', () => {
  it('keeps the row with the latest time, whatever the zone it is written in', () => {
    const tree = sampleTree([
      row('old', '2026-01-01T10:00:00+02:00'),
      row('new', '2026-01-01T09:00:00Z'),
      row('older', '2025-01-01T00:00:00Z'),
    ]);
    const { tree: kept, error } = keepLatest(tree, CREATED);
    assert.deepEqual(names(kept), ['new']);
    assert.equal(error, undefined);
  });

  it('keeps one for each type, platform and title', () => {
    const rows = [
      row('a', '2026-01-01T00:00:00Z'),
      row('b', '2026-01-02T00:00:00Z'),
      row('other title', '2020-01-01T00:00:00Z', { titles: ['other.json'] }),
      row('other type', '2020-01-01T00:00:00Z', { type: 'application/vnd.cyclonedx+json' }),
      row('no type', '2020-01-01T00:00:00Z', { type: undefined }),
    ];
    const { tree } = keepLatest(sampleTree(rows, { 'linux/amd64': rows, 'linux/arm64': rows.slice(0, 1) }), CREATED);
    const each = ['b', 'other title', 'other type', 'no type'];
    assert.deepEqual(names(tree), [...each, ...each, 'a']);
  });

  it('lets a row without the annotation lose, however many there are', () => {
    const tree = sampleTree([row('x', undefined), row('dated', '1999-01-01T00:00:00Z'), row('y', undefined)]);
    assert.deepEqual(names(keepLatest(tree, CREATED).tree), ['dated']);
  });

  it('keeps a single row without the annotation', () => {
    assert.deepEqual(names(keepLatest(sampleTree([row('only', undefined)]), CREATED).tree), ['only']);
  });

  it('calls a tie ambiguous, names the digests and keeps the tied rows', () => {
    const rows = [
      row('a', '2026-01-01T00:00:00Z'),
      row('b', '2026-01-01T01:00:00+01:00'),
      row('old', '2020-01-01T00:00:00Z'),
    ];
    const { tree, error } = keepLatest(sampleTree(rows), CREATED);
    assert.equal(error?.code, 'latest-ambiguous');
    assert.equal(error?.exitCode, 1);
    for (const tied of rows.slice(0, 2)) assert.ok(error?.message.includes(sampleRow(tied).descriptor.digest));
    assert.ok(!error?.message.includes(sampleRow(row('old', '2020-01-01T00:00:00Z')).descriptor.digest));
    assert.deepEqual(names(tree), ['a', 'b']);
  });

  it('calls rows of which none has the annotation ambiguous', () => {
    const { error } = keepLatest(sampleTree([row('a', undefined), row('b', undefined)]), CREATED);
    assert.equal(error?.code, 'latest-ambiguous');
    assert.match(error?.message ?? '', /none of them has the annotation org\.opencontainers\.image\.created/);
  });

  it('compares another annotation as text', () => {
    const rows = ['1.9', '1.10', '1.2'].map((version) => ({
      ...row(version, undefined),
      annotations: { name: version, version },
    }));
    assert.deepEqual(names(keepLatest(sampleTree(rows), 'version').tree), ['1.9']);
  });

  it('does not take an inherited property for an annotation', () => {
    const { error } = keepLatest(sampleTree([row('a', undefined), row('b', undefined)]), 'toString');
    assert.equal(error?.code, 'latest-ambiguous');
  });

  it('drops what refers to a row that lost, and keeps what refers to the latest', () => {
    const tree = sampleTree([
      row('old', '2020-01-01T00:00:00Z', { below: [row('signature of old', undefined, { type: SIGNATURE })] }),
      row('new', '2026-01-01T00:00:00Z', { below: [row('signature of new', undefined, { type: SIGNATURE })] }),
    ]);
    assert.deepEqual(names(keepLatest(tree, CREATED).tree), ['new', 'signature of new']);
  });

  it('compares only rows that the filter selects, and keeps the way to them', () => {
    const signed = (name: string, created: string): SampleRow =>
      row(`sbom ${name}`, created, { selected: false, below: [row(name, created, { type: SIGNATURE })] });
    const tree = sampleTree([signed('first', '2020-01-01T00:00:00Z'), signed('second', '2026-01-01T00:00:00Z')]);
    const { tree: kept, error } = keepLatest(tree, CREATED);
    assert.equal(error, undefined);
    assert.deepEqual(names(kept), ['first', 'second']);
    assert.equal(kept.root.referrers.length, 2);
  });
});
