import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { askCredentialHelper } from '../../../src/auth/credentials/credential-helper.ts';
import type { Credential } from '../../../src/auth/types.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { fc } from '../../support/fast-check.ts';
import { createTempHome, type TempHome } from './temp-home.ts';

/** How a helper ends. */
interface Ending {
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly exitCode: number;
}

const SECRET = 'hunter2-4f1c';
const QUIET: Ending = { stdout: '', stderr: '', exitCode: 0 };
/** A shell is the fastest to start, and Windows has none. */
const skip = process.platform === 'win32' && 'its helper is a shell script';

describe('whatever a credential helper answers', { skip }, () => {
  let home: TempHome;

  before(async () => {
    home = await createTempHome();
    const lines = ['#!/bin/sh', 'cd "$(dirname "$0")"', 'cat stdout', 'cat stderr >&2', 'exit "$(cat code)"', ''];
    await chmod(await home.write('bin/docker-credential-any', lines.join('\n')), 0o755);
  });
  after(() => home.remove());

  /** The credential, undefined, or the coded error; anything else that is thrown fails the test. */
  async function ask({ stdout, stderr, exitCode }: Ending): Promise<Credential | undefined | CodedError> {
    const bin = join(home.homeDir, 'bin');
    const files = { stdout, stderr, code: `${exitCode}` };
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(bin, name), content)));
    const request = { helper: 'any', server: 'reg.example', origin: 'FILE', env: home.env };
    return await askCredentialHelper(request).catch((error: unknown) => {
      assert.ok(error instanceof CodedError, String(error));
      assert.equal(error.code, 'credential-helper-failed', error.message);
      return error;
    });
  }

  it('is its credential, to the character, where it ends well and gives a user and a secret', async () => {
    const text = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 }));
    const property = fc.asyncProperty(text, text, fc.constantFrom(0, 1, 2), async (username, secret, indent) => {
      const stdout = JSON.stringify(
        { ServerURL: 'elsewhere', Username: username, Secret: secret, more: 1 },
        null,
        indent,
      );
      const origin = 'docker-credential-any (FILE)';
      const expected =
        username === '<token>'
          ? { kind: 'identity-token', token: secret, origin }
          : { kind: 'basic', username, password: secret, origin };
      assert.deepEqual(await ask({ ...QUIET, stdout, stderr: 'a warning' }), expected);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('is a credential, none, or an error with its code, be it text, bytes or nothing', async () => {
    const output = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }), fc.json(), fc.constant(''));
    const exitCode = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
    const property = fc.asyncProperty(output, output, exitCode, async (stdout, stderr, code) => {
      const answer = await ask({ stdout, stderr, exitCode: code });
      // none of these has a user and a secret, or is one of the sentences by which a helper says that it has nothing
      assert.ok(answer instanceof CodedError, JSON.stringify(answer));
      assert.ok(answer.message.length < 500, answer.message);
      assert.notEqual(answer.hint, undefined);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('its secret is in no error: not in the message, the hint, the cause or the stack', async () => {
    const whole = JSON.stringify({ ServerURL: 'reg.example', Username: 'ann', Secret: SECRET });
    const holder = fc.oneof(
      fc.constant(whole),
      fc.constant(JSON.stringify(JSON.parse(whole), null, 2)),
      fc.constant(JSON.stringify({ Secret: SECRET, Username: 1 })),
      fc.constant(JSON.stringify([{ Username: 'ann', Secret: SECRET }])),
      fc.constant(`"Secret": "${SECRET}"`),
      fc.constant(`username=ann\npassword=${SECRET}`),
      fc.constant(`password=${SECRET}\nusername=ann`),
      // cut off behind the secret
      fc
        .integer({ min: whole.indexOf(SECRET) + SECRET.length, max: whole.length - 1 })
        .map((end) => whole.slice(0, end)),
    );
    const noise = fc.constantFrom(
      '',
      '\n',
      ' ',
      '\ufeff',
      'time="now" level=debug msg=',
      'got: ',
      'warning: old\n',
      '[',
    );
    const output = fc.tuple(noise, holder, noise).map((parts) => parts.join(''));
    const property = fc.asyncProperty(
      output,
      fc.boolean(),
      fc.constantFrom(0, 1, 255),
      async (text, onStderr, exitCode) => {
        const answer = await ask({ ...QUIET, [onStderr ? 'stderr' : 'stdout']: text, exitCode });
        if (!(answer instanceof CodedError)) return assert.equal(exitCode, 0, 'a helper that fails gives nothing');
        const said = [answer.message, answer.hint, answer.stack, JSON.stringify(answer.cause)].join('\n');
        return assert.ok(!said.includes(SECRET), said);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});
