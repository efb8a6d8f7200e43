import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFailureSummary } from '../../src/action/failure-summary.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const ERROR = new CodedError('input-unknown', 'input "<b>" is not known', { hint: 'Set `image`.' });

test('a run that ended before its result says so in the summary, with the page about its code', async () => {
  await using folder = await makeTempDir();
  const path = join(folder.path, 'summary.md');
  const action = { GITHUB_ACTION_REPOSITORY: 'acme/tool', GITHUB_ACTION_REF: 'v1' };
  writeFailureSummary(ERROR, { GITHUB_STEP_SUMMARY: path, GITHUB_SERVER_URL: 'https://github.com', ...action });
  const text = await readFile(path, 'utf8');
  assert.match(text, /<a href="https:\/\/github\.com\/acme\/tool\/blob\/v1\/docs\/errors\.md#input-unknown"><code>/);
  assert.match(text, /<br>Set <code>image<\/code>\.<\/p>\n$/);
  assert.ok(!text.includes('<b>'));
});

test('without a known page the code stands alone, and without a summary nothing is written', async () => {
  await using folder = await makeTempDir();
  const path = join(folder.path, 'summary.md');
  writeFailureSummary(ERROR, { GITHUB_STEP_SUMMARY: path });
  assert.match(await readFile(path, 'utf8'), /^## OCI Referrers\n\n<p>❌ <code>input-unknown<\/code>: /);
  assert.doesNotThrow(() => writeFailureSummary(ERROR, {}));
  assert.doesNotThrow(() => writeFailureSummary(ERROR, { GITHUB_STEP_SUMMARY: join(folder.path, 'no', 'such') }));
});
