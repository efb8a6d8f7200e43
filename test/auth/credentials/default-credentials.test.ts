import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, beforeEach, test } from 'node:test';
import {
  createDefaultCredentials,
  type DefaultCredentialsOptions,
} from '../../../src/auth/credentials/default-credentials.ts';
import type { Warning } from '../../../src/errors/warning.ts';
import { base64, createTempHome, type TempHome } from './temp-home.ts';

const homes: TempHome[] = [];
let home: TempHome;
let warnings: Warning[];
let secrets: string[];

beforeEach(async () => {
  home = await createTempHome();
  homes.push(home);
  warnings = [];
  secrets = [];
});
after(() => Promise.all(homes.map((one) => one.remove())));

function credentials(options: Partial<DefaultCredentialsOptions> = {}) {
  return createDefaultCredentials({
    homeDir: home.homeDir,
    onWarning: (warning) => warnings.push(warning),
    onSecret: (value) => secrets.push(value),
    ...options,
    env: { ...home.env, ...options.env },
  });
}

const auths = (host: string, user: string) => ({ auths: { [host]: { auth: base64(`${user}:secret`) } } });
const found = async (registry: string, options: Partial<DefaultCredentialsOptions> = {}, repository = 'acme/app') => {
  const credential = await credentials(options).find(registry, repository);
  return credential?.kind === 'basic' ? `${credential.username} from ${credential.origin}` : credential?.kind;
};

test('without any source there is no credential', async () => {
  assert.equal(await credentials().find('ghcr.io', 'acme/app'), undefined);
  assert.equal(await credentials({ homeDir: undefined }).find('ghcr.io', 'acme/app'), undefined);
});

test('each source yields to the one before it: inputs, variable, docker, podman, job token', async () => {
  const config = await home.write('.docker/config.json', auths('ghcr.io', 'docker'));
  const podman = await home.write('.config/containers/auth.json', auths('ghcr.io', 'podman'));
  const env: Record<string, string> = { DOCKER_AUTH_CONFIG: JSON.stringify(auths('ghcr.io', 'variable')) };
  const options = { username: 'input', password: 'x', inputRegistry: () => 'ghcr.io', githubToken: 'ghs_1', env };

  assert.equal(await found('ghcr.io', options), 'input from input registry-username');
  assert.equal(await found('ghcr.io', { ...options, username: '', password: '' }), 'variable from DOCKER_AUTH_CONFIG');
  assert.equal(await found('ghcr.io', { githubToken: 'ghs_1' }), `docker from ${config}`);
  await home.write('.docker/config.json', {});
  assert.equal(await found('ghcr.io', { githubToken: 'ghs_1' }), `podman from ${podman}`);
  await home.write('.config/containers/auth.json', '');
  assert.equal(await found('ghcr.io', { githubToken: 'ghs_1' }), 'x-access-token from github-token');
});

test('the inputs are for one registry, under all of its names, and no other ever gets them', async () => {
  const inputs = { username: 'u', password: 'p' };
  const own = { ...inputs, inputRegistry: () => 'reg.example:5000' };
  assert.equal(await found('reg.example:5000', own), 'u from input registry-username');
  for (const other of ['reg.example', 'reg.example:5001', 'evil.example', 'x.reg.example:5000', 'docker.io', '']) {
    assert.equal(await found(other, own), undefined, other);
  }
  const hub = { ...inputs, inputRegistry: () => 'docker.io' };
  assert.equal(await found('registry-1.docker.io', hub), 'u from input registry-username');
  assert.equal(await found('reg.example:5000', inputs), undefined, 'while it is not known whose they are');
});

test('one of the inputs without the other is refused', () => {
  assert.throws(() => credentials({ username: 'u' }), { code: 'input-conflict', message: /without registry-password/ });
  assert.throws(() => credentials({ password: 'p' }), { code: 'input-conflict', message: /without registry-username/ });
});

test('the job token is for ghcr.io only, with the actor as its user', async () => {
  const options = { githubToken: 'ghs_1', env: { GITHUB_ACTOR: 'octocat' } };
  assert.equal(await found('ghcr.io', options), 'octocat from github-token');
  for (const registry of ['docker.io', 'ghcr.io.evil.example', 'evil-ghcr.io', 'ghcr.io:5000', 'localhost']) {
    assert.equal(await found(registry, options), undefined);
  }
});

