import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { BY_TAG } from '../support/attaching.ts';
import { pushFallbackList } from '../support/listing.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

const USER = { 'registry-username': 'me', 'registry-password': 'secret-password' };

/** Each token costs a round before the request that needs it. */
describe('an Action that writes asks for one token, for reading and writing', () => {
  let registry: EmbeddedRegistry;
  let image: string;
  let lost: string;
  before(async () => {
    registry = await startEmbeddedRegistry({
      auth: { kind: 'bearer', users: { me: { password: 'secret-password' } } },
      quirks: BY_TAG,
    });
    const basic = Buffer.from('me:secret-password').toString('base64');
    const query = 'service=embedded-registry&scope=repository:acme/app:pull,push';
    const answer = await fetch(`${registry.url}/token?${query}`, { headers: { authorization: `Basic ${basic}` } });
    const { token } = (await answer.json()) as { readonly token: string };
    const target = { host: registry.host, repository: 'acme/app', authorization: `Bearer ${token}` };
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    lost = (await pushSampleReferrer(target, descriptor)).descriptor.digest;
    await pushFallbackList(target, descriptor, []);
    image = `${registry.host}/acme/app:1`;
  });
  after(() => registry.close());

  async function tokensOf(inputs: Record<string, string>): Promise<{ step: StepRun; scopes: (string | null)[] }> {
    registry.clearLog();
    let scopes: (string | null)[] = [];
    const beforePost = async (): Promise<void> => {
      const asked = registry.log.filter(({ path }) => path.startsWith('/token'));
      scopes = asked.map(({ query }) => new URLSearchParams(query).get('scope'));
    };
    // from the sources, so that the test needs no build
    const given = { image, retries: '0', ...USER, ...inputs };
    const step = await runStep('.', { main: 'src/action/main.ts', with: given, beforePost });
    return { step, scopes };
  }

  for (const [command, inputs] of Object.entries({
    attach: () => ({ annotations: 'org.example=1', 'artifact-type': 'application/vnd.example' }),
    repair: () => ({ digests: lost }),
  })) {
    test(command, async () => {
      const { step, scopes } = await tokensOf({ command, ...inputs() });
      assert.equal(step.exitCode, 0, step.stdout);
      assert.equal(scopes.length, 1, scopes.join(', '));
    });
  }

  test('a dry run asks for one to read', async () => {
    const { step, scopes } = await tokensOf({ command: 'repair', digests: lost, 'dry-run': 'true' });
    assert.equal(step.exitCode, 0, step.stdout);
    assert.equal(scopes.length, 1);
    assert.doesNotMatch(scopes[0] ?? '', /push/);
  });
});
