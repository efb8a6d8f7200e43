import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { attach, makeWorkspace, type Workspace } from '../../support/attach-run.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

const TYPE = 'application/vnd.in-toto+json';

describe('attach of a statement about another digest', () => {
  let registry: EmbeddedRegistry;
  let workspace: Workspace;
  let own: string;
  const other = statementAbout(`sha256:${'0'.repeat(64)}`);

  before(async () => {
    registry = await startEmbeddedRegistry();
    workspace = await makeWorkspace();
    const image = await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    own = statementAbout(image.descriptor.digest);
  });
  after(async () => {
    await registry.close();
    await workspace.remove();
  });

  async function attachText(text: string, inputs: Readonly<Record<string, string>>) {
    await workspace.write('s.json', text);
    registry.clearLog();
    const { row, warned } = await attach(
      { image: `${registry.host}/acme/app:1`, ...inputs },
      { workspace: workspace.path },
    );
    const stored = registry.log.some(({ method }) => method === 'PUT');
    return { code: row.error?.code ?? row.status, warned, stored };
  }

  const declared = { files: `s.json:${TYPE}` };
  const typed = { files: 's.json', 'artifact-type': TYPE };
  const refused = { code: 'subject-mismatch', warned: [], stored: false };

  it('is refused however it is broken, and nothing is stored', async () => {
    const broken = [
      other,
      other.replace('{', '{"predicate":1,'),
      `[${other}]`,
      `${other}\n${other}`,
      `${own}\n${other}`,
    ];
    for (const text of broken) {
      for (const inputs of [declared, typed, { files: 's.json:application/vnd.x' }]) {
        assert.deepEqual(await attachText(text, inputs), refused, `${JSON.stringify(inputs)} ${text}`);
      }
    }
  });

  it('is refused where nothing but the type that was declared speaks of one', async () => {
    for (const inputs of [declared, typed]) assert.deepEqual(await attachText('who knows', inputs), refused);
  });

  it('is attached with allow-subject-mismatch, with a warning', async () => {
    const allowed = await attachText(`[${other}]`, { ...declared, 'allow-subject-mismatch': 'true' });
    assert.deepEqual(allowed, { code: 'attached', warned: ['subject-mismatch-allowed'], stored: true });
  });

  it('does not stand in the way of lines that are all about the image', async () => {
    assert.equal((await attachText(`${own}\n${own}\n`, declared)).code, 'attached');
  });
});

function statementAbout(digest: string): string {
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {},
    subject: [{ name: 'x', digest: { sha256: digest.slice('sha256:'.length) } }],
  });
}
