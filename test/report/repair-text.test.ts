import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RepairResult } from '../../src/commands/repair/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { buildRepairChanges, buildRepairJson } from '../../src/report/repair-json.ts';
import { renderRepairSummary } from '../../src/report/repair-summary.ts';
import { renderRepairText } from '../../src/report/repair-text.ts';

const HOSTILE = '\x1b[31m@octocat | <img src=x>\n::error::';
const subject = digestOf('image');
const base = { artifactType: HOSTILE, sources: ['list'] } as const;

const RESULT: RepairResult = {
  rows: [
    {
      requested: 'ghcr.io/acme/app:1',
      repository: 'ghcr.io/acme/app',
      platform: 'linux/amd64',
      subject,
      status: 'repaired',
      entries: [
        { ...base, digest: digestOf('a'), change: 'kept', why: 'it is listed as it is' },
        { ...base, digest: digestOf('b'), change: 'added', why: HOSTILE },
        { ...base, digest: digestOf('c'), artifactType: undefined, change: 'unread', why: HOSTILE },
      ],
      unlooked: [new CodedError('list-incomplete', HOSTILE, { hint: HOSTILE })],
    },
    {
      requested: HOSTILE,
      repository: 'ghcr.io/acme/other',
      subject: undefined,
      status: 'failed',
      entries: [],
      error: new CodedError('manifest-unknown', HOSTILE),
      unlooked: [],
    },
  ],
  unreadPackages: [],
  errors: [new CodedError('manifest-unknown', HOSTILE)],
  dryRun: false,
  warnings: [],
};

describe('the reports of repair', () => {
  it('tell what became of each list and each entry that is not as it was', () => {
    const text = renderRepairText(RESULT);
    assert.match(text, /ghcr\.io\/acme\/app@sha256:[0-9a-f]{64} \(linux\/amd64\): list rewritten/);
    assert.match(text, /\+ added/);
    assert.doesNotMatch(text, /kept/);
    assert.match(text, /2 lists: 1 rewritten, 1 failed; entries: 1 added, 1 not read\n$/);
    assert.deepEqual(
      buildRepairChanges(RESULT).map((row) => (row as { change: string }).change),
      ['added', 'unread'],
    );
    assert.deepEqual(
      buildRepairJson(RESULT).map(({ status, error, unlooked }) => [status, error?.code ?? null, unlooked]),
      [
        ['repaired', null, [{ code: 'list-incomplete', message: HOSTILE, hint: HOSTILE }]],
        ['failed', 'manifest-unknown', []],
      ],
    );
  });

  it('say where "nothing to do" is not the whole truth, and how many entries there were and are', () => {
    const [repaired] = RESULT.rows;
    assert.ok(repaired);
    const rows = [repaired, { ...repaired, status: 'sound' }, { ...repaired, status: 'sound', entries: [] }] as const;
    const summary = renderRepairSummary({ ...RESULT, rows });
    // one was added to a list of one or two, and of the last nothing is known but that tags could not be read
    assert.match(summary, /✅ list rewritten \| 3 → 4 \|/);
    assert.match(summary, /☑️ nothing to do as far as could be looked \| 0 \|/);
    const sound = renderRepairSummary({
      ...RESULT,
      rows: [{ ...repaired, status: 'sound', entries: [], unlooked: [] }],
    });
    assert.match(sound, /☑️ nothing to do \| 0 \|/);
    assert.match(renderRepairSummary(RESULT), /❌ failed \| {2}\|/);
  });

  it('let no text of others out as it came', () => {
    const text = renderRepairText(RESULT);
    const summary = renderRepairSummary(RESULT);
    assert.ok(!text.includes('\x1b') && !summary.includes('\x1b'));
    assert.ok(!/^::error::/m.test(text));
    assert.ok(!summary.includes('<img') && !summary.includes('@octocat'));
  });

  it('stay within the bytes that a summary may have', () => {
    assert.ok(Buffer.byteLength(renderRepairSummary(RESULT, { maxBytes: 700 })) <= 700);
  });
});
