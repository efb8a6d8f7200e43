import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type BundleCase, readBundleCases } from './bundle-case.ts';
import { runCase, wordsOf } from './run-case.ts';

const vectors = process.env['VECTORS_DIR'];
const skip = vectors === undefined ? 'VECTORS_DIR is not set' : false;
const folder = join(vectors ?? '', 'sigstore-conformance');
const main = join(import.meta.dirname, '../../src/cli/main.ts');

describe('sigstore-conformance', { skip }, async () => {
  const cases = vectors === undefined ? [] : await readBundleCases(folder);

  it('has its 36 cases', () => {
    assert.equal(cases.length, 36);
    assert.equal(cases.filter((one) => one.mustFail).length, 29);
  });

  for (const one of cases) {
    it(`${one.name} is ${one.mustFail ? 'refused' : 'accepted'}`, async () => {
      const result = await runCase(one);
      assert.equal(result.verified, !one.mustFail, JSON.stringify(result));
    });
  }

  it('as processes: verify-bundle exits with 0 for what is accepted, and with 1 or 2 for what is refused', async () => {
    const wrong: string[] = [];
    await inTwos(cases, async (one) => {
      const { code, stderr } = await runProcess(wordsOf(one));
      const isRight = one.mustFail ? (code === 1 || code === 2) && stderr !== '' : code === 0;
      if (!isRight) wrong.push(`${one.name}: ${code} ${stderr}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('as processes: an identity that is not exactly the one, and a digest of something else, are refused', async () => {
    const happy = cases.find(({ name }) => name === 'happy-path-intoto-in-dsse-v3');
    assert.ok(happy);
    const words = wordsOf(happy);
    const replaced = (from: string, to: string): string[] => words.map((word) => (word === from ? to : word));
    assert.equal((await runProcess(words)).code, 0);
    for (const other of [
      replaced(happy.identity, happy.identity.slice(0, -1)),
      replaced(happy.identity, happy.identity.replaceAll('.', '-')),
      replaced(happy.identity, '.*'),
      replaced(happy.issuer, `${happy.issuer}/`),
      replaced(happy.artifactFile, `sha256:${'0'.repeat(64)}`),
    ]) {
      const { code, stderr } = await runProcess(other);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /untrusted-identity|wrong-subject/);
    }
  });

  it('as processes: a digest will do for an attestation, and is not enough for a message signature', async () => {
    const { createHash } = await import('node:crypto');
    const { readFile } = await import('node:fs/promises');
    const withDigest = async (name: string): Promise<{ readonly code: number; readonly stderr: string }> => {
      const one = cases.find((each) => each.name === name);
      assert.ok(one);
      const digest = createHash('sha256').update(await readFile(one.artifactFile));
      return runProcess([...wordsOf(one).slice(0, -1), `sha256:${digest.digest('hex')}`]);
    };
    assert.equal((await withDigest('happy-path-intoto-in-dsse-v3')).code, 0);
    const message = await withDigest('happy-path-v0.3');
    assert.equal(message.code, 1);
    assert.match(message.stderr, /unsupported/);
  });
});

async function inTwos(cases: readonly BundleCase[], run: (one: BundleCase) => Promise<void>): Promise<void> {
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await run(one);
  };
  await Promise.all([work(), work()]);
}

function runProcess(words: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], (error, _stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stderr });
    });
  });
}
