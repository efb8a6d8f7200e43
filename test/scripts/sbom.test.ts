import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildSbom } from '../../scripts/sbom/build-sbom.ts';
import { openUnsigned } from '../../src/evidence/unsigned/open-unsigned.ts';

const SPDX = 'application/spdx+json';
const RULE = '-'.repeat(80);
const TWO = `Third-party software:\n\n@a/b 1.2.3 (MIT)\n\nText.\n\n${RULE}\n\nc 4.0.0 ((MIT OR Apache-2.0))\n\nMore.\n\n${RULE}\n\n@a/b 1.2.3 (MIT)\n\nText.\n`;

test('names what is bundled, each with version, licence and purl', () => {
  const { packages, relationships } = buildSbom('1.0.0', TWO, new Date(0));
  const rows = packages.map((each) => [each.name, each.versionInfo, each.licenseDeclared]);
  assert.deepEqual(rows, [
    ['oci-referrers', '1.0.0', 'Apache-2.0'],
    ['@a/b', '1.2.3', 'MIT'],
    ['c', '4.0.0', '(MIT OR Apache-2.0)'],
  ]);
  assert.equal(packages[1]?.externalRefs[0]?.['referenceLocator'], 'pkg:npm/%40a/b@1.2.3');
  assert.deepEqual(
    relationships.map((each) => [each['relationshipType'], each['relatedSpdxElement']]),
    [
      ['DESCRIBES', 'SPDXRef-oci-referrers-1.0.0'],
      ['CONTAINS', 'SPDXRef-a-b-1.2.3'],
      ['CONTAINS', 'SPDXRef-c-4.0.0'],
    ],
  );
});

test('a list of licences that it does not understand is an error, not an empty SBOM', () => {
  assert.throws(() => buildSbom('1.0.0', `Third-party software:\n\nText.\n`, new Date(0)), /begins with "Text/);
});

test('the SBOM of dist counts for our own gate, and no two packages share an id', async () => {
  const licences = await readFile(new URL('../../dist/LICENSES.txt', import.meta.url), 'utf8');
  const sbom = buildSbom('1.0.0', licences, new Date());
  assert.ok(sbom.packages.length > 10, `${sbom.packages.length} packages`);
  assert.equal(new Set(sbom.packages.map(({ SPDXID }) => SPDXID)).size, sbom.packages.length);
  const bytes = Buffer.from(JSON.stringify(sbom));
  const opened = openUnsigned({ bytes, mediaType: SPDX, annotations: {}, what: 'sbom' }, SPDX);
  assert.deepEqual([opened.kind, opened.contentType, opened.malformed], ['spdx-json', SPDX, undefined]);
});
