import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeDemoFiles } from '../../../src/commands/demo/demo-files.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

interface Element {
  readonly SPDXID: string;
  readonly [key: string]: unknown;
}
interface Spdx extends Element {
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly Element[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
}

const ID = /^SPDXRef-[A-Za-z0-9.-]+$/; // SPDX 2.3, 6.3 and 7.2

/** The fields that SPDX 2.3 asks of a document and of its packages (clauses 6, 7 and 11). */
function assertSpdx(sbom: Spdx): void {
  assert.deepEqual(
    [sbom['spdxVersion'], sbom['dataLicense'], sbom.SPDXID],
    ['SPDX-2.3', 'CC0-1.0', 'SPDXRef-DOCUMENT'],
  );
  assert.match(sbom.name, /./);
  assert.ok(URL.canParse(sbom.documentNamespace) && !sbom.documentNamespace.includes('#'), sbom.documentNamespace);
  assert.match(sbom.creationInfo.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(sbom.creationInfo.creators.length > 0);
  for (const creator of sbom.creationInfo.creators) assert.match(creator, /^(?:Person|Organization|Tool): ./);
  assert.ok(sbom.packages.length > 0, 'an SBOM of nothing');
  for (const one of sbom.packages) {
    assert.match(one.SPDXID, ID);
    assert.match(String(one['name']), /./);
    const isPlace = ['NOASSERTION', 'NONE'].includes(String(one['downloadLocation']));
    assert.ok(isPlace || URL.canParse(String(one['downloadLocation'])));
    assert.deepEqual([one['filesAnalyzed'], one['packageVerificationCode']], [false, undefined]);
  }
  const ids = [sbom, ...sbom.packages].map(({ SPDXID }) => SPDXID);
  assert.equal(new Set(ids).size, ids.length, 'an id twice');
  assert.deepEqual(
    sbom.relationships.map(({ relationshipType, spdxElementId }) => [relationshipType, spdxElementId]),
    [['DESCRIBES', 'SPDXRef-DOCUMENT']],
  );
  for (const { relatedSpdxElement = '' } of sbom.relationships) assert.ok(ids.includes(relatedSpdxElement));
}

describe('what the demo attaches', () => {
  it('has an SBOM for each platform that has all that SPDX 2.3 asks for, and no name twice', async () => {
    await using folder = await makeTempDir();
    await writeDemoFiles(folder.path, '127.0.0.1:5000/demo/app:1.0', digestOf('an index'));
    const names = (await readdir(folder.path)).filter((name) => name.endsWith('.spdx.json')).sort();
    assert.deepEqual(names, ['sbom-linux-amd64.spdx.json', 'sbom-linux-arm64.spdx.json']);
    const read = async (name: string) => JSON.parse(await readFile(join(folder.path, name), 'utf8')) as Spdx;
    const sboms = await Promise.all(names.map(read));
    for (const sbom of sboms) assertSpdx(sbom);
    assert.equal(new Set(sboms.map(({ documentNamespace }) => documentNamespace)).size, 2);
  });
});
