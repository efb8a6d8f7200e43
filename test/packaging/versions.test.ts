import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url);

interface PackageJson {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

async function readPackage(path: string): Promise<PackageJson> {
  return JSON.parse(await readFile(new URL(path, root), 'utf8')) as PackageJson;
}

describe('the packages that this one is built from', () => {
  it('are pinned to exact versions, and those that verify are installed as pinned', async () => {
    const { devDependencies } = await readPackage('package.json');
    const loose = Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(loose, []);
    // npm takes an older major of these where Node is too old for the newest
    for (const name of ['verify', 'bundle', 'core', 'protobuf-specs', 'sign', 'tuf']) {
      const { version } = await readPackage(`node_modules/@sigstore/${name}/package.json`);
      assert.equal(version, devDependencies[`@sigstore/${name}`], name);
    }
  });
});
