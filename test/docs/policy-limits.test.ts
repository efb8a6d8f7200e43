import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { MAX_FILE_BYTES } from '../../src/commands/verify/load-bundles.ts';
import { CANDIDATE_BYTES } from '../../src/gate/examine-candidate.ts';
import { MAX_CANDIDATES } from '../../src/gate/inquiry.ts';
import { TURN_BYTES } from '../../src/gate/judge-image.ts';
import { LEAST_DOCUMENT_BYTES, MAX_BUNDLE_BYTES, MAX_STATEMENT_BYTES } from '../../src/gate/read-document.ts';
import { MAX_BUNDLE_BYTES as MAX_GITHUB_BUNDLE } from '../../src/github/fetch-bundle.ts';
import { MAX_ENTRIES, MAX_LIST_BYTES, MAX_PAGE_BYTES, MAX_PAGES } from '../../src/github/list-attestations.ts';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import { KEY_TRUST, withRule } from '../policy/parse/samples.ts';

const rule = (lines: string): string => withRule(`name: r\n${lines}`, KEY_TRUST);
const list = (count: number, item: (at: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(', ');
const long = (count: number): string => 'a'.repeat(count);
const waiver = (parts: string): string => `${rule('on: index')}waivers: [${parts}]`;
const oneWaiver = '{ rule: r, image: a/b, until: 2027-01-31, reason: x }';

/** What the first table says, its number, and a policy that has so many. */
const LIMITS: readonly (readonly [row: string, limit: number, write: (count: number) => string])[] = [
  ['the file', 262_144, (count) => rule('on: index').padEnd(count, '#')],
  ['`rules`, `waivers`', 200, (n) => `version: 1\n${KEY_TRUST}\nrules: [${list(n, (i) => `{ name: r${i} }`)}]`],
  ['`rules`, `waivers`', 1000, (n) => waiver(list(n, () => oneWaiver))],
  ['any other list', 200, (n) => rule(`artifact-type: [${list(n, (i) => `a/b${i}`)}]`)],
  [
    'signers of one',
    50,
    (n) =>
      withRule(
        `name: r\nsigned-by: { any-of: [${list(n, (i) => `{ trust: sigstore, identity: i${i}, issuer: i }`)}] }`,
      ),
  ],
  ['the name of a rule', 200, (n) => withRule(`name: ${long(n)}`, KEY_TRUST)],
  ['the name of a trust; a platform', 100, (n) => withRule('name: r', `trust: { ${long(n)}: { key: k.pub } }`)],
  ['the name of a trust; a platform', 100, (n) => rule(`platforms: linux/${long(n - 6)}`)],
  ['an artifact or predicate type', 512, (n) => rule(`predicate-type: "a:${long(n - 2)}"`)],
  ['the `reason` of a waiver', 500, (n) => waiver(oneWaiver.replace('reason: x', `reason: ${long(n)}`))],
  ['a path, a pattern', 1024, (n) => withRule('name: r', `trust: { k: { key: ${long(n)} } }`)],
  ['a path, a pattern', 1024, (n) => waiver(oneWaiver.replace('a/b', long(n)))],
  ['`where`', 2048, (n) => rule(`where: "true${' '.repeat(n - 4)}"`)],
  ['a duration', 36_600, (n) => rule(`max-age: ${n}d`)],
];

describe('the limits that docs/policy.md says', () => {
  let docs: string;
  before(async () => {
    docs = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'policy.md'), 'utf8');
  });
  const rowOf = (start: string): string =>
    docs
      .slice(docs.indexOf('\n## Limits\n'))
      .split('\n')
      .find((line) => line.startsWith(`| ${start}`)) ?? '';
  const told = (limit: number): string => limit.toLocaleString('en');

  for (const [row, limit, write] of LIMITS) {
    it(`${row}: ${limit}, and no more`, async () => {
      assert.ok(rowOf(row).includes(told(limit)), rowOf(row));
      await parsePolicy(write(limit), { file: 'p.yml' });
      await assert.rejects(parsePolicy(write(limit + 1), { file: 'p.yml' }), { code: 'policy-invalid' });
    });
  }

  it('of one image are those of the gate', () => {
    const MIB = 1024 * 1024;
    assert.ok(rowOf('referrers of the image').includes(told(MAX_CANDIDATES)));
    assert.ok(
      rowOf('a bundle or envelope').includes(`${MAX_BUNDLE_BYTES / MIB} MiB; ${MAX_STATEMENT_BYTES / MIB} MiB`),
    );
    const together = rowOf('manifests and documents');
    assert.ok(together.includes(`${LEAST_DOCUMENT_BYTES / 1024} KiB at least`));
    assert.ok(together.includes(`${CANDIDATE_BYTES / 1024} KiB are kept`));
    assert.ok(rowOf('documents that are parsed').includes(`${TURN_BYTES / MIB} MiB`));
    assert.ok(TURN_BYTES >= MAX_STATEMENT_BYTES, 'the largest document has its turn beside others');
  });

  it('of what comes from elsewhere are those of its readers', () => {
    const MIB = 1024 * 1024;
    assert.ok(rowOf('a file of `bundles`').includes(`| ${MAX_FILE_BYTES / MIB} MiB; ${MAX_BUNDLE_BYTES / MIB} MiB. `));
    const [entries, list, page] = [told(MAX_ENTRIES), MAX_LIST_BYTES / MIB, MAX_PAGE_BYTES / MIB];
    const bounds = `| ${entries}, ${list} MiB in all, ${page} MiB a page, ${MAX_PAGES} pages; a bundle ${MAX_GITHUB_BUNDLE / MIB} MiB.`;
    assert.ok(rowOf("GitHub's attestations").includes(bounds), bounds);
    assert.ok(MAX_GITHUB_BUNDLE === MAX_BUNDLE_BYTES, 'a bundle is a bundle, wherever it lies');
  });
});
