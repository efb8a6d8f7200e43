import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ListResult } from '../../src/commands/list/result.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { renderAttachSummary } from '../../src/report/attach-summary.ts';
import { renderAttachText } from '../../src/report/attach-text.ts';
import { renderListSummary } from '../../src/report/list-summary.ts';
import { renderListText } from '../../src/report/list-text.ts';
import { buildVerifyAnnotations } from '../../src/report/verify-annotations.ts';
import { renderVerifySummary } from '../../src/report/verify-summary.ts';
import { renderVerifyText } from '../../src/report/verify-text.ts';
import { sampleAttachResult, sampleAttachRow } from '../support/sample-attach.ts';
import { SAMPLE_INDEX, sampleTree } from '../support/sample-tree.ts';
import { sampleFail, samplePass, sampleResult, sampleUnknown } from '../support/sample-verdict.ts';

const LAYOUT = 'oci-layout:build/image';

function listOf(repository: string): ListResult {
  const unread = [{ source: 'api' as const, subject: SAMPLE_INDEX, code: 'layout-invalid', reason: 'cut off' }];
  const tree = { ...sampleTree([{ type: 'a/b' }], {}), repository, unread, capability: 'api' as const };
  const images = [{ requested: `${repository}:1`, tree }];
  return { images, count: 1, minCount: 0, complete: false, downloads: [], warnings: [], error: undefined };
}

function inRepository(verdict: ImageVerdict, repository: string): ImageVerdict {
  // what a notice says is text of the judgement
  return { ...verdict, notices: [], image: { ...verdict.image, repository } };
}

function rendered(repository: string): Readonly<Record<string, string>> {
  const list = listOf(repository);
  const attach = sampleAttachResult([sampleAttachRow({ repository })]);
  const images = [samplePass('a:1'), sampleFail('a:2'), sampleUnknown('a:3')].map((one) =>
    inRepository(one, repository),
  );
  const verdict = sampleResult(images);
  return {
    'list, on a terminal': renderListText(list),
    'list, as a summary': renderListSummary(list),
    'attach, on a terminal': renderAttachText(attach),
    'attach, as a summary': renderAttachSummary(attach),
    'verify, on a terminal': renderVerifyText(verdict),
    'verify, as a summary': renderVerifySummary(verdict),
    'verify, as annotations': buildVerifyAnnotations(verdict)
      .map(({ message }) => message)
      .join('\n'),
  };
}

describe('where a row was seen', () => {
  for (const [what, text] of Object.entries(rendered(LAYOUT))) {
    it(`is the layout, and no API, of a layout on disk: ${what}`, () => {
      assert.match(text, /OCI layout/);
      assert.doesNotMatch(text, /\bAPI\b|could not look at api/);
    });
  }

  for (const [what, text] of Object.entries(rendered('ghcr.io/acme/app'))) {
    it(`is the API of a registry: ${what}`, () => {
      assert.match(text, /\bAPI\b/);
      assert.doesNotMatch(text, /OCI layout/);
    });
  }
});
