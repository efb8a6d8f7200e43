import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadBundles } from '../../../src/commands/verify/load-bundles.ts';
import { newKeys } from '../../evidence/sigstore/trusted-world.ts';
import { makeKeyBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

async function load(text: string): Promise<readonly string[]> {
  await using workspace = await makeTempDir();
  await writeFile(join(workspace.path, 'bundles.jsonl'), text);
  const loaded = await loadBundles(['bundles.jsonl'], { workspace: workspace.path, env: {} });
  return loaded.map(({ origin }) => origin);
}

const statement = makeStatement({ subject: `sha256:${'a'.repeat(64)}` });
const { json } = await makeKeyBundle({ statement, privateKey: newKeys.p256() });
const BUNDLE = JSON.stringify(json);

describe('files with bundles', () => {
  it('hold one, or one a line', async () => {
    assert.deepEqual(await load(BUNDLE), ['bundles.jsonl']);
    assert.deepEqual(await load(JSON.stringify(json, undefined, 2)), ['bundles.jsonl']);
    assert.deepEqual(await load(`${BUNDLE}\n\n${BUNDLE}\n`), ['bundles.jsonl line 1', 'bundles.jsonl line 3']);
  });

  const uglies: readonly (readonly [string, string])[] = [
    ['white space', ' \n'],
    ['no JSON', 'hello'],
    ['a bundle that is cut off', BUNDLE.slice(0, -20)],
    ['a statement that nobody signed', JSON.stringify(statement)],
    ['an SBOM', '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x"}'],
    ['a bundle of another version', BUNDLE.replace('v0.3', 'v9.9')],
    ['a good line and a bad one', `${BUNDLE}\n{}\n`],
  ];
  it('are refused where they are empty', async () => {
    await assert.rejects(load(''), { code: 'file-empty' });
  });
  for (const [title, text] of uglies) {
    it(`are refused before anything is asked of a registry where they hold ${title}`, async () => {
      await assert.rejects(load(text), { code: 'bundle-file-invalid' });
    });
  }
});
