import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createPodmanAuthProvider } from '../../../src/auth/credentials/podman-auth.ts';
import { lookUpRegistry, lookUpRepository } from '../../../src/auth/credentials/registry-names.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { fc } from '../../support/fast-check.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const REGISTRIES = ['reg.example', 'reg.example:5000', 'docker.io', 'registry-1.docker.io', 'other.example'];
const HUB = ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'];

const segments = fc.array(fc.constantFrom('a', 'ab', 'b'), { minLength: 1, maxLength: 3 });
const registry = fc.constantFrom(...REGISTRIES);
/** Keys that are, are nearly, or only begin like the one that is asked for. */
const key = fc.oneof(
  fc
    .tuple(registry, fc.array(fc.constantFrom('a', 'ab', 'b'), { maxLength: 4 }))
    .map(([name, path]) => [name, ...path].join('/')),
  registry.map((name) => `https://${name}/v1/`),
  fc.constantFrom(...HUB, 'reg.example/', 'reg.example/v2/', 'https://reg.example', 'reg', 'example', '__proto__', ''),
);

/** containers-auth.json(5): the longest key that is the repository or a namespace of it; else one of the registry. */
function expectedKey(keys: readonly string[], host: string, repository: string): string | undefined {
  const names = HUB.includes(host) ? HUB : [host];
  const within = keys.filter((one) =>
    names.some((name) => one.startsWith(`${name}/`) && `${name}/${repository}/`.startsWith(`${one}/`)),
  );
  const longest = within.toSorted((a, b) => b.split('/').length - a.split('/').length || byName(names)(a, b))[0];
  return longest ?? lookUpRegistry(new Map(keys.map((one) => [one, one])), host)?.key;
}

function byName(names: readonly string[]): (a: string, b: string) => number {
  const rank = (one: string): number => names.findIndex((name) => one.startsWith(`${name}/`));
  return (a, b) => rank(a) - rank(b);
}

describe('podman credentials', () => {
  it('are those of the longest name that fits, never those of a name that only begins alike', () => {
    const property = fc.property(fc.uniqueArray(key, { maxLength: 8 }), registry, segments, (keys, host, path) => {
      const repository = path.join('/');
      const found = lookUpRepository(new Map(keys.map((one) => [one, one])), host, repository);
      assert.equal(found?.key, expectedKey(keys, host, repository));
      assert.equal(found?.value, found?.key);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('are a credential, none, or a coded error that shows no secret, whatever the file holds', async () => {
    await using dir = await makeTempDir('podman-');
    const path = join(dir.path, 'auth.json');
    const secret = Buffer.from('me:hunter2').toString('base64');
    const field = fc.constantFrom<unknown>(undefined, null, '', secret, 'hunter2', 7, [], {});
    const entry = fc.oneof(
      fc.record({ auth: field, username: field, password: field, identitytoken: field, registrytoken: field }),
      field,
    );
    const auths = fc.oneof(
      fc.dictionary(fc.constantFrom('reg.example', 'reg.example/a', 'x', '__proto__'), entry),
      field,
    );
    const file = fc
      .record({ auths, credsStore: fc.constantFrom(undefined, '', 7), other: field })
      .map((all) => JSON.stringify(all));
    const cut = fc.tuple(file, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
    const property = fc.asyncProperty(fc.oneof(file, cut, fc.json(), fc.string()), async (text) => {
      await writeFile(path, text);
      const provider = createPodmanAuthProvider({ env: { REGISTRY_AUTH_FILE: path }, homeDir: undefined });
      try {
        const found = await provider.find('reg.example', 'a/b');
        assert.equal(found?.origin ?? path, path);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        assert.equal(error.code, 'docker-config-invalid');
        const said = `${error.message} ${error.hint} ${String(error.cause)}`;
        assert.ok(!said.includes('hunter2') && !said.includes(secret), said);
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
