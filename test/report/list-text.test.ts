import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { ListResult } from '../../src/commands/list/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { countHidden, renderListText } from '../../src/report/list-text.ts';
import { ansiStyle } from '../../src/report/text-style.ts';
import { nestedTree, SAMPLE_INDEX, sampleTree } from '../support/sample-tree.ts';

function resultOf(rest: Partial<ListResult>): ListResult {
  return { images: [], count: 0, minCount: 0, complete: true, downloads: [], warnings: [], error: undefined, ...rest };
}

const tree = sampleTree(
  [
    {
      type: 'a/bundle',
      titles: ['bundle.json'],
      annotations: { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' },
    },
  ],
  {
    'linux/amd64': [{ type: 'a/sbom', titles: ['sbom.json'], below: [{ type: 'a/sig', verified: false }] }],
    'linux/arm64': 'missing',
  },
);

describe('renderListText', () => {
  it('draws the tree with aligned columns', () => {
    const text = renderListText(resultOf({ images: [{ requested: 'ghcr.io/acme/app:1.4', tree }], count: 3 }));
    const shape = text.replace(/sha256:[0-9a-f]{12}/g, 'sha256:DIGEST');
    assert.deepEqual(shape.split('\n'), [
      'ghcr.io/acme/app:1.4',
      'index              sha256:DIGEST',
      '├── a/bundle       sha256:DIGEST  13 B  referrers API        ✓  bundle.json (https://slsa.dev/provenance/v1)',
      '├── linux/amd64    sha256:DIGEST',
      '│   └── a/sbom     sha256:DIGEST  11 B  referrers API        ✓  sbom.json',
      '│       └── a/sig  sha256:DIGEST        referrers API        ?',
      '└── linux/arm64    sha256:DIGEST        not in the registry',
      '',
      '✓ 3 referrers; every source was read (?: not proved from its bytes)',
      '',
    ]);
  });

  it('draws an index inside the index with the platforms in it', () => {
    const nested = nestedTree(tree, [{ type: 'a/sbom' }]);
    const text = renderListText(resultOf({ images: [{ requested: 'ghcr.io/acme/app:1.4', tree: nested }] }));
    assert.deepEqual(
      text
        .split('\n')
        .slice(4, 10)
        .map((line) => line.replace(/ +sha256.*/, '')),
      ['│   └── a/sbom', '│       └── a/sig', '└── nested index', '    ├── a/sbom', '    └── linux/arm64', ''],
    );
  });

  it('ends each list after so many rows of all with how many more there are, and keeps the platforms', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ type: `a/t${String(i).padStart(3, '0')}` }));
    const long = sampleTree([{ type: 'a/a', below: many(2) }, { type: 'a/b' }], {
      'linux/amd64': many(3),
      'linux/arm64': 'missing',
    });
    const shapeOf = (maxRows?: number): string[] =>
      renderListText(resultOf({ images: [{ requested: 'x', tree: long }] }), undefined, maxRows)
        .split('\n')
        .slice(1, -3)
        .map((line) => line.replace(/ +sha256.*/, ''));
    assert.deepEqual(shapeOf(2), [
      'index',
      '├── a/a',
      '│   ├── a/t000',
      '│   └── … 1 more',
      '├── … 1 more',
      '├── linux/amd64',
      '│   └── … 3 more',
      '└── linux/arm64',
    ]);
    assert.deepEqual(shapeOf(7), shapeOf());
    assert.ok(!shapeOf().join('').includes('…'));
  });

  it('draws what an index inside an index names below that index', () => {
    const [amd64, arm64] = tree.root.children;
    assert.ok(amd64 !== undefined && arm64 !== undefined);
    const nested = { ...tree, root: { ...tree.root, children: [{ ...arm64, children: [amd64] }] } };
    const text = renderListText(resultOf({ images: [{ requested: 'x', tree: nested }] }));
    assert.deepEqual(
      text
        .split('\n')
        .slice(1, -3)
        .map((line) => line.replace(/ +sha256.*/, '')),
      [
        'index',
        '├── a/bundle',
        '└── linux/arm64',
        '    └── linux/amd64',
        '        └── a/sbom',
        '            └── a/sig',
      ],
    );
  });

  it('counts what a text of so many rows leaves out, below others too', () => {
    const result = resultOf({
      images: [
        { requested: 'x', tree },
        { requested: 'y', tree },
      ],
    });
    assert.deepEqual(
      [0, 2, 5, 6, 7].map((rows) => countHidden(result, rows)),
      [6, 4, 1, 0, 0],
    );
  });

  it('says of a platform that it could not be read', () => {
    const broken = sampleTree([], { 'linux/arm64': 'unreadable' }, { complete: false });
    const text = renderListText(resultOf({ images: [{ requested: 'x', tree: broken }], complete: false }));
    assert.match(text, /linux\/arm64 .* could not be read\n/);
  });

  it('has the same text with colours as without', () => {
    const error = new CodedError('min-count-not-met', 'found 3', { hint: 'Look.' });
    const result = resultOf({ images: [{ requested: 'x', tree }], count: 3, minCount: 4, error });
    assert.equal(stripVTControlCharacters(renderListText(result, ansiStyle)), renderListText(result));
    assert.notEqual(renderListText(result, ansiStyle), renderListText(result));
  });

  it('shows what could not be looked at, what failed, and what ends the run', () => {
    const unread = [{ source: 'tag-schema', subject: SAMPLE_INDEX, code: 'server-error', reason: 'HTTP 500' }] as const;
    const images = [
      { requested: 'a', tree: sampleTree([], {}, { unread, complete: false }) },
      { requested: 'b', error: new CodedError('denied', 'no', { hint: 'Log in.' }) },
    ];
    const error = new CodedError('list-incomplete', 'not every referrer');
    const lines = renderListText(resultOf({ images, error, complete: false })).split('\n');
    assert.ok(lines.includes(`! could not look: fallback tag of ${SAMPLE_INDEX.slice(0, 19)}: server-error: HTTP 500`));
    assert.deepEqual(lines.slice(-8), [
      '',
      'b',
      'error[denied]: no',
      '  hint: Log in.',
      '',
      '✗ 0 referrers; not every source could be read',
      'error[list-incomplete]: not every referrer',
      '',
    ]);
  });

  it("does not say an image's error twice", () => {
    const error = new CodedError('denied', 'no');
    const text = renderListText(resultOf({ images: [{ requested: 'b', error }], error }));
    assert.equal(text.match(/denied/g)?.length, 1);
    assert.match(text, /✗ nothing is known of the referrers\n$/);
  });

  it('names the files that were written', () => {
    const text = renderListText(
      resultOf({
        images: [{ requested: 'x', tree }],
        downloads: [{ path: '/out/a\nb', digest: SAMPLE_INDEX, size: 1 }],
      }),
    );
    assert.match(text, /^wrote \/out\/a\\nb$/m);
  });

  it('keeps hostile text on its line, whatever it is', () => {
    const hostile = 'x\n├── fake\x1b[2J\u202e\r::error::';
    const rows = [{ type: hostile, titles: [hostile] }];
    const plain = renderListText(
      resultOf({ images: [{ requested: 'x', tree: sampleTree([{ type: 'x', titles: ['x'] }]) }] }),
    );
    const text = renderListText(resultOf({ images: [{ requested: hostile, tree: sampleTree(rows) }] }));
    assert.equal(text.split('\n').length, plain.split('\n').length);
    assert.ok(!/[\r\u202e]/.test(text) && !text.includes('\x1b'));
  });
});
