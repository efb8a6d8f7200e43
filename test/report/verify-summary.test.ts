import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VerifyResult } from '../../src/commands/verify/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { commentMarker } from '../../src/github/comment-marker.ts';
import type { Digest } from '../../src/oci/digest.ts';
import type { Rule } from '../../src/policy/policy.ts';
import type { Cell } from '../../src/policy/verdict.ts';
import { byteLength } from '../../src/report/truncate.ts';
import { renderVerifyComment } from '../../src/report/verify-comment.ts';
import { renderVerifySummary } from '../../src/report/verify-summary.ts';
import {
  sampleBroken,
  sampleCell,
  sampleFail,
  sampleFleet,
  sampleHostile,
  sampleImage,
  samplePass,
  sampleResult,
  sampleRule,
  sampleUnknown,
  untrusted,
} from '../support/sample-verdict.ts';

/** As people read it: entities, tags and word joiners gone. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/<\/?(?:code|b|sub|i|wbr)>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('\u2060', '');
}

function tableRows(markdown: string): string[] {
  return plain(markdown)
    .split('\n')
    .filter((line) => /^\s*\| /.test(line))
    .map((line) => line.trim().slice(2, -2));
}

describe('renderVerifySummary', () => {
  it('begins with the verdict, its tally and the matrix', () => {
    const summary = plain(renderVerifySummary(sampleResult([sampleFail()])));
    assert.match(
      summary,
      /^## ❌ The policy is not met: ghcr\.io\/acme\/app:1\.4\n\n> \[!CAUTION\]\n> 10 checks: 5 met, 4 not met, 1 waived\.\n\nsha256:[0-9a-f]{64} · index of 3 platforms\n\n\| Rule \| index \|/,
    );
    assert.deepEqual(tableRows(summary).slice(0, 6), [
      'Rule | index | linux/amd64 | linux/arm64 | linux/arm/v7',
      '--- | --- | --- | --- | ---',
      'SBOM on every platform | · | ✅ | ✅ | ❌',
      'SLSA provenance from our release workflow | · | ❌ | ❌ | ❌',
      'two reviewers | 🟡 | · | · | ·',
      'the SBOM is itself signed | · | ✅ | ✅ | ✅',
    ]);
    assert.match(summary, /✅ met &ensp; ❌ not met &ensp; 🟡 waived &ensp; · not asked/);
  });

  it('turns the matrix round where platforms are too many to stand beside one another', () => {
    const platforms = ['386', 'amd64', 'arm64', 'ppc64le', 'riscv64', 's390x'].map((name) => `linux/${name}`);
    const rules = [sampleRule('provenance'), sampleRule('review')];
    const cellOf = (rule: Rule, column: string, digest: Digest): Cell | undefined =>
      column === 'index'
        ? undefined
        : sampleCell(rule.name, column, digest, { state: column === 'linux/386' ? 'fail' : 'pass' });
    const rowsOf = (names: readonly string[]): string[] =>
      tableRows(
        renderVerifySummary(sampleResult([sampleImage('r.example/a:1', rules, cellOf, { platforms: names })])),
      ).slice(0, 9);
    assert.deepEqual(rowsOf(platforms).slice(0, 5), [
      'Platform | provenance | review',
      '--- | --- | ---',
      'index | · | ·',
      'linux/386 | ❌ | ❌',
      'linux/amd64 | ✅ | ✅',
    ]);
    assert.equal(rowsOf(platforms).at(-1), 'linux/s390x | ✅ | ✅');
    assert.equal(rowsOf(platforms.slice(1)).at(0), `Rule | index | ${platforms.slice(1).join(' | ')}`);
  });

  it('says for what is unmet each candidate with its reason, expected and found, and what to paste', () => {
    const summary = plain(renderVerifySummary(sampleResult([sampleFail()])));
    assert.match(
      summary,
      /\n#### ❌ SLSA provenance from our release workflow: not met on linux\/amd64, linux\/arm64, linux\/arm\/v7\n/,
    );
    assert.match(
      summary,
      /\n- untrusted-identity https:\/\/slsa\.dev\/provenance\/v1 sha256:[0-9a-f]{12} \(API\), and 2 more like it<br>/,
    );
    assert.match(summary, /\n {2}👉 Signed by reusable workflow acme\/build-tools\/\S+, called from acme\/app\/\S+\n/);
    assert.ok(tableRows(summary).includes('❌ | ref | refs/tags/v* | refs/heads/main'));
    assert.match(summary, /\n {2}<pre>- trust: sigstore\n {4}github:\n {6}repository: "acme\/app"\n/);
    assert.match(summary, /\n- wrong-predicate application\/spdx\+json /);
    assert.match(
      summary,
      /There is no artifact of application\/spdx\+json\. \.github\/referrers\.yml, line 8<br>Asked for: application\/spdx\+json, signed or not\.\n/,
    );
  });

  it('has waivers in sight, and what was accepted, policy and roots with their age in folds', () => {
    const summary = plain(renderVerifySummary(sampleResult([sampleFail()])));
    const [open = '', ...folds] = summary.split('<details>');
    assert.match(open, /\n- 🔔 waived two reviewers on index: waived until 2027-01-31: /);
    assert.equal(folds.length, 2);
    assert.match(
      folds[0] ?? '',
      /the SBOM is itself signed \| linux\/amd64 linux\/arm64 linux\/arm\/v7 \| sha256:.* API \| github\.com\/acme\/app\/\S+@refs\/tags\/v1\.4\.0 token\.actions\.githubusercontent\.com \| public-good \| 2026-11-20 09:14 UTC \(log\) \|/,
    );
    assert.match(folds[1] ?? '', /4 rules of \.github\/referrers\.yml at main sha256:/);
    assert.match(folds[1] ?? '', /\| sigstore \| public-good, embedded \| 2026-10-30, 23 days old \| sha256:/);
  });

  it('is green for a pass, and has the cost of the run last', () => {
    const byPurpose = { main: 2, auth: 0, 'look-up': 0, 'read-back': 0, settle: 0, proof: 0 };
    const economy = { requests: 2, rounds: 2, retries: 0, bytesSent: 0, bytesReceived: 100, byPurpose };
    const summary = renderVerifySummary(sampleResult([samplePass()]), { economy });
    assert.match(summary, /^## ✅ The policy is met: .*\n\n> \[!TIP\]\n> 10 checks: <b>10<\/b> met\.\n/);
    assert.match(summary, /<sub>2 requests in 2 rounds, 0 B up, 100 B down, 0 retries<\/sub>\n$/);
  });

  it('says once what could not be looked at, and that it never passes', () => {
    const summary = plain(renderVerifySummary(sampleResult([sampleUnknown()])));
    assert.match(
      summary,
      /> \[!WARNING\]\n> 10 checks: 7 met, 3 undecided; what could not be looked at never passes\./,
    );
    assert.equal(summary.match(/- ⚠️ referrers API of linux\/arm64: server-error /g)?.length, 1);
  });

  it('says first of all that mode warn holds nothing back', () => {
    const summary = plain(renderVerifySummary(sampleResult([sampleFail()], { mode: 'warn' })));
    assert.match(
      summary,
      /^## ❌[^\n]*\n\n> \[!IMPORTANT\]\n> mode: warn\. The verdict is fail, and this step succeeds all the same/,
    );
  });

  it('shows of 200 images those that do not pass, and folds the others', () => {
    const summary = renderVerifySummary(sampleFleet());
    assert.ok(byteLength(summary) < 100_000, `${byteLength(summary)} bytes`);
    assert.match(plain(summary), /^## ❌ The policy is not met: 200 images\n/);
    assert.deepEqual(
      tableRows(summary)
        .filter((row) => /^[❌❓] \| ghcr/u.test(row))
        .map((row) => row.split(' | ').slice(0, 3).join(' ')),
      [
        '❌ ghcr.io/acme/service-006:2026.11 fail',
        '❓ ghcr.io/acme/service-010:2026.11 unknown',
        '❓ ghcr.io/acme/service-012:2026.11 unknown',
      ],
    );
    const [, passing = ''] = summary.split('<summary>✅ 197 images pass</summary>');
    assert.equal(passing.match(/\| <code>ghcr/g)?.length, 197);
    assert.equal(summary.match(/<details open>/g)?.length, 3);
    assert.equal(summary.match(/<\/details>\n\n---\n/g)?.length, 3, 'a line ends each');
  });

  it('says why nothing was judged', () => {
    const error = new CodedError('policy-not-on-base', 'not at main', { hint: 'Merge it first.' });
    const summary = plain(renderVerifySummary(sampleResult([], { used: undefined, error })));
    assert.match(
      summary,
      /^## ❓ It could not be decided whether the policy is met\n\n> \[!WARNING\]\n> policy-not-on-base not at main<br>💡 Merge it first\.\n/,
    );
    assert.match(
      plain(renderVerifySummary(sampleResult([sampleBroken()]))),
      /\n❓ manifest-unknown ghcr\.io\/acme\/gone:1\.0 is not in the registry<br>💡 Is the tag right\?\n/,
    );
  });

  it('keeps verdict and matrix where there is no room for the rest, and says what it left out', () => {
    const platforms = Array.from({ length: 40 }, (_, i) => `linux/arch${i}`);
    const rules = Array.from({ length: 20 }, (_, i) => sampleRule(`rule ${i}`));
    const image = sampleImage(
      'a/b',
      rules,
      ({ name }, column, digest) =>
        sampleCell(name, column, digest, {
          state: 'fail',
          reason: `no ${column}`,
          rejected: [untrusted(column, digest)],
        }),
      { platforms },
    );
    const summary = renderVerifySummary(sampleResult([image]), { maxBytes: 20_000 });
    assert.ok(byteLength(summary) <= 20_000);
    assert.equal(tableRows(summary).filter((row) => /^(?:index|linux\/arch\d+) \| ❌/.test(row)).length, 41);
    assert.match(summary, /… and \d+ more parts that there is no room for here: the report has everything\./);
  });

  const limits: readonly [title: string, result: VerifyResult][] = [
    [
      'many images that fail',
      sampleResult(Array.from({ length: 3000 }, (_, i) => sampleFail(`ghcr.io/acme/s-${i}:1`))),
    ],
    [
      'many images that pass',
      sampleResult(Array.from({ length: 9000 }, (_, i) => samplePass(`ghcr.io/acme/s-${i}:1`))),
    ],
    [
      'many warnings',
      sampleResult([sampleFail()], {
        warnings: Array.from({ length: 999 }, () => ({ code: 'source-unread', message: '<'.repeat(9999) })),
      }),
    ],
    ['hostile text', sampleHostile()],
  ];
  for (const [title, result] of limits) {
    it(`is within 900 KiB, the comment within 60 KiB: ${title}`, () => {
      assert.ok(byteLength(renderVerifySummary(result)) <= 900 * 1024);
      assert.ok(byteLength(renderVerifyComment(result, { key: 'k' })) <= 60 * 1024);
    });
  }

  it('lets no text of others be Markdown, HTML or a mention', () => {
    const summary = renderVerifySummary(sampleHostile());
    // within <pre> GitHub reads neither Markdown nor mentions
    const read = summary.replaceAll(/<pre>[^<]*<\/pre>/g, '');
    assert.doesNotMatch(read, /<img|<script|\]\(javascript|@me|\x60|\p{Co}|\u202e/u);
    const tags = summary.match(/<\/?[a-z]+[^>]*>/g) ?? [];
    const ours = /^<\/?(?:code|b|sub|i|wbr|br|details(?: open)?|summary|pre)>$/;
    assert.deepEqual(
      tags.filter((tag) => !ours.test(tag)),
      [],
    );
    for (const name of ['details', 'summary', 'pre', 'code']) {
      const count = (pattern: RegExp) => summary.match(pattern)?.length ?? 0;
      assert.equal(count(new RegExp(`<${name}\\b`, 'g')), count(new RegExp(`</${name}>`, 'g')), name);
    }
    assert.doesNotMatch(summary, /^\| a \| b \|/m);
  });
});

describe('renderVerifyComment', () => {
  it('begins with the hidden marker of its key, and is otherwise the summary', () => {
    const comment = renderVerifyComment(sampleResult([sampleFail()]), { key: 'ci/verify' });
    assert.ok(comment.startsWith(`${commentMarker('ci/verify')}\n## ❌ `));
    assert.match(plain(comment), /SLSA provenance from our release workflow \| · \| ❌/);
    assert.match(comment, /<sub>Checked 2026-11-22 05:00 UTC; a new run changes this comment\.<\/sub>\n$/);
  });

  it('links the run, if it is a URL of a run', () => {
    const runUrl = 'https://github.com/acme/app/actions/runs/42';
    assert.match(
      renderVerifyComment(sampleFleet(5), { key: 'k', runUrl }),
      /by <a href="https:\/\/github\.com\/acme\/app\/actions\/runs\/42">/,
    );
    assert.doesNotMatch(renderVerifyComment(sampleFleet(5), { key: 'k', runUrl: 'javascript:alert(1)' }), /<a /);
    assert.doesNotMatch(renderVerifyComment(sampleFleet(5), { key: 'k', runUrl: 'https://x/"><img>' }), /<a /);
  });

  it('has a marker that nothing in a key can end', () => {
    assert.match(commentMarker('--> <img> \n'), /^<!-- oci-referrers verify [0-9a-f]{32} -->$/);
    assert.notEqual(commentMarker('a'), commentMarker('b'));
  });
});
