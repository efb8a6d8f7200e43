import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { attachCommand } from '../../../../src/commands/attach/options.ts';
import { prepareParty, type SigningParty } from '../../../../src/commands/attach/sign/signing-party.ts';
import type { CommandContext } from '../../../../src/commands/context.ts';
import { parseOptions } from '../../../../src/commands/parse-options.ts';
import { createHttpClient } from '../../../../src/net/http-client.ts';
import { githubIdentity } from '../../../support/sigstore/identity.ts';
import { startOidcService } from '../../../support/sigstore/oidc-service.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

type Visibility = 'public' | 'private' | 'internal';

interface Setting {
  /** Of the event's payload; undefined: it says nothing. */
  readonly event?: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the token. */
  readonly visibility?: Visibility;
}

const PUBLIC = 'https://fulcio.sigstore.dev';
const GITHUB = 'https://fulcio.githubapp.com';

describe('where sign: keyless signs', () => {
  const cases: readonly (readonly [string, Setting, string])[] = [
    ['a public repository', { event: { repository: { visibility: 'public' } } }, PUBLIC],
    ['a private repository', { event: { repository: { visibility: 'private' } } }, GITHUB],
    ['an internal repository', { event: { repository: { visibility: 'internal', private: true } } }, GITHUB],
    ['an event without visibility, not private', { event: { repository: { private: false } } }, PUBLIC],
    ['an event without visibility, private', { event: { repository: { private: true } } }, GITHUB],
    ['an event that says nothing, a public token', { event: {}, visibility: 'public' }, PUBLIC],
    ['an event that says nothing, a private token', { event: {}, visibility: 'private' }, GITHUB],
    ['an event that is no JSON, a private token', { event: '{', visibility: 'private' }, GITHUB],
    ['a private event with a public token', { event: { repository: { private: true } }, visibility: 'public' }, GITHUB],
    [
      'a private repository whose user asks for the public instance',
      { event: { repository: { visibility: 'private' } }, inputs: { 'sigstore-instance': 'public-good' } },
      PUBLIC,
    ],
    [
      'a public repository whose user asks for GitHub',
      { event: { repository: { visibility: 'public' } }, inputs: { 'sigstore-instance': 'github' } },
      GITHUB,
    ],
    [
      'a tenant of GitHub Enterprise Cloud',
      { event: { repository: { visibility: 'private' } }, env: { GITHUB_SERVER_URL: 'https://acme.ghe.com' } },
      'https://fulcio.acme.ghe.com',
    ],
  ];
  for (const [name, setting, expected] of cases) {
    it(`${name}: ${expected}`, async (t) => {
      const party = await partyOf(t, setting);
      assert.equal(party.services?.fulcioUrl, expected);
      const isPublic = expected === PUBLIC;
      assert.equal(party.services?.rekor?.url, isPublic ? 'https://rekor.sigstore.dev' : undefined);
      assert.equal(party.services?.tsaUrl, isPublic ? undefined : expected.replace('fulcio', 'timestamp'));
    });
  }

  it('its own signatures are verified under the embedded root, or the one that GitHub publishes, fetched once', async (t) => {
    let fetched = 0;
    const roots = [] as const;
    const fetchRoots = async (): Promise<typeof roots> => {
      fetched++;
      return roots;
    };
    const open = await partyOf(t, { event: { repository: { visibility: 'public' } } }, {}, fetchRoots);
    const trust = await open.trust();
    assert.ok(trust?.kind === 'sigstore' && trust.roots.length > 0);
    assert.equal(trust.roots[0]?.info.source, 'embedded');
    assert.equal(fetched, 0);
    const closed = await partyOf(t, { event: { repository: { visibility: 'private' } } }, {}, fetchRoots);
    assert.equal(fetched, 0, 'not before it is needed');
    await closed.trust();
    assert.deepEqual(await closed.trust(), { kind: 'sigstore', name: 'github', roots });
    assert.equal(fetched, 1);
    const env = { GITHUB_SERVER_URL: 'https://acme.ghe.com' };
    const tenant = await partyOf(t, { event: { repository: { visibility: 'private' } }, env }, {}, fetchRoots);
    assert.equal(await tenant.trust(), undefined);
  });

  it('the token is masked, and what it stands for is told', async (t) => {
    const secrets: string[] = [];
    const steps: string[] = [];
    const hooks = { onSecret: (text: string) => secrets.push(text), onStep: (text: string) => steps.push(text) };
    const party = await partyOf(t, { event: { repository: { visibility: 'public' } } }, hooks);
    assert.deepEqual(secrets, ['token' in party.signer ? party.signer.token : '']);
    assert.deepEqual(steps, [
      'signing as https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0 at https://fulcio.sigstore.dev (public-good: published in https://rekor.sigstore.dev)',
    ]);
  });
});

async function partyOf(
  t: { after(end: () => unknown): void },
  { event, inputs = {}, env = {}, visibility = 'public' }: Setting,
  hooks: Partial<CommandContext> = {},
  fetchRoots?: Parameters<typeof prepareParty>[2],
): Promise<SigningParty> {
  const oidc = await startOidcService(githubIdentity({ visibility }));
  const folder = await makeTempDir();
  const http = createHttpClient({ retries: 0 });
  t.after(() => Promise.all([oidc.close(), folder.remove(), http.close()]));
  const path = `${folder.path}/event.json`;
  await writeFile(path, typeof event === 'string' ? event : JSON.stringify(event ?? {}));
  const raw = new Map(Object.entries({ image: 'a.example/b', sign: 'keyless', ...inputs }).map(([k, v]) => [k, [v]]));
  const options = parseOptions(attachCommand, raw, (name) => name);
  const context: CommandContext = {
    openStore: () => Promise.reject(new TypeError('no store is needed')),
    http,
    workspace: folder.path,
    env: { ...oidc.env, GITHUB_EVENT_PATH: path, ...env },
    now: () => new Date(),
    signal: new AbortController().signal,
    openGithub: () => Promise.reject(new TypeError('no GitHub is needed')),
    ...hooks,
  } as CommandContext;
  return (await prepareParty(options, context, fetchRoots))();
}
