import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

describe('if-exists: skip and org.opencontainers.image.created', () => {
  it('passes over what SOURCE_DATE_EPOCH says, and compares what the user gave', async (t) => {
    const registry = await startEmbeddedRegistry();
    t.after(() => registry.close());
    await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    await using workspace = await makeWorkspace();
    const inputs = { image: `${registry.host}/acme/app:1`, files: `report.json:${REPORT_TYPE}` };
    const run = async (annotations: string, epoch: string): Promise<string> => {
      const given = annotations === '' ? inputs : { ...inputs, annotations };
      const options = { workspace: workspace.path, env: { SOURCE_DATE_EPOCH: epoch } };
      return (await attach(given, options)).row.status;
    };
    const created = (day: number): string => `org.opencontainers.image.created=2026-01-0${day}T00:00:00Z`;
    assert.equal(await run('', '1700000000'), 'attached');
    assert.equal(await run('', '1700000001'), 'unchanged');
    assert.equal(await run(created(1), '1700000001'), 'attached');
    assert.equal(await run(created(2), '1700000001'), 'attached');
    assert.equal(await run(created(2), '1700000002'), 'unchanged');
  });
});
