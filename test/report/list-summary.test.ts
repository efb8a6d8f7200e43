import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ListedImage, ListResult } from '../../src/commands/list/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { renderListSummary } from '../../src/report/list-summary.ts';
import { byteLength } from '../../src/report/truncate.ts';
import { nestedTree, SAMPLE_INDEX, sampleTree } from '../support/sample-tree.ts';

const SPDX = 'application/spdx+json';

function resultOf(images: readonly ListedImage[], rest: Partial<ListResult> = {}): ListResult {
  return { images, count: 1, minCount: 0, complete: true, downloads: [], warnings: [], error: undefined, ...rest };
}

function tableOf(summary: string): string[][] {
  return summary
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
}

const HOSTILE = 'x|y\n| a | b |\n</td></table><img src=x onerror=alert(1)>`[l](javascript:x)`\x1b[31m@me::error::';

describe('renderListSummary', () => {
  it('has a heading, a verdict, a row for each referrer and the economy', () => {
    const row = {
      type: SPDX,
      titles: ['sbom.json'],
      annotations: { 'org.opencontainers.image.created': '2026-11-20T09:14:02Z' },
    };
    const tree = sampleTree([], { 'linux/amd64': [row] });
    const byPurpose = { main: 2, auth: 0, 'look-up': 0, 'read-back': 0, settle: 0, proof: 0 };
    const economy = { requests: 2, rounds: 2, retries: 0, bytesSent: 0, bytesReceived: 100, byPurpose };
    const summary = renderListSummary(resultOf([{ requested: tree.requested, tree }]), { economy });
    assert.match(
      summary,
      /^## Referrers of <code>ghcr\.io\/<wbr>|^## Referrers of <code>ghcr\.io\/acme\/app&#58;1\.4<\/code>\n/,
    );
    assert.match(summary, /\n✅ <b>1 referrer<\/b>; every source was read\.\n/);
    const [cells] = tableOf(summary).slice(2);
    assert.equal(cells?.[0], '<code>linux/amd64</code>');
    assert.equal(cells?.[1], '<code>application/<wbr>spdx+json</code>');
    assert.match(cells?.[2] ?? '', /^sbom\.json, \d+&nbsp;B$/);
    assert.equal(cells?.[5], '✅&nbsp;API');
    assert.match(summary, /```mermaid\ngraph LR\n/);
    assert.match(summary, /<sub>2 requests in 2 rounds, 0 B up, 100 B down, 0 retries<\/sub>\n$/);
  });

  it('has a row for a platform without referrers, one that is missing, and those that could not be read or asked', () => {
    const tree = sampleTree([], {
      'linux/amd64': [{ type: SPDX }],
      'linux/arm64': [],
      'linux/arm/v7': 'missing',
      'linux/s390x': [],
      'linux/ppc64le': 'unreadable',
    });
    const s390x = tree.root.children[3]?.descriptor.digest ?? SAMPLE_INDEX;
    const unread = [{ source: 'api', subject: s390x, code: 'server-error', reason: 'HTTP 500' }] as const;
    const summary = renderListSummary(
      resultOf([{ requested: 'x', tree: { ...tree, complete: false, unread } }], { complete: false }),
    );
    const rows = tableOf(summary)
      .slice(2)
      .map((cells) => cells.slice(0, 2).join(' '));
    assert.deepEqual(rows.slice(1), [
      '<code>linux/arm64</code> <i>none found</i>',
      '<code>linux/arm/v7</code> <i>⚠️ platform is not in the registry</i>',
      '<code>linux/s390x</code> <i>⚠️ could not look</i>',
      '<code>linux/ppc64le</code> <i>⚠️ platform could not be read</i>',
    ]);
    assert.match(summary, /⚠️ <b>1 referrer<\/b>; but not every source could be read\./);
    assert.match(
      summary,
      /- ⚠️ could not look: referrers API of <code>linux\/s390x<\/code>: <b>server-error<\/b> HTTP 500/,
    );
  });

  it('names an index inside the index, with the platforms in it, in table and graph', () => {
    const tree = nestedTree(sampleTree([], { 'linux/amd64': [{ type: SPDX }], 'linux/arm64': [{ type: SPDX }] }), []);
    const summary = renderListSummary(resultOf([{ requested: 'x', tree }]));
    const rows = tableOf(summary)
      .slice(2)
      .map(([subject, type]) => `${subject} ${type?.replaceAll(/<[^>]*>/g, '')}`);
    assert.deepEqual(rows, [
      `<code>linux/amd64</code> ${SPDX}`,
      '<code>nested index</code> none found',
      `<code>linux/arm64</code> ${SPDX}`,
    ]);
    assert.match(summary, /index of 2 platforms/);
    const node = (label: string): string => new RegExp(`(n\\d+)\\(\\["${label}`).exec(summary)?.[1] ?? label;
    for (const [from, to] of [
      ['ghcr', 'linux/amd64'],
      ['ghcr', 'nested index'],
      ['nested index', 'linux/arm64'],
    ] as const) {
      assert.ok(summary.includes(`${node(from)} === ${node(to)}\n`), `${from} to ${to}`);
    }
    assert.ok(!summary.includes(`${node('ghcr')} === ${node('linux/arm64')}\n`));
  });

  it('names the way to a deeper row, and marks what was not proved', () => {
    const tree = sampleTree([
      { type: SPDX, selected: false, below: [{ type: 'a/sig', verified: false, sources: ['cosign-tags'] }] },
    ]);
    const summary = renderListSummary(resultOf([{ requested: 'x', tree }]));
    const [cells, ...more] = tableOf(summary).slice(2);
    assert.equal(more.length, 0);
    assert.equal(cells?.[0], '<code>index</code> › <code>application/<wbr>spdx+json</code>');
    assert.equal(cells?.[5], '❓&nbsp;cosign tag');
    assert.match(summary, /❓ marks what is not proved/);
  });

  it('puts the error that ends the run first, with its hint, and each failed image under its name', () => {
    const gone = new CodedError('manifest-unknown', 'gone: no such image');
    const error = new CodedError('min-count-not-met', 'found 0', { hint: 'Look again.' });
    const images = [
      { requested: 'gone:1', error: gone },
      { requested: 'x', tree: sampleTree([]) },
    ];
    const summary = renderListSummary(resultOf(images, { error, complete: false, minCount: 2 }));
    assert.match(summary, /^## Referrers of 2 images\n\n❌ <b>min-count-not-met<\/b>: found 0\n/);
    assert.match(summary, /, at least 2 asked for;/);
    assert.match(summary, /\n> Look again\.\n/);
    assert.match(summary, /### <code>gone&#58;1<\/code>\n\n❌ <b>manifest-unknown<\/b>/);
  });

  it('says once why nothing is known of a single image', () => {
    const error = new CodedError('denied', 'no access');
    const summary = renderListSummary(resultOf([{ requested: 'x', error }], { error, count: 0, complete: false }));
    assert.equal(summary.match(/no access/g)?.length, 1);
    assert.match(summary, /\nNothing is known of the referrers\.\n/);
  });

  it('keeps hostile text of every place inert', () => {
    const row = { type: HOSTILE, titles: [HOSTILE], annotations: { 'org.opencontainers.image.created': HOSTILE } };
    const unread = [{ source: 'api', subject: SAMPLE_INDEX, code: HOSTILE, reason: HOSTILE }] as const;
    const tree = sampleTree([row], {}, { requested: HOSTILE, unread, complete: false });
    const images = [
      { requested: HOSTILE, tree },
      { requested: HOSTILE, error: new CodedError('denied', HOSTILE) },
    ];
    const warnings = [{ code: 'registry-warning', message: HOSTILE }] as const;
    const summary = renderListSummary(
      resultOf(images, { warnings, error: new CodedError('denied', HOSTILE, { hint: HOSTILE }) }),
    );
    assert.equal(tableOf(summary).length, 3);
    assert.ok(!summary.includes('\x1b'));
    assert.ok(!summary.includes('](') && !summary.includes('@me'));
    const tags = new Set([...summary.matchAll(/<\/?([a-z]+)/g)].map((match) => match[1]));
    assert.deepEqual([...tags].sort(), ['b', 'br', 'code', 'details', 'summary', 'wbr']);
    assert.equal(summary.match(/^\| /gm)?.length, 3);
  });

  it('stays within its bytes and says how many rows it left out', () => {
    const rows = Array.from({ length: 9000 }, (_, i) => ({ type: SPDX, titles: [`${i} ${'ü|'.repeat(90)}`] }));
    const tree = sampleTree(rows);
    const summary = renderListSummary(resultOf([{ requested: 'x', tree }], { count: rows.length }));
    const shown = tableOf(summary).length - 2;
    assert.ok(byteLength(summary) <= 900 * 1024, `${byteLength(summary)} bytes`);
    assert.ok(byteLength(summary) > 890 * 1024);
    assert.ok(shown > 0 && summary.includes(`… and ${9000 - shown} more rows that a summary has no room for.`));
  });

  it('stays within its bytes with many images and many long warnings, and says what it left out', () => {
    const images = Array.from({ length: 3000 }, (_, i) => ({
      requested: `x${i}`,
      error: new CodedError('denied', HOSTILE.repeat(9)),
    }));
    const warnings = Array.from(
      { length: 300 },
      () => ({ code: 'registry-warning', message: '|'.repeat(5000) }) as const,
    );
    const summary = renderListSummary(resultOf(images, { warnings }));
    assert.ok(byteLength(summary) <= 900 * 1024, `${byteLength(summary)} bytes`);
    assert.match(summary, /… and \d+ more images that a summary has no room for\./);
    assert.match(summary, /- … and 250 more in the log/);
  });

  it('fits the smallest page without breaking', () => {
    const summary = renderListSummary(resultOf([{ requested: 'x', tree: sampleTree([{ type: SPDX }]) }]), {
      maxBytes: 400,
    });
    assert.ok(byteLength(summary) <= 400);
    assert.match(summary, /1 more row/);
  });
});
