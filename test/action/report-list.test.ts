import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createActionLog } from '../../src/action/action-log.ts';
import { reportList } from '../../src/action/report-list.ts';
import type { Economy } from '../../src/net/types.ts';
import { sampleTree } from '../support/sample-tree.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const ECONOMY: Economy = {
  requests: 1,
  rounds: 1,
  retries: 0,
  bytesSent: 0,
  bytesReceived: 0,
  byPurpose: { main: 1, auth: 0, 'look-up': 0, proof: 0, 'read-back': 0, settle: 0 },
};

/** The log of a listing of so many referrers, and the outputs' file. */
async function report(t: TestContext, count: number): Promise<{ readonly log: string; readonly json: string }> {
  const folder = await makeTempDir();
  t.after(() => folder.remove());
  const file = (name: string): string => join(folder.path, name);
  await writeFile(file('output'), '');
  const env = { RUNNER_TEMP: folder.path };
  const before = process.env['GITHUB_OUTPUT'];
  process.env['GITHUB_OUTPUT'] = file('output'); // the toolkit looks there
  t.after(() => {
    if (before === undefined) delete process.env['GITHUB_OUTPUT'];
    else process.env['GITHUB_OUTPUT'] = before;
  });
  let log = '';
  const shell = {
    log: createActionLog((text) => {
      log += text;
    }, env),
    env,
    interrupt: new AbortController().signal,
  };
  const tree = sampleTree(Array.from({ length: count }, (_, i) => ({ type: `a/t${i}` })));
  const images = [{ requested: 'x', tree }];
  const result = { images, count, minCount: 0, complete: true, downloads: [], warnings: [], error: undefined };
  await reportList(result, ECONOMY, shell);
  const path = /referrers-path<<(\S+)\r?\n(.+?)\r?\n\1/.exec(await readFile(file('output'), 'utf8'))?.[2] ?? '';
  return { log, json: await readFile(path, 'utf8') };
}

describe('the log of a list', () => {
  it('shows 300 referrers, and where all of a longer list are', async (t) => {
    const { log, json } = await report(t, 301);
    assert.equal(log.match(/a\/t\d+ /g)?.length, 300);
    assert.match(log, /\n└── … 1 more\n/);
    assert.match(log, /\n1 more referrer: all of them are in \S+ \(output referrers-path\)\n/);
    assert.equal(json.match(/"artifactType":"a\/t\d+"/g)?.length, 301);
  });

  it('shows them all where there are no more', async (t) => {
    const { log } = await report(t, 300);
    assert.equal(log.match(/a\/t\d+ /g)?.length, 300);
    assert.doesNotMatch(log, /more/);
  });
});
