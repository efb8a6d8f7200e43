import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAuthFile } from '../../../src/auth/credentials/auth-file.ts';
import { lookUpRegistry, lookUpRepository } from '../../../src/auth/credentials/registry-names.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { fc } from '../../support/fast-check.ts';

const ORIGIN = '/home/ann/.docker/config.json';
/** Stands in for a password: no message may hold it. */
const SECRET = 'hunter2hunter2';

function parse(text: string): ReturnType<typeof parseAuthFile> | undefined {
  try {
    return parseAuthFile(text, ORIGIN);
  } catch (error) {
    assert.ok(error instanceof CodedError, String(error));
    assert.equal(error.code, 'docker-config-invalid');
    assert.ok(!`${error.message}${error.cause ?? ''}`.includes(SECRET), error.message);
    return undefined;
  }
}

const host = fc.constantFrom('a.example', 'a.example:5000', 'b.a.example', 'ghcr.io', 'localhost:5000');
const path = fc
  .array(fc.constantFrom('acme', 'app', 'v2', 'x'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

describe('parseAuthFile', () => {
  it('takes any text as a file or refuses it with its code, and quotes none of it', () => {
    const member = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), fc.constant(SECRET));
    const file = fc.record({ auths: member, credHelpers: member, credsStore: member }, { requiredKeys: [] });
    const text = fc.oneof(
      fc.string(),
      file.map((value) => JSON.stringify(value)),
      file.map((value) => `${JSON.stringify(value)}${SECRET}`),
      fc.string().map((text) => `${SECRET}${text}`),
    );
    fc.assert(fc.property(text, (text) => void parse(text)));
  });

  it('keeps every entry under its key as it was written', () => {
    const entries = fc.dictionary(fc.string(), fc.record({ auth: fc.base64String() }), { noNullPrototype: true });
    fc.assert(
      fc.property(entries, (auths) => {
        const read = parse(JSON.stringify({ auths, detachKeys: 'ctrl-a' }));
        assert.deepEqual([...(read?.auths ?? [])], Object.entries(JSON.parse(JSON.stringify(auths))));
      }),
    );
  });
});

describe('an entry that is found', () => {
  const files = fc.dictionary(
    fc.oneof(
      host,
      fc.tuple(host, path).map((parts) => parts.join('/')),
    ),
    fc.nat(),
  );

  it('is that of the very host, whatever else the file names', () => {
    fc.assert(
      fc.property(files, host, (auths, registry) => {
        const found = lookUpRegistry(new Map(Object.entries(auths)), registry);
        if (found === undefined) return void assert.ok(!(registry in auths));
        assert.match(found.key, new RegExp(`^${registry.replaceAll('.', '\\.')}(?:/v2)?$`));
        if (registry in auths) assert.equal(found.key, registry);
      }),
    );
  });

  it('is that of the longest namespace above the repository, and of no other host', () => {
    const namespaces = (repository: string): string[] =>
      repository.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
    const asked = fc.tuple(host, host, path).chain(([registry, other, repository]) => {
      const names = [registry, other].flatMap((name) => [name, ...namespaces(repository).map((at) => `${name}/${at}`)]);
      return fc.record({
        registry: fc.constant(registry),
        repository: fc.constant(repository),
        keys: fc.shuffledSubarray([...new Set(names)]),
      });
    });
    fc.assert(
      fc.property(asked, ({ registry, repository, keys }) => {
        const found = lookUpRepository(new Map(keys.map((key) => [key, key])), registry, repository);
        const above = [registry, ...namespaces(repository).map((at) => `${registry}/${at}`)];
        const expected = above.findLast((name) => keys.includes(name));
        // `host/v2` is also how old versions of docker wrote the host itself
        if (expected === undefined) assert.ok(found === undefined || found.key === `${registry}/v2`);
        else assert.equal(found?.key, expected);
      }),
      { numRuns: 500 },
    );
  });
});
