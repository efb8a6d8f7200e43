import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { askCredentialHelper } from '../../../src/auth/credentials/credential-helper.ts';
import { createDefaultCredentials } from '../../../src/auth/credentials/default-credentials.ts';
import { base64, createTempHome, type TempHome } from './temp-home.ts';

let home: TempHome;
before(async () => {
  home = await createTempHome();
});
after(() => home.remove());

const ask = (helper: string, timeoutMs?: number) =>
  askCredentialHelper({ helper, server: 'reg.example', origin: 'FILE', env: home.env, timeoutMs });
const answer = (username: string, secret: string) =>
  `console.log(JSON.stringify({ ServerURL: input, Username: ${JSON.stringify(username)}, Secret: ${JSON.stringify(secret)} }))`;
const failure = (message: RegExp) => ({ code: 'credential-helper-failed', message });

test('a helper gets the verb `get` and the server on stdin, and gives user and secret', async () => {
  await home.addHelper(
    'echo',
    'console.log(JSON.stringify({ Username: process.argv.slice(2).join(), Secret: input }))',
  );
  assert.deepEqual(await ask('echo'), {
    kind: 'basic',
    username: 'get',
    password: 'reg.example',
    origin: 'docker-credential-echo (FILE)',
  });
});

test('the user <token> stands for an identity token', async () => {
  await home.addHelper('token', answer('<token>', 'refresh'));
  assert.deepEqual(await ask('token'), {
    kind: 'identity-token',
    token: 'refresh',
    origin: 'docker-credential-token (FILE)',
  });
});

for (const text of [
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
]) {
  test(`a helper that fails with "${text}" has no credential`, async () => {
    await home.addHelper('none', `console.log(${JSON.stringify(text)}); process.exit(1)`);
    assert.equal(await ask('none'), undefined);
  });
}

test('a helper that is missing fails, with the program and the file named', async () => {
  await assert.rejects(ask('missing'), failure(/^docker-credential-missing, named by FILE.*no such program/));
});

test('a helper whose interpreter is missing is not called missing itself', {
  skip: process.platform === 'win32',
}, async () => {
  await chmod(await home.write('bin/docker-credential-bare', '#!/nowhere/interpreter\n'), 0o755);
  await assert.rejects(ask('bare'), failure(/could not be started: what its first line names may not be there$/));
});

test('a helper that hangs is ended, also when a child of it keeps its output open', { timeout: 20_000 }, async () => {
  await home.addHelper(
    'hang',
    `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], { stdio: 'inherit' }); process.on('SIGTERM', () => {}); setTimeout(() => {}, 5000)`,
  );
  await assert.rejects(ask('hang', 300), failure(/gave no answer in 300 ms/));
});

const garbage: readonly [title: string, script: string, message: RegExp][] = [
  ['prints no JSON', 'console.log("hunter2 secret")', /not a JSON object$/],
  ['prints nothing', '', /not a JSON object$/],
  ['prints an array', 'console.log("[]")', /no `Username` and `Secret`/],
  ['prints null', 'console.log("null")', /not a JSON object$/],
  ['prints a number for a secret', 'console.log(`{"Username":"u","Secret":1}`)', /no `Username` and `Secret`/],
  ['prints too much', 'console.log("x".repeat(70_000))', /more than 65536 bytes/],
  ['fails with a reason', 'console.log("keychain locked"); process.exit(3)', /exit code 3: keychain locked/],
  ['fails without a reason', 'process.exit(4)', /exit code 4$/],
  ['fails with a secret on stdout', `${answer('u', 'hunter2')}; process.exitCode = 5`, /exit code 5$/],
];

for (const [title, script, message] of garbage) {
  test(`a helper that ${title} fails, and its output is not quoted`, async () => {
    await home.addHelper('garbage', script);
    await assert.rejects(ask('garbage'), (error: Error) => {
      assert.throws(() => {
        throw error;
      }, failure(message));
      assert.ok(!`${error.message}${JSON.stringify(error.cause)}`.includes('hunter2'));
      return true;
    });
  });
}

for (const helper of ['../evil', 'a b', 'x;id', '', 'a/b', '$(id)']) {
  test(`the helper name ${JSON.stringify(helper)} is refused before anything runs`, async () => {
    await assert.rejects(ask(helper), {
      code: 'docker-config-invalid',
      message: /not the name of a credential helper/,
    });
  });
}

test('a helper that does not read its stdin is no failure', async () => {
  const [answer, name] = ['{"Username":"u","Secret":"s"}', 'bin/docker-credential-deaf'];
  if (process.platform === 'win32') await home.write(`${name}.cmd`, `@echo ${answer}\r\n`);
  else await chmod(await home.write(name, `#!/bin/sh\necho '${answer}'\n`), 0o755);
  assert.equal((await ask('deaf'))?.kind, 'basic');
});

test("a registry's own helper goes before the store for all, and that before auths; Docker Hub goes by its old name", async () => {
  await home.addHelper(
    'own',
    `if (input === 'own.example') ${answer('own', 's')}; else { console.log('credentials not found in native keychain'); process.exit(1) }`,
  );
  await home.addHelper(
    'all',
    `if (input !== 'none.example') console.log(JSON.stringify({ Username: input, Secret: 's' })); else { console.log('credentials not found in native keychain'); process.exit(1) }`,
  );
  await home.write('.docker/config.json', {
    auths: { 'own.example': { auth: base64('auths:x') }, 'none.example': { auth: base64('auths:x') } },
    credHelpers: { 'own.example': 'own', 'gone.example': 'own' },
    credsStore: 'all',
  });
  const provider = createDefaultCredentials({ env: home.env, homeDir: home.homeDir });
  const userOf = async (registry: string) => {
    const credential = await provider.find(registry, 'app');
    return credential?.kind === 'basic' ? credential.username : undefined;
  };
  assert.equal(await userOf('own.example'), 'own');
  assert.equal(await userOf('gone.example'), 'gone.example');
  assert.equal(await userOf('none.example'), 'auths');
  assert.equal(await userOf('docker.io'), 'https://index.docker.io/v1/');
});

test('a failing helper is an error, not "no credential"', async () => {
  await home.write('other/config.json', { credsStore: 'absent', auths: { 'reg.example': { auth: base64('a:b') } } });
  const env = { ...home.env, DOCKER_CONFIG: `${home.homeDir}/other` };
  const provider = createDefaultCredentials({ env, homeDir: home.homeDir });
  await assert.rejects(provider.find('reg.example', 'app'), failure(/docker-credential-absent/));
});
