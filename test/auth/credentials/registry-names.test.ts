import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUpRegistry, lookUpRepository } from '../../../src/auth/credentials/registry-names.ts';

const mapOf = (...keys: string[]): ReadonlyMap<string, string> => new Map(keys.map((key) => [key, key]));

const docker: readonly [registry: string, keys: string[], expected: string | undefined][] = [
  ['ghcr.io', ['ghcr.io'], 'ghcr.io'],
  ['localhost:5000', ['localhost', 'localhost:5000'], 'localhost:5000'],
  ['localhost:5000', ['localhost', 'localhost:50001', 'http://localhost:5001/v1/'], undefined],
  ['[::1]:5000', ['[::1]:5000'], '[::1]:5000'],
  ['reg.example', ['https://reg.example/v1/'], 'https://reg.example/v1/'],
  ['reg.example', ['https://reg.example'], 'https://reg.example'],
  ['reg.example:5000', ['http://REG.example:5000/v2/'], 'http://REG.example:5000/v2/'],
  ['reg.example', ['reg.example/v1/'], 'reg.example/v1/'],
  ['reg.example', ['https://reg.example/v1/', 'reg.example'], 'reg.example'],
  ['docker.io', ['https://index.docker.io/v1/'], 'https://index.docker.io/v1/'],
  ['registry-1.docker.io', ['docker.io'], 'docker.io'],
  ['docker.io', ['https://registry-1.docker.io/v2/'], 'https://registry-1.docker.io/v2/'],
  ['index.docker.io', ['index.docker.io'], 'index.docker.io'],
  // never a part of a name
  ['ghcr.io', ['evil-ghcr.io', 'ghcr.io.evil.example', 'https://ghcr.io.evil.example/', 'hcr.io', 'io'], undefined],
  ['ghcr.io', ['https://ghcr.io@evil.example/v1/', 'https://evil.example/ghcr.io', 'ghcr.io/acme'], undefined],
  ['evil.example', ['https://ghcr.io@evil.example/v1/'], undefined],
  ['docker.io', ['hub.docker.io', 'docker.io.evil.example'], undefined],
  ['constructor', [], undefined],
];

for (const [registry, keys, expected] of docker) {
  test(`the docker config key for ${registry} among ${keys.join(' ') || 'none'} is ${expected ?? 'none'}`, () => {
    assert.equal(lookUpRegistry(mapOf(...keys), registry)?.key, expected);
  });
}

const podman: readonly [registry: string, repository: string, keys: string[], expected: string | undefined][] = [
  ['ghcr.io', 'acme/app/sub', ['ghcr.io', 'ghcr.io/acme', 'ghcr.io/acme/app'], 'ghcr.io/acme/app'],
  ['ghcr.io', 'acme/app', ['ghcr.io', 'ghcr.io/acme', 'ghcr.io/acme/app/sub'], 'ghcr.io/acme'],
  ['ghcr.io', 'acme/app', ['ghcr.io/ac', 'ghcr.io/acme/ap', 'ghcr.io'], 'ghcr.io'],
  ['ghcr.io', 'acme/app', ['ghcr.io/other'], undefined],
  ['docker.io', 'library/alpine', ['docker.io/library', 'https://index.docker.io/v1/'], 'docker.io/library'],
  ['docker.io', 'library/alpine', ['https://index.docker.io/v1/'], 'https://index.docker.io/v1/'],
];

for (const [registry, repository, keys, expected] of podman) {
  test(`the podman key for ${registry}/${repository} among ${keys.join(' ')} is ${expected ?? 'none'}`, () => {
    assert.equal(lookUpRepository(mapOf(...keys), registry, repository)?.key, expected);
  });
}
