import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { renderAttachSummary } from '../../src/report/attach-summary.ts';
import { byteLength } from '../../src/report/truncate.ts';
import { sampleAttachResult, sampleAttachRow } from '../support/sample-attach.ts';

function rowsOf(summary: string): string[] {
  return summary
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
}

const HOSTILE = 'x|y\n| a |\n</pre></details><img src=x>[l](javascript:x)\x1b[31m@me';

describe('renderAttachSummary', () => {
  it('counts by status and has a row for each artifact, failures first', () => {
    const error = new CodedError('denied', 'PUT refused', { hint: 'Give packages: write.' });
    const rows = [
      sampleAttachRow({ platform: undefined }),
      sampleAttachRow({ status: 'unchanged', via: 'tag-schema' }),
      sampleAttachRow({ platform: 'linux/arm64', status: 'failed', via: undefined, error }),
    ];
    const summary = renderAttachSummary(sampleAttachResult(rows));
    assert.match(
      summary,
      /^## Attached to <code>ghcr\.io\/acme\/app<\/code>\n\n✅ <b>1<\/b> attached · ☑️ <b>1<\/b> unchanged · ❌ <b>1<\/b> failed\n/,
    );
    assert.deepEqual(
      rowsOf(summary).map((row) => row.split(' | ').slice(0, 2).join(' ')),
      [
        '| ❌&nbsp;failed <code>linux/arm64</code>',
        '| ✅&nbsp;attached image',
        '| ☑️&nbsp;unchanged <code>linux/amd64</code>',
      ],
    );
    assert.match(summary, /fallback tag \|$/m);
    assert.match(
      summary,
      /- ❌ <code>ghcr\.io\/acme\/app linux\/arm64<\/code>: <b>denied<\/b>: PUT refused <i>Give packages&#58; write\.<\/i>/,
    );
  });

  it('gives whole references of what is on the registry, and of nothing else', () => {
    const rows = [
      sampleAttachRow({}),
      sampleAttachRow({ titles: ['b'], status: 'failed', error: new CodedError('denied', 'x') }),
      sampleAttachRow({ titles: ['c'], status: 'planned' }),
    ];
    const summary = renderAttachSummary(sampleAttachResult(rows));
    assert.match(summary, new RegExp(`<pre>ghcr\\.io/acme/app@${rows[0]?.digest}</pre>`));
  });

  it('names the repository of each row where there are several', () => {
    const rows = [sampleAttachRow({}), sampleAttachRow({ repository: 'docker.io/acme/app' })];
    const summary = renderAttachSummary(sampleAttachResult(rows));
    assert.match(summary, /^## Attached to 2 repositories\n/);
    assert.match(rowsOf(summary)[1] ?? '', /^\| <code>docker\.io\/<wbr>acme\/<wbr>app<\/code> \|/);
  });

  it('says of a signature what it signs, and draws it on what it is on', () => {
    const bundle = { artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json', titles: [] };
    const file = sampleAttachRow({});
    const beside = sampleAttachRow({ ...bundle, predicateType: 'https://spdx.dev/Document/v2.3' });
    const on = sampleAttachRow({
      ...bundle,
      subject: file.digest,
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
    });
    const besideSummary = renderAttachSummary(sampleAttachResult([file, beside]));
    assert.match(rowsOf(besideSummary)[1] ?? '', /\| signed https&#58;\/\/spdx\.dev\/Document\/v2\.3, /);
    const edges = (rows: Parameters<typeof sampleAttachResult>[0]): string[] =>
      [...renderAttachSummary(sampleAttachResult(rows)).matchAll(/^ *(n\d+) \S+ (n\d+)$/gm)]
        .map(([, from, to]) => `${from} ${to}`)
        .sort();
    assert.deepEqual(edges([file, beside]), ['n0 n1', 'n1 n2', 'n1 n3']);
    assert.deepEqual(edges([file, on]), ['n0 n1', 'n1 n2', 'n2 n3']);
  });

  it('says that a dry run wrote nothing', () => {
    const summary = renderAttachSummary(sampleAttachResult([sampleAttachRow({ status: 'planned' })], { dryRun: true }));
    assert.match(summary, /^## Dry run: what would be attached to /);
  });

  it('keeps hostile text of every place inert', () => {
    const row = sampleAttachRow({
      repository: HOSTILE,
      platform: HOSTILE,
      artifactType: HOSTILE,
      titles: [HOSTILE, HOSTILE],
    });
    const failed = { ...row, status: 'failed' as const, error: new CodedError('denied', HOSTILE, { hint: HOSTILE }) };
    const warnings = [{ code: 'registry-warning', message: HOSTILE }] as const;
    const summary = renderAttachSummary(sampleAttachResult([row, failed], { warnings }));
    assert.equal(rowsOf(summary).length, 2);
    const markdown = summary.replace(/<pre>.*<\/pre>/, ''); // where Markdown is not read
    assert.ok(!summary.includes('\x1b') && !markdown.includes('](') && !markdown.includes('@me'));
    const tags = new Set([...summary.matchAll(/<\/?([a-z]+)/g)].map((match) => match[1]));
    assert.deepEqual([...tags].sort(), ['b', 'br', 'code', 'details', 'i', 'pre', 'summary', 'wbr']);
    assert.equal(summary.match(/<\/pre>/g)?.length, 1);
  });

  it('stays within its bytes and says how many rows it left out', () => {
    const rows = Array.from({ length: 9000 }, (_, i) => sampleAttachRow({ titles: [`${i} ${'|'.repeat(120)}`] }));
    const summary = renderAttachSummary(sampleAttachResult(rows));
    assert.ok(byteLength(summary) <= 900 * 1024, `${byteLength(summary)} bytes`);
    assert.ok(summary.includes(`… and ${9000 - rowsOf(summary).length} more rows that a summary has no room for.`));
  });
});
