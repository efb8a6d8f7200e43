import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { listenForInterrupt } from '../../src/commands/interrupt.ts';
import { startDeadline } from '../../src/commands/run-deadline.ts';
import { hasCode } from '../../src/errors/coded-error.ts';

test('a run that outlasts its deadline is aborted with a code', async () => {
  const { signal, clear } = startDeadline(0.01);
  await once(signal, 'abort');
  assert.ok(hasCode(signal.reason, 'deadline-exceeded'));
  clear();
});

test('an interrupt ends the run with its own reason, before or after the start', () => {
  const source = new EventEmitter();
  const { signal: interrupt } = listenForInterrupt(source);
  const early = startDeadline(60, interrupt);
  source.emit('SIGINT');
  const late = startDeadline(60, interrupt);
  for (const { signal, clear } of [early, late]) {
    assert.ok(hasCode(signal.reason, 'aborted'));
    clear();
  }
});

test('after the first interrupt, and after the end, signals do again what they always do', () => {
  const source = new EventEmitter();
  listenForInterrupt(source);
  source.emit('SIGTERM');
  assert.equal(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM'), 0);
  listenForInterrupt(source).stop();
  assert.equal(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM'), 0);
});

test('a cleared deadline never fires and lets the process end', async () => {
  const interrupt = new AbortController();
  const { signal, clear } = startDeadline(0.005, interrupt.signal);
  clear();
  interrupt.abort();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(signal.aborted, false);
});
