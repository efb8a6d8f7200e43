import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { it } from 'node:test';
import { isBrokenPipe } from '../../src/cli/is-broken-pipe.ts';

const failure = (code: string, syscall: string): NodeJS.ErrnoException =>
  Object.assign(new Error(code), { code, syscall });

it('a write whose reader has ended is no error of ours, however the system says it; all else is one', () => {
  for (const error of [failure('EPIPE', 'write'), failure('EOF', 'write')]) assert.ok(isBrokenPipe(error));
  for (const error of [failure('EOF', 'read'), failure('ENOSPC', 'write'), failure('EIO', 'write'), new Error('x')]) {
    assert.ok(!isBrokenPipe(error));
  }
});

it('what this system says to a write whose reader has ended is known', async () => {
  const program = `process.stdout.on('error', (error) => { console.error(error.code, error.syscall); process.exit(0); });
    const write = () => { process.stdout.write('x'.repeat(1 << 16)); setImmediate(write); };
    write();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.stdout.destroy());
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  const [code = '', syscall = ''] = said.trim().split(' ');
  assert.ok(isBrokenPipe(failure(code, syscall)), said);
});
