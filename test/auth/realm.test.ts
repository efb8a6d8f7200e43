import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRealm } from '../../src/auth/realm.ts';
import { mayReceiveCredential } from '../../src/auth/realm-trust.ts';

const HTTPS = new URL('https://registry.example');
const HTTP = new URL('http://127.0.0.1:5000');

test('a realm keeps its query and loses its fragment', () => {
  assert.equal(parseRealm('https://auth.example/t?x=1#y', HTTPS).href, 'https://auth.example/t?x=1');
});

test('an http realm is taken from an http registry only', () => {
  assert.equal(parseRealm('http://127.0.0.1:5001/token', HTTP).protocol, 'http:');
  assert.throws(() => parseRealm('http://auth.example/token', HTTPS, 'GET https://reg.example/v2/a/tags/list'), {
    code: 'realm-refused',
    message: /it is http while the registry is https \(in answer to GET https:\/\/reg\.example\/v2\/a\/tags\/list\)$/,
  });
});

for (const realm of [
  '',
  '/token',
  'auth.example/token',
  'file:///etc/passwd',
  'ftp://a/',
  'javascript:1',
  'https://',
]) {
  test(`the realm ${JSON.stringify(realm)} is refused`, () => {
    assert.throws(() => parseRealm(realm, HTTP), { code: 'realm-refused', message: /127\.0\.0\.1:5000/ });
  });
}

test('a realm with userinfo is refused, and the message does not show it', () => {
  for (const realm of ['https://user:hunter2@auth.example/t', 'https://hunter2@auth.example/t']) {
    assert.throws(
      () => parseRealm(realm, HTTPS),
      (error: Error & { code?: string }) => error.code === 'realm-refused' && !error.message.includes('hunter2'),
    );
  }
});

const trusted: readonly [registry: string, realm: string][] = [
  ['ghcr.io', 'ghcr.io'],
  ['reg.example:5000', 'reg.example:5001'],
  ['registry-1.docker.io', 'auth.docker.io'],
  ['docker.io', 'auth.docker.io'],
  ['registry.gitlab.com', 'gitlab.com'],
  ['registry.gitlab.corp.example', 'gitlab.corp.example'],
  ['registry.corp.example', 'auth.corp.example'],
  ['registry.corp.example', 'login.sso.corp.example'],
  ['registry.corp.co.uk', 'auth.corp.co.uk'],
  ['reg.example', 'auth.reg.example'],
  ['acme.azurecr.io', 'auth.acme.azurecr.io'],
  ['registry.redhat.io', 'sso.redhat.com'],
  ['nvcr.io', 'authn.nvidia.com'],
  ['rg.fr-par.scw.cloud', 'api.scaleway.com'],
  ['registry.cn-hangzhou.aliyuncs.com', 'dockerauth.cn-hangzhou.aliyuncs.com'],
  ['registry.digitalocean.com', 'api.digitalocean.com'],
  ['127.0.0.1:5000', 'localhost:5001'],
  ['[::1]:5000', '127.0.0.1:5001'],
  ['10.1.2.3', '192.168.0.1'],
  ['[fd00::1]', '[::ffff:10.0.0.1]'],
  ['registry:5000', 'auth:5001'],
  ['registry.localhost', 'auth.localhost'],
];

for (const [registry, realm] of trusted) {
  test(`the credential of ${registry} may go to ${realm}`, () => {
    assert.equal(mayReceiveCredential(new URL(`https://${realm}/t`), new URL(`https://${registry}`)), true);
  });
}

const untrusted: readonly [registry: string, realm: string][] = [
  ['ghcr.io', 'evil.example'],
  ['ghcr.io', 'ghcr.io.evil.example'],
  ['ghcr.io', 'evilghcr.io'],
  ['ghcr.io', 'evil.io'],
  ['evil.example', 'auth.docker.io'],
  ['evil.example', 'gitlab.com'],
  ['registry.gitlab.com.evil.example', 'gitlab.com'],
  ['registry.corp.co.uk', 'evil.co.uk'],
  ['registry.co.uk', 'evil.co.uk'],
  ['reg.com.au', 'evil.com.au'],
  ['acme.azurecr.io', 'evil.azurecr.io'],
  ['acme.azurecr.io', 'azurecr.io'],
  ['acme.github.io', 'evil.github.io'],
  ['1.dkr.ecr.us-east-1.amazonaws.com', '2.dkr.ecr.us-east-1.amazonaws.com'],
  ['1.dkr.ecr.us-east-1.amazonaws.com', 'evil.s3.us-east-1.amazonaws.com'],
  ['europe-docker.pkg.dev', 'evil.pkg.dev'],
  ['registry.cn-hangzhou.aliyuncs.com', 'evil.cn-hangzhou.aliyuncs.com'],
  ['registry.cn-hangzhou.aliyuncs.com', 'dockerauth.cn-beijing.aliyuncs.com'],
  ['registry.eu.corp.example', 'sso.corp.example'],
  ['registry.example', 'other.example'],
  ['10.0.0.1', '8.0.0.1'],
  ['8.8.8.8', '9.8.8.8'],
  ['127.0.0.1:5000', 'evil.example'],
  ['127.0.0.1:5000', '169.254.169.254'],
  ['registry.corp.example', '10.0.0.1'],
  ['registry.corp.example', 'localhost'],
  ['[2001:db8::1]', '[2001:db8::2]'],
];

for (const [registry, realm] of untrusted) {
  test(`the credential of ${registry} may not go to ${realm}`, () => {
    assert.equal(mayReceiveCredential(new URL(`https://${realm}/t`), new URL(`https://${registry}`)), false);
  });
}

test('a host that the user trusts may have the credential, with a port on that port only', () => {
  const allowed = (realm: string, ...hosts: string[]) => mayReceiveCredential(new URL(realm), HTTPS, hosts);
  assert.equal(allowed('https://sso.other.test/t', 'sso.other.test'), true);
  assert.equal(allowed('https://sso.other.test:8443/t', 'sso.other.test:8443'), true);
  assert.equal(allowed('https://sso.other.test/t', 'sso.other.test:8443'), false);
  assert.equal(allowed('https://evil-sso.other.test/t', 'sso.other.test'), false);
});
