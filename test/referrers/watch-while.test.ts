import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchWhile } from '../../src/referrers/watch-while.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** Moments of the looks at a piece of work that takes so long. */
async function looksAt(milliseconds: number, signal?: AbortSignal): Promise<number[]> {
  const time = new VirtualTime(1);
  const looks: number[] = [];
  const work = time.pause(milliseconds);
  const look = async (): Promise<void> => void looks.push(time.now());
  await time.run([watchWhile(work, look, time, signal)]);
  return looks;
}

describe('watchWhile', () => {
  it('does not look at what is done in the usual time', async () => {
    assert.deepEqual(await looksAt(190), []);
  });

  it('looks at intervals, each shorter than others wait, until the end', async () => {
    assert.deepEqual(await looksAt(700), [200, 350, 500, 650]);
  });

  it('ends with the work that fails, which is for its owner to hear of', async () => {
    const time = new VirtualTime(1);
    const work = time.pause(300).then(() => Promise.reject(new Error('down')));
    work.catch(() => undefined);
    const [outcome] = await time.run([watchWhile(work, async () => undefined, time, undefined)]);
    assert.equal(outcome?.status, 'fulfilled');
  });

  it('looks no more once the run is ended', async () => {
    assert.deepEqual(await looksAt(700, AbortSignal.abort()), []);
  });
});
