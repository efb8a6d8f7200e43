import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { errorMessage, renderCommand, renderErrorCommand, renderErrorLines } from '../../src/report/error-text.ts';
import { ansiStyle } from '../../src/report/text-style.ts';

const HOSTILE = 'x\n::set-env name=PATH::/evil\x1b[2J%0A';

describe('renderErrorLines', () => {
  it('says code, message, place, hint and causes, one a line', () => {
    const error = new CodedError('file-line-invalid', 'line 3 is bad', {
      hint: 'Write path:type.',
      location: { file: 'a.yml', line: 3, column: 7 },
      cause: new CodedError('network-unreachable', 'no answer', { cause: new Error('ECONNREFUSED 127.0.0.1:5000') }),
    });
    assert.deepEqual(renderErrorLines(error), [
      'error[file-line-invalid]: line 3 is bad',
      '  at: a.yml:3:7',
      '  hint: Write path:type.',
      '  cause: network-unreachable: no answer',
      '  cause: ECONNREFUSED 127.0.0.1:5000',
    ]);
  });

  it('does not repeat a cause that the message says already', () => {
    const error = new CodedError('internal', 'failed: boom', { cause: new Error('boom') });
    assert.deepEqual(renderErrorLines(error), ['error[internal]: failed: boom']);
  });

  it('shows the parts of an AggregateError and ends in a circle of causes', () => {
    const aggregate = new AggregateError([new Error('one'), new Error('two')], 'all failed');
    const circular = new Error('circle');
    circular.cause = circular;
    aggregate.errors.push(circular);
    assert.deepEqual(renderErrorLines(new CodedError('network-unreachable', 'x', { cause: aggregate })).slice(1), [
      '  cause: all failed',
      '  cause: one',
      '  cause: two',
      '  cause: circle',
    ]);
  });

  it('shows at most five causes', () => {
    const chain = Array.from({ length: 9 }, (_, i) => i).reduceRight<Error | undefined>(
      (cause, i) => new Error(`cause ${i}`, { cause }),
      undefined,
    );
    assert.equal(renderErrorLines(new CodedError('internal', 'x', { cause: chain })).length, 6);
  });

  it('keeps hostile text on its line and without colours of its own', () => {
    const lines = renderErrorLines(
      new CodedError('http-status', HOSTILE, { hint: HOSTILE, cause: new Error(`c${HOSTILE}`) }),
      ansiStyle,
    );
    assert.equal(lines.length, 3);
    for (const line of lines) assert.ok(!line.includes('\n') && !line.includes('\x1b[2J'));
  });
});

describe('renderErrorCommand', () => {
  it('is one workflow command with title and place, hint and cause on lines of their own', () => {
    const error = new CodedError('denied', 'PUT refused: 100% sure', {
      hint: 'Give packages: write.',
      cause: new Error('HTTP 403'),
      location: { file: 'C:\\a,b.yml', line: 2 },
    });
    assert.equal(
      renderErrorCommand(error),
      '::error file=C%3A\\a%2Cb.yml,line=2,title=denied::PUT refused: 100%25 sure%0AGive packages: write.%0ACause: HTTP 403',
    );
  });

  it('cannot be broken out of by a message of a registry', () => {
    const command = renderErrorCommand(new CodedError('http-status', HOSTILE));
    assert.equal(command, '::error title=http-status::x\\n::set-env name=PATH::/evil\\x1b[2J%250A');
  });
});

describe('renderCommand', () => {
  it('escapes the title as a property', () => {
    assert.equal(renderCommand('warning', 'a,b::c', 'm'), '::warning title=a%2Cb%3A%3Ac::m');
  });
});

describe('errorMessage', () => {
  it('is message, hint and causes for whoever escapes line breaks itself', () => {
    assert.equal(
      errorMessage(new CodedError('denied', 'a\nb', { hint: 'h', cause: new Error('c') })),
      'a\\nb\nh\nCause: c',
    );
  });
});
