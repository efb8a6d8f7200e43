import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { runStep } from '../support/runner-harness.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const PASSWORD = 'pa%ss:w,ord-4711';
const SPDX = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'a' });

describe('secrets', () => {
  for (const kind of ['basic', 'bearer'] as const) {
    test(`a password reaches the registry (${kind}) and no log, output, summary or state`, async () => {
      const registry = await startEmbeddedRegistry({
        auth: { kind, users: { me: { password: PASSWORD } } },
        quirks: { referrersApi: false },
      });
      await using workspace = await makeTempDir();
      try {
        const basic = Buffer.from(`me:${PASSWORD}`).toString('base64');
        // the sample image is pushed with a token of its own where the registry wants one
        const authorization = kind === 'basic' ? `Basic ${basic}` : `Bearer ${await tokenOf(registry.url, basic)}`;
        const target = { host: registry.host, repository: 'acme/app', authorization };
        await pushSampleImage(target, { tag: '1' });
        await writeFile(join(workspace.path, 'a.spdx.json'), SPDX);
        const step = await runStep('attach', {
          with: {
            image: `${registry.host}/acme/app:1`,
            files: 'a.spdx.json',
            'registry-username': 'me',
            'registry-password': PASSWORD,
          },
          token: 'ghs_default_token',
          workspace: workspace.path,
          debug: true,
        });
        assert.equal(step.exitCode, 0, step.stdout);
        assert.equal(step.post?.exitCode, 0, step.post?.stdout);
        assert.ok(step.messages('add-mask').includes(PASSWORD));
        assert.ok(step.messages('add-mask').includes('ghs_default_token'));
        const withoutMasks = (text: string): string =>
          text
            .split('\n')
            .filter((line) => !line.startsWith('::add-mask::'))
            .join('\n');
        const places = {
          stdout: withoutMasks(step.stdout),
          post: withoutMasks(step.post?.stdout ?? ''),
          outputs: JSON.stringify(step.outputs),
          state: JSON.stringify(step.state),
          summary: step.summary,
        };
        assert.ok(Object.keys(step.state).length > 0, 'the state is looked at, too');
        for (const [place, text] of Object.entries(places)) {
          for (const secret of [PASSWORD, basic, 'ghs_default_token', 'Bearer ']) {
            assert.ok(!text.includes(secret), `${place} holds ${secret}:\n${text}`);
          }
        }
      } finally {
        await registry.close();
      }
    });
  }
});

async function tokenOf(url: string, basic: string): Promise<string> {
  const query = 'service=embedded-registry&scope=repository:acme/app:pull,push';
  const response = await fetch(`${url}/token?${query}`, { headers: { authorization: `Basic ${basic}` } });
  return ((await response.json()) as { token: string }).token;
}

describe('text of a registry', () => {
  const HOSTILE =
    '\n::error::injected\n::set-output name=count::9\n::add-mask::a\n\x1b[31m<img src=x onerror=1>|`[x](http://evil.invalid)\u202e';

  test('makes no workflow command, no second row of an output, and no markup in the summary', async () => {
    const registry = await startEmbeddedRegistry();
    try {
      const target = { host: registry.host, repository: 'acme/app' };
      const { descriptor } = await pushSampleImage(target, { tag: '1' });
      await pushSampleReferrer(target, descriptor, {
        artifactType: `application/vnd.x${HOSTILE}`,
        annotations: { 'org.opencontainers.image.created': HOSTILE, [`key${HOSTILE}`]: HOSTILE },
      });
      const step = await runStep('list', { with: { image: `${registry.host}/acme/app:1` } });
      assert.equal(step.exitCode, 0, step.stdout);
      assert.equal(step.outputs['count'], '1');
      assert.deepEqual(new Set(step.commands.map(({ name }) => name)), new Set(['group', 'endgroup']));
      assert.equal(step.outputs['artifact-types']?.split('\n').length, 1);
      for (const text of [step.stdout, step.summary, step.outputs['artifact-types'] ?? '']) {
        assert.ok(!text.includes('\x1b') && !text.includes('\u202e'));
      }
      assert.ok(!step.summary.includes('<img') && !step.summary.includes('](http'));
      // the JSON keeps what the registry said, as JSON does
      assert.match(step.outputs['referrers'] ?? '', /\\n::error::injected/);
    } finally {
      await registry.close();
    }
  });

  test('an error of the registry is one annotation, whatever it says', async () => {
    const registry = await startEmbeddedRegistry();
    registry.quirks.intercept = () => ({
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ errors: [{ code: 'DENIED', message: HOSTILE, detail: HOSTILE }] })),
    });
    try {
      const step = await runStep('list', { with: { image: `${registry.host}/acme/app:1` } });
      assert.notEqual(step.exitCode, 0);
      const names = step.commands.map(({ name }) => name).filter((name) => name !== 'group' && name !== 'endgroup');
      assert.ok(names.length > 0 && names.every((name) => name === 'error'), names.join());
      assert.ok(!step.stdout.includes('\x1b'));
    } finally {
      await registry.close();
    }
  });
});
