import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { attach, makeWorkspace, REPORT_TYPE, type Workspace } from '../../support/attach-run.ts';
import { pushSampleImage, pushSampleIndex } from '../../support/sample-image.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };

describe('attach to several images', () => {
  let registry: EmbeddedRegistry;
  let workspace: Workspace;

  before(async () => {
    registry = await startEmbeddedRegistry();
    workspace = await makeWorkspace();
    await pushSampleIndex({ host: registry.host, repository: 'one/platform' }, { tag: '1', platforms: [AMD64] });
    await pushSampleIndex({ host: registry.host, repository: 'more/platforms' }, { tag: '1' });
    await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    await workspace.write('s-amd64.json', '{"a":1}');
  });
  beforeEach(() => registry.clearLog());
  after(async () => {
    await registry.close();
    await workspace.remove();
  });

  const run = (repositories: readonly string[], inputs: Readonly<Record<string, string>>) => {
    const image = repositories.map((repository) => `${registry.host}/${repository}:1`).join('\n');
    return attach({ image, ...inputs }, { workspace: workspace.path });
  };
  const stored = () => registry.log.filter(({ method }) => method === 'PUT' || method === 'PATCH').length;

  for (const ifExists of ['skip', 'add']) {
    it(`writes nothing to the first when the second lacks a file (if-exists: ${ifExists})`, async () => {
      const inputs = { files: `s-{arch}.json:${REPORT_TYPE}`, 'if-exists': ifExists };
      for (const order of [
        ['one/platform', 'more/platforms'],
        ['more/platforms', 'one/platform'],
      ]) {
        const { rows } = await run(order, inputs);
        assert.deepEqual(
          rows.map(({ status, error }) => [status, error?.code, error?.exitCode]),
          order.map(() => ['failed', 'file-missing', 2]),
        );
        const spared = rows.find(({ repository }) => repository.endsWith('one/platform'));
        assert.match(spared?.error?.message ?? '', /^nothing was attached, because of another image of this run: /);
        assert.equal(stored(), 0);
      }
    });
  }

  it('writes nothing to the one when a statement is not about the other', async () => {
    const { descriptor } = await pushSampleImage(
      { host: registry.host, repository: 'acme/own' },
      { tag: '1', name: 'own' },
    );
    const subject = [{ digest: { sha256: descriptor.digest.slice('sha256:'.length) } }];
    const statement = { _type: 'https://in-toto.io/Statement/v1', predicateType: 'https://x', predicate: {}, subject };
    await workspace.write('s.json', JSON.stringify(statement));
    registry.clearLog();
    const { rows } = await run(['acme/own', 'acme/app'], { files: 's.json' });
    assert.deepEqual(
      rows.map(({ error }) => error?.code),
      ['subject-mismatch', 'subject-mismatch'],
    );
    assert.equal(stored(), 0);
  });

  it('goes on with the first when the second is not in its registry', async () => {
    const { rows } = await run(['acme/app', 'acme/none'], { files: `report.json:${REPORT_TYPE}` });
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error?.exitCode]),
      [
        ['attached', undefined],
        ['failed', 1],
      ],
    );
  });
});
