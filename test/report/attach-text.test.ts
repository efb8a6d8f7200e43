import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { CodedError } from '../../src/errors/coded-error.ts';
import { renderAttachText } from '../../src/report/attach-text.ts';
import { ansiStyle } from '../../src/report/text-style.ts';
import { sampleAttachResult, sampleAttachRow } from '../support/sample-attach.ts';

const error = new CodedError('denied', 'PUT refused', { hint: 'Give packages: write.' });
const RESULT = sampleAttachResult([
  sampleAttachRow({ platform: undefined, titles: ['a.json'], size: 9 }),
  sampleAttachRow({ platform: 'linux/arm64', status: 'failed', via: undefined, digest: undefined, error }),
]);

describe('renderAttachText', () => {
  it('has a line for each artifact, the errors, and how it went', () => {
    const shape = renderAttachText(RESULT).replace(/sha256:[0-9a-f]{12}/g, 'sha256:0123456789ab');
    assert.deepEqual(shape.split('\n'), [
      'ghcr.io/acme/app',
      '✓ attached  image        application/spdx+json  sha256:0123456789ab    9 B  referrers API  a.json',
      '✗ failed    linux/arm64  application/spdx+json                       12 kB                 sbom.spdx.json',
      '',
      'error[denied]: PUT refused (ghcr.io/acme/app linux/arm64)',
      '  hint: Give packages: write.',
      '',
      '✗ 2 artifacts: 1 attached, 1 failed',
      '',
    ]);
  });

  it('has the same text with colours as without', () => {
    assert.equal(stripVTControlCharacters(renderAttachText(RESULT, ansiStyle)), renderAttachText(RESULT));
    assert.notEqual(renderAttachText(RESULT, ansiStyle), renderAttachText(RESULT));
  });

  it('names what is replaced, and in a dry run what would be', () => {
    const replaces = [`sha256:${'a'.repeat(64)}`] as const;
    const done = renderAttachText(sampleAttachResult([sampleAttachRow({ status: 'replaced', replaces })]));
    assert.match(done, /replaces sha256:aaaaaaaaaaaa$/m);
    const planned = renderAttachText(
      sampleAttachResult([sampleAttachRow({ status: 'planned', replaces })], { dryRun: true }),
    );
    assert.match(planned, /would replace sha256:aaaaaaaaaaaa$/m);
    assert.match(planned, /1 planned \(dry run: nothing was written\)/);
  });

  it('gives no size to what failed before its files were read', () => {
    const nothing = { digest: undefined, artifactType: undefined, via: undefined, titles: [], size: 0 };
    const text = renderAttachText(sampleAttachResult([sampleAttachRow({ ...nothing, status: 'failed', error })]));
    assert.match(text, /^✗ failed {2}linux\/amd64$/m);
    assert.match(renderAttachText(sampleAttachResult([sampleAttachRow({ size: 0 })])), / 0 B /);
  });

  it('keeps hostile text on its line', () => {
    const hostile = 'x\n✓ fake\x1b[2J\u202e';
    const row = sampleAttachRow({ repository: hostile, platform: hostile, artifactType: hostile, titles: [hostile] });
    const text = renderAttachText(sampleAttachResult([row]));
    assert.equal(text.split('\n').length, 5);
    assert.ok(!text.includes('\x1b') && !text.includes('\u202e'));
  });
});
