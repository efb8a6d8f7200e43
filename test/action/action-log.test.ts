import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ActionLog, createActionLog } from '../../src/action/action-log.ts';
import { maskSecrets } from '../../src/action/mask-secrets.ts';
import { formatWorkflowCommand } from '../../src/action/workflow-command.ts';
import { attachCommand } from '../../src/commands/attach/options.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { parseWorkflowCommand } from '../support/runner-files.ts';

const HOSTILE = 'a\n::add-mask::b\r\n::stop-commands::x ##[error]y \x1b[31m::';

function record(env: Record<string, string> = {}): { log: ActionLog; lines: () => string[] } {
  let text = '';
  let time = 0;
  const write = (part: string): void => {
    text += part;
  };
  const log = createActionLog(write, env, () => (time += 3000));
  return { log, lines: () => text.split('\n').slice(0, -1) };
}

describe('the Action log', () => {
  test('hostile text makes no workflow command, no second line and no colour', () => {
    const { log, lines } = record({ RUNNER_DEBUG: '1' });
    log.info(HOSTILE);
    log.info('::error::x');
    log.warning({ code: 'descriptor-differs', message: HOSTILE });
    log.error(new CodedError('denied', HOSTILE, { hint: HOSTILE }));
    log.group(HOSTILE, ['::error::x', 'y']);
    log.trace?.({ method: 'GET', url: HOSTILE, status: 200, milliseconds: 1, attempt: 1 });
    const commands = lines().map((line) => parseWorkflowCommand(line)?.name);
    assert.deepEqual(commands, [
      undefined,
      undefined,
      'warning',
      'error',
      'group',
      undefined,
      undefined,
      'endgroup',
      'debug',
    ]);
    assert.ok(!lines().join('').includes('\x1b'));
    // within a `::` command the runner does not look for the old form (ActionCommandManager.cs)
    for (const line of lines()) assert.ok(parseWorkflowCommand(line) !== undefined || !line.includes('##['), line);
  });

  test('an error is an annotation with its code as the title', () => {
    const { log, lines } = record();
    log.error(new CodedError('denied', 'no', { hint: 'do this', location: { file: 'a,b.json', line: 3 } }));
    assert.deepEqual(parseWorkflowCommand(lines()[0] ?? ''), {
      name: 'error',
      properties: { file: 'a,b.json', line: '3', title: 'denied' },
      message: 'no\ndo this',
    });
  });

  test('an error ends with the page about its code, at the version that runs', () => {
    const action = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_ACTION_REPOSITORY: 'acme/tool' };
    const said = (env: Record<string, string>): string | undefined => {
      const { log, lines } = record(env);
      log.error(new CodedError('denied', 'no'));
      return parseWorkflowCommand(lines()[0] ?? '')?.message;
    };
    const page = 'https://github.com/acme/tool/blob/v1/docs/errors.md#denied';
    assert.equal(said({ ...action, GITHUB_ACTION_REF: 'v1' }), `no\n${page}`);
    // an action of the workspace has neither, and a server of one's own may have the action from github.com
    assert.equal(said({ ...action }), 'no');
    assert.equal(said({ ...action, GITHUB_ACTION_REF: 'v1', GITHUB_ACTION_REPOSITORY: '' }), 'no');
    assert.equal(said({ ...action, GITHUB_ACTION_REF: 'v1', GITHUB_SERVER_URL: 'https://ghe.example' }), 'no');
    assert.equal(said({ ...action, GITHUB_ACTION_REF: 'v1)](javascript:x' }), 'no');
  });

  test('a warning is an annotation with its code, and says what it is about', () => {
    const { log, lines } = record();
    log.warning({ code: 'source-unread', message: 'tag not read', subject: 'sha256:1' });
    assert.deepEqual(lines(), ['::warning title=source-unread::sha256:1: tag not read']);
  });

  test('a lowered name is a notice, and what the message names is not said twice', () => {
    const { log, lines } = record();
    log.warning({ code: 'name-lowered', message: 'Acme/App was lowered', subject: 'Acme/App' });
    assert.deepEqual(lines(), ['::notice title=name-lowered::Acme/App was lowered']);
  });

  test('requests are debug lines, and only in debug runs', () => {
    assert.equal(record().log.trace, undefined);
    const { log, lines } = record({ RUNNER_DEBUG: '1' });
    log.trace?.({ method: 'PUT', url: 'https://r/v2/', status: 201, milliseconds: 12.4, attempt: 2 });
    log.trace?.({
      method: 'GET',
      url: 'https://r/v2/',
      status: undefined,
      milliseconds: 3,
      attempt: 1,
      error: 'refused',
    });
    assert.deepEqual(lines(), [
      '::debug::PUT https://r/v2/ -> 201 in 12 ms (attempt 2)',
      '::debug::GET https://r/v2/ -> refused in 3 ms',
    ]);
  });

  test('a long upload is told of every few seconds, and at its end; a short one never', () => {
    const { log, lines } = record();
    log.progress({ title: 'short', sent: 0, total: 10 });
    log.progress({ title: 'short', sent: 10, total: 10 });
    assert.deepEqual(lines(), []);
    for (const sent of [0, 25e6, 50e6, 75e6, 100e6]) log.progress({ title: 'big.tar', sent, total: 100e6 });
    // the clock goes three seconds a call
    assert.deepEqual(lines(), ['big.tar: 50 % of 100 MB, 8.3 MB/s', 'big.tar: 100 % of 100 MB, 8.3 MB/s']);
  });
});

describe('secrets', () => {
  test('every secret input is masked, and what HTTP Basic makes of it', () => {
    const masks: string[] = [];
    const env = { 'INPUT_REGISTRY-USERNAME': 'me', 'INPUT_REGISTRY-PASSWORD': 'p4ss', 'INPUT_GITHUB-TOKEN': 'ghs_1' };
    maskSecrets([attachCommand], env, { mask: (secret) => masks.push(secret) });
    assert.deepEqual(masks.sort(), ['bWU6cDRzcw==', 'ghs_1', 'p4ss'].sort());
  });

  test('nothing is masked where nothing is given: an empty mask would hide every character', () => {
    maskSecrets([attachCommand], { 'INPUT_REGISTRY-PASSWORD': '  ' }, { mask: () => assert.fail('masked') });
  });

  test('a mask reaches the runner as it is', () => {
    for (const secret of ['100%', 'a\nb', '%0A', 'x:y,z', '::']) {
      assert.equal(parseWorkflowCommand(formatWorkflowCommand('add-mask', secret))?.message, secret);
    }
  });
});
