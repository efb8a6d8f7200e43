import assert from 'node:assert/strict';
import { join, normalize, resolve, sep } from 'node:path';
import { describe, it } from 'node:test';
import { planDownload } from '../../../src/commands/list/download-plan.ts';
import { parseTitle } from '../../../src/commands/list/safe-title.ts';
import { hasCode } from '../../../src/errors/coded-error.ts';
import { EMPTY_DESCRIPTOR } from '../../../src/oci/artifact-manifest.ts';
import { encodedOf } from '../../../src/oci/digest.ts';
import { foldTitle } from '../../../src/oci/title.ts';
import { fc } from '../../support/fast-check.ts';
import { sampleLayer, sampleRow } from '../../support/sample-tree.ts';

describe('parseTitle', () => {
  const GOODIES: readonly [string, readonly string[]][] = [
    ['sbom.spdx.json', ['sbom.spdx.json']],
    ['dist/linux-amd64/sbom.json', ['dist', 'linux-amd64', 'sbom.json']],
    ['.hidden', ['.hidden']],
    ['...three', ['...three']],
    ['a b (1).json', ['a b (1).json']],
    ['naïve-日本.json', ['naïve-日本.json']],
    ['console.log', ['console.log']],
    ['com10.txt', ['com10.txt']],
    ['-rf', ['-rf']],
  ];
  for (const [title, segments] of GOODIES) {
    it(`takes ${JSON.stringify(title)}`, () => assert.deepEqual(parseTitle(title, 'x'), segments));
  }

  const UGLIES: readonly string[] = [
    '',
    '..',
    '.',
    '../../x',
    'a/../../x',
    'a/..',
    './a',
    '/etc/passwd',
    '//server/share',
    'a//b',
    'a/',
    'C:\\x',
    'C:/x',
    'c:x',
    'a\\b',
    '..\\x',
    'CON',
    'con.json',
    'nul',
    'Aux.tar.gz',
    'a/COM1',
    'LPT9.txt',
    'com\u00b9.txt',
    'CONIN$',
    'con .txt',
    'a\0b',
    'a\nb',
    'a\x1b[2Jb',
    'a\x7f',
    'a\u202egnp.exe',
    'a\u200bb',
    'a\ud800b',
    'trailing.',
    'trailing ',
    'a /b',
    ' leading',
    'file:stream',
    'a?b',
    'a*b',
    'a|b',
    'a"b',
    'a<b',
    'x'.repeat(256),
    `${'é'.repeat(127)}.js`,
    Array.from({ length: 600 }, () => 'a').join('/'),
  ];
  for (const title of UGLIES) {
    it(`refuses ${JSON.stringify(title.length > 60 ? `${title.slice(0, 20)}... (${title.length})` : title)}`, () => {
      assert.throws(
        () => parseTitle(title, 'referrer sha256:x'),
        (error) => hasCode(error, 'title-unsafe') && error.message.startsWith('referrer sha256:x has a file titled'),
      );
    });
  }

  it('never lets a path out of its folder, whatever the title', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '/', '\\', 'C:', 'CON', '\0', 'a', ' '),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const title = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const folder = resolve('/downloads/x');
    fc.assert(
      fc.property(title, (text) => {
        let segments: string[];
        try {
          segments = parseTitle(text, 'x');
        } catch (error) {
          assert.ok(hasCode(error, 'title-unsafe'));
          return;
        }
        const path = join(folder, ...segments);
        assert.equal(path, normalize(path));
        assert.ok(path.startsWith(folder + sep) && path.length > folder.length + 1);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('foldTitle', () => {
  it('makes one of names that differ in case or composition', () => {
    for (const [a, b] of [
      ['SBOM.json', 'sbom.JSON'],
      ['é', 'e\u0301'],
      ['straße', 'STRASSE'],
      ['ﬁle', 'file'],
    ] as const) {
      assert.equal(foldTitle(a), foldTitle(b));
    }
    assert.notEqual(foldTitle('a'), foldTitle('b'));
  });
});

describe('planDownload', () => {
  it('names folders by subject and artifact, files by title, or by digest without one', () => {
    const row = sampleRow({ type: 'a/b', titles: ['dir/sbom.json', undefined] });
    const folder = [encodedOf(row.subject).slice(0, 12), encodedOf(row.descriptor.digest).slice(0, 12)];
    const untitled = sampleLayer('1 undefined');
    assert.deepEqual(
      planDownload(row).map((file) => file.segments),
      [
        [...folder, 'dir', 'sbom.json'],
        [...folder, encodedOf(untitled.digest).slice(0, 12)],
      ],
    );
  });

  it('passes over the empty layer', () => {
    assert.deepEqual(planDownload(sampleRow({ type: 'a/b', layers: [EMPTY_DESCRIPTOR] })), []);
  });

  it('takes a layer that is listed twice once', () => {
    const layer = sampleLayer('x', 'a.json');
    assert.equal(planDownload(sampleRow({ type: 'a/b', layers: [layer, layer] })).length, 1);
  });

  for (const [first, second] of [
    ['a.json', 'a.json'],
    ['Sbom.json', 'sbom.JSON'],
    ['a', 'a/b'],
    ['A/b', 'a'],
  ] as const) {
    it(`refuses ${first} beside ${second}`, () => {
      const layers = [sampleLayer('1', first), sampleLayer('2', second)];
      assert.throws(() => planDownload(sampleRow({ type: 'a/b', layers })), { code: 'title-unsafe' });
    });
  }

  it('refuses a row whose manifest was not read', () => {
    assert.throws(() => planDownload(sampleRow({ type: 'a/b', titles: ['x'], verified: false })), {
      code: 'download-failed',
    });
  });
});
