import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { attach } from '../../src/library/attach.ts';
import { type OpenRegistry, openRegistry } from '../../src/library/open-registry.ts';
import { REPORT_TYPE } from '../support/attach-run.ts';
import { pushSampleImage } from '../support/sample-image.ts';

describe('attach of the library: titles', () => {
  let server: EmbeddedRegistry;
  let registry: OpenRegistry;

  before(async () => {
    server = await startEmbeddedRegistry();
    registry = await openRegistry();
    await pushSampleImage({ host: server.host, repository: 'acme/app' }, { tag: '1' });
  });
  beforeEach(() => server.clearLog());
  after(async () => {
    await registry.close();
    await server.close();
  });

  async function attachTitles(...titles: string[]) {
    const store = await registry.repository(`${server.host}/acme/app`);
    const files = titles.map((title) => ({ title, content: Buffer.from(`content of ${title}`) }));
    return attach({ store, target: { tag: '1' }, artifactType: REPORT_TYPE, files });
  }

  for (const title of ['../../evil', '/etc/passwd', 'C:\\x', 'a//b', '', 'nul.txt', 'a\u202eb']) {
    it(`refuses ${JSON.stringify(title)}, before any request`, async () => {
      await assert.rejects(attachTitles('good.json', title), {
        code: 'input-invalid',
        message: /cannot be a title: it|segment|device/,
      });
      assert.deepEqual(server.log, []);
    });
  }

  it('refuses two that are one where case does not count', async () => {
    await assert.rejects(attachTitles('Report.json', 'report.JSON'), { code: 'input-conflict' });
    assert.deepEqual(server.log, []);
  });

  it('takes a path of folders', async () => {
    assert.equal((await attachTitles('dist/sbom.json', 'sbom.json')).status, 'attached');
  });
});