test('DOCKER_CONFIG names another directory than ~/.docker', async () => {
  await home.write('.docker/config.json', auths('reg.example', 'home'));
  const file = await home.write('elsewhere/config.json', auths('reg.example', 'elsewhere'));
  const env = { DOCKER_CONFIG: `${home.homeDir}/elsewhere` };
  assert.equal(await found('reg.example', { env }), `elsewhere from ${file}`);
});

test('no file is read before a registry asks, and then once; a helper runs once a registry', async () => {
  await home.write('.docker/config.json', '{ not read yet');
  const provider = credentials();
  const log = `${home.homeDir}/log`;
  await home.write('.docker/config.json', { credsStore: 'count' });
  await home.addHelper(
    'count',
    `require('node:fs').appendFileSync(${JSON.stringify(log)}, input + ' ');
    console.log(JSON.stringify({ Username: input, Secret: 's' }))`,
  );
  const find = async (registry: string, repository: string) => {
    const credential = await provider.find(registry, repository);
    return credential?.kind === 'basic' ? credential.username : undefined;
  };
  assert.deepEqual(await Promise.all([find('a.example', 'x'), find('a.example', 'y')]), ['a.example', 'a.example']);
  await home.write('.docker/config.json', '{ not read again');
  assert.equal(await find('b.example', 'x'), 'b.example');
  assert.equal(await readFile(log, 'utf8'), 'a.example b.example ');
});

test('an invalid DOCKER_AUTH_CONFIG is passed over with one warning that does not quote it', async () => {
  const file = await home.write('.docker/config.json', auths('reg.example', 'docker'));
  const provider = credentials({ env: { DOCKER_AUTH_CONFIG: '{"auths": hunter2' } });
  for (const repository of ['a', 'b']) {
    assert.equal((await provider.find('reg.example', repository))?.origin, file);
  }
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['docker-config-ignored'],
  );
  assert.match(warnings[0]?.message ?? '', /^DOCKER_AUTH_CONFIG cannot be used: it is not JSON; it was passed over$/);
});

test('DOCKER_AUTH_CONFIG counts for its auths alone, never for helpers', async () => {
  const env = {
    DOCKER_AUTH_CONFIG: JSON.stringify({ credsStore: 'missing', credHelpers: { 'reg.example': 'missing' } }),
  };
  assert.equal(await found('reg.example', { env }), undefined);
});

test('a config file that is not JSON is docker-config-invalid and names the file', async () => {
  const file = await home.write('.docker/config.json', 'auths:\n  reg.example: {}\n');
  await assert.rejects(credentials().find('reg.example', 'a'), {
    code: 'docker-config-invalid',
    message: new RegExp(file.replaceAll('\\', '\\\\')),
  });
});

test('a config that is a directory, or too large, could not be looked at', async () => {
  await home.write('.docker/config.json/x', '');
  await assert.rejects(credentials().find('reg.example', 'a'), { code: 'docker-config-invalid' });
  await home.write('big/config.json', `{}${' '.repeat(1024 * 1024)}`);
  const env = { DOCKER_CONFIG: `${home.homeDir}/big` };
  await assert.rejects(credentials({ env }).find('reg.example', 'a'), {
    code: 'docker-config-invalid',
    message: /bytes/,
  });
});

test('podman: REGISTRY_AUTH_FILE alone where it is set, else the runtime directory, then ~/.config', async () => {
  const explicit = await home.write('explicit.json', auths('reg.example/acme', 'explicit'));
  const runtime = await home.write('run/containers/auth.json', auths('reg.example', 'runtime'));
  const config = await home.write('.config/containers/auth.json', auths('reg.example', 'config'));
  const env = { XDG_RUNTIME_DIR: `${home.homeDir}/run` };
  assert.equal(await found('reg.example', { env }), `runtime from ${runtime}`);
  assert.equal(await found('reg.example'), `config from ${config}`);
  assert.equal(
    await found('reg.example', { env: { ...env, REGISTRY_AUTH_FILE: explicit } }),
    `explicit from ${explicit}`,
  );
  assert.equal(await found('reg.example', { env: { ...env, REGISTRY_AUTH_FILE: explicit } }, 'other/app'), undefined);
});

test('each secret is reported before it is handed out: password, its Basic form, tokens', async () => {
  await home.write('.docker/config.json', {
    auths: {
      'a.example': { auth: base64('me:pass') },
      'b.example': { identitytoken: 'it' },
      'c.example': { registrytoken: 'rt' },
    },
  });
  const provider = credentials();
  for (const registry of ['a.example', 'b.example', 'c.example']) await provider.find(registry, 'x');
  assert.deepEqual(secrets, ['pass', base64('me:pass'), 'it', 'rt']);
});
