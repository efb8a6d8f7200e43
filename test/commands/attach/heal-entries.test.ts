import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildAttachOutputs } from '../../../src/action/attach-outputs.ts';
import { healEntriesOf } from '../../../src/commands/attach/heal-entries.ts';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { errorResponse } from '../../../src/embedded/exchange.ts';
import { CodedError, hasCode } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { sampleAttachResult, sampleAttachRow } from '../../support/sample-attach.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

describe('healEntriesOf', () => {
  const [a, b] = [digestOf('a'), digestOf('b')];
  const unconfirmed = new CodedError('fallback-update-unconfirmed', 'x');

  it('has what stands in a fallback list, and what could not be confirmed there, once a subject', () => {
    const rows = [
      sampleAttachRow({ via: 'tag-schema', digest: a }),
      sampleAttachRow({ status: 'failed', via: undefined, digest: b, error: unconfirmed }),
    ];
    const [entry, ...more] = healEntriesOf(sampleAttachResult(rows));
    assert.deepEqual([entry?.digests, more], [[a, b], []]);
  });

  const passedOver = [
    sampleAttachRow({ via: 'api' }),
    sampleAttachRow({ via: 'tag-schema', status: 'planned' }),
    sampleAttachRow({ via: 'tag-schema', repository: 'oci-layout:here' }),
    sampleAttachRow({ status: 'failed', via: undefined, digest: undefined, error: unconfirmed }),
    sampleAttachRow({ status: 'failed', via: undefined, error: new CodedError('delete-refused', 'x') }),
  ];
  for (const row of passedOver) {
    it(`has nothing of a row that is ${row.status} ${row.via ?? row.error?.code} in ${row.repository}`, () => {
      assert.deepEqual(healEntriesOf(sampleAttachResult([row])), []);
    });
  }
});

describe('a run that cannot confirm the list that it wrote', () => {
  it('leaves its artifact to the post step, and does not count it as attached', async (t) => {
    const registry = await startEmbeddedRegistry({ quirks: { referrersApi: false } });
    t.after(() => registry.close());
    const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    await using workspace = await makeWorkspace();
    let written = false;
    registry.quirks.intercept = (request) => {
      if (!request.path.includes('/manifests/sha256-')) return undefined;
      if (request.method === 'PUT') written = true;
      return written && request.method === 'GET' ? errorResponse(503, 'UNKNOWN', 'no') : undefined;
    };
    const inputs = { image: `${registry.host}/acme/app:1`, files: `report.json:${REPORT_TYPE}`, retries: '0' };
    const result = await attach(inputs, { workspace: workspace.path });
    assert.ok(hasCode(result.row.error, 'fallback-update-unconfirmed'), String(result.row.error));
    assert.deepEqual(healEntriesOf(result), [
      { repository: `${registry.host}/acme/app`, subject: descriptor.digest, digests: [result.row.digest] },
    ]);
    const outputs = buildAttachOutputs(result);
    assert.deepEqual([outputs['count'], outputs['digest'], outputs['reference']], ['0', '', '']);
    assert.ok((await registry.manifestsOf('acme/app')).includes(result.row.digest ?? 'sha256:'));
  });
});
