import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CertificateSigner, Signer } from '../../src/evidence/signer.ts';
import { matchSigner } from '../../src/policy/match-signer.ts';
import type { GithubIdentity, SignerRule } from '../../src/policy/policy.ts';
import { compilePattern } from '../../src/policy/text-matcher.ts';
import type { TextPattern } from '../../src/policy/text-pattern.ts';
import {
  AT,
  CALLER,
  COMMIT,
  GITHUB,
  githubSigner,
  keySigner,
  notationSigner,
  personSigner,
  SIGNER_COMMIT,
} from './make-evidence.ts';

function exact(text: string): TextPattern {
  return { kind: 'exact', text };
}
function glob(text: string): TextPattern {
  return { kind: 'glob', text };
}
async function regexp(text: string): Promise<TextPattern> {
  const pattern = await compilePattern(text, 'regexp');
  assert.ok(!('problem' in pattern));
  return pattern;
}
function github(identity: GithubIdentity, changes: Partial<SignerRule> = {}): SignerRule {
  return { trust: 'sigstore', github: identity, at: AT, ...changes };
}
function matches(rule: SignerRule, signer: Signer): boolean {
  const { matches: all, rows } = matchSigner(rule, signer);
  assert.ok(rows.length > 0);
  assert.equal(
    all,
    rows.every((row) => row.matches),
  );
  return all;
}

/** Of a reusable workflow of acme/ci, called by acme/app's release workflow. */
const REUSABLE = 'https://github.com/acme/ci/.github/workflows/sign.yml@refs/heads/main';
const reusable = githubSigner({ '9': REUSABLE }, { identity: REUSABLE });

describe('a GitHub identity', () => {
  const owner: GithubIdentity = { ownerId: '42' };
  const fields: readonly {
    readonly name: string;
    readonly right: GithubIdentity;
    readonly wrong: GithubIdentity;
    readonly arc: string;
    readonly other: string;
  }[] = [
    {
      name: 'repository',
      right: { repository: exact('acme/app') },
      wrong: { repository: exact('acme/apps') },
      arc: '12',
      other: 'https://github.com/acme/lib',
    },
    {
      name: 'repository-id',
      right: { repositoryId: '4711' },
      wrong: { repositoryId: '471' },
      arc: '15',
      other: '47110',
    },
    { name: 'owner-id', right: { ownerId: '42' }, wrong: { ownerId: '4' }, arc: '17', other: '421' },
    {
      name: 'ref',
      right: { ...owner, ref: exact('refs/tags/v1.4') },
      wrong: { ...owner, ref: exact('refs/tags/v1') },
      arc: '14',
      other: 'refs/heads/v1.4',
    },
    {
      name: 'commit',
      right: { ...owner, commit: COMMIT },
      wrong: { ...owner, commit: COMMIT.slice(0, 39) },
      arc: '13',
      other: 'c1'.repeat(20),
    },
    {
      name: 'signer-commit',
      right: { ...owner, signerCommit: SIGNER_COMMIT },
      wrong: { ...owner, signerCommit: COMMIT },
      arc: '10',
      other: `${SIGNER_COMMIT}0`,
    },
    {
      name: 'workflow',
      right: { ...owner, workflow: exact('.github/workflows/release.yml') },
      wrong: { ...owner, workflow: exact('release.yml') },
      arc: '18',
      other: CALLER.replace('release', 'test'),
    },
    {
      name: 'signer-workflow',
      right: { signerWorkflow: exact('acme/app/.github/workflows/release.yml') },
      wrong: { signerWorkflow: exact('acme/app/.github/workflows/release.yaml') },
      arc: '9',
      other: REUSABLE,
    },
    {
      name: 'signer-repository',
      right: { signerRepository: exact('acme/app') },
      wrong: { signerRepository: exact('acme/ci') },
      arc: '9',
      other: REUSABLE,
    },
    {
      name: 'runner',
      right: { ...owner, runner: 'github-hosted' },
      wrong: { ...owner, runner: 'self-hosted' },
      arc: '11',
      other: 'self-hosted',
    },
    {
      name: 'trigger',
      right: { ...owner, trigger: exact('push') },
      wrong: { ...owner, trigger: exact('pull_request') },
      arc: '20',
      other: 'pull_request_target',
    },
  ];
  for (const { name, right, wrong, arc, other } of fields) {
    it(`${name}: matches what is certified, and nothing else`, () => {
      assert.equal(matches(github(right), githubSigner()), true);
      assert.equal(matches(github(wrong), githubSigner()), false);
      assert.equal(matches(github(right), githubSigner({ [arc]: other })), false);
      assert.equal(matches(github(right), githubSigner({ [arc]: '' })), false);
    });
    if (arc !== '9') {
      it(`${name}: a certificate without OID .${arc} does not match, not even any text`, () => {
        assert.equal(matches(github(right), githubSigner({ [arc]: undefined })), false);
        const any = { ...owner, ...Object.fromEntries(Object.keys(right).map((key) => [key, glob('**')])) };
        assert.equal(matches(github(any), githubSigner({ [arc]: undefined })), false);
      });
    }
  }

  it('of a reusable workflow: repository and workflow are the caller’s, signer-workflow is the signing one', () => {
    assert.equal(matches(github({ repository: exact('acme/app') }), reusable), true);
    assert.equal(
      matches(github({ repository: exact('acme/app'), workflow: exact('.github/workflows/release.yml') }), reusable),
      true,
    );
    assert.equal(matches(github({ repository: exact('acme/ci') }), reusable), false);
    assert.equal(matches(github({ signerWorkflow: exact('acme/ci/.github/workflows/sign.yml') }), reusable), true);
    assert.equal(matches(github({ signerWorkflow: exact('acme/app/.github/workflows/release.yml') }), reusable), false);
    assert.equal(matches(github({ signerRepository: exact('acme/ci') }), reusable), true);
  });

  it('does not take the path of a workflow of another repository for one of its own', () => {
    const required = githubSigner({
      '18': 'https://github.com/other/rules/.github/workflows/release.yml@refs/heads/main',
    });
    const rule = github({ repository: exact('acme/app'), workflow: exact('.github/workflows/release.yml') });
    assert.equal(matches(rule, required), false);
    assert.match(JSON.stringify(matchSigner(rule, required).rows), /other\/rules/);
  });

  it('does not match where OID .9 contradicts the SAN', () => {
    const rule = github({ signerWorkflow: exact('acme/app/.github/workflows/release.yml') });
    assert.equal(matches(rule, githubSigner({ '9': REUSABLE })), false);
    assert.equal(matches(rule, githubSigner({ '9': undefined })), true);
  });

  it('does not match without a SAN', () => {
    const rule = github({ signerWorkflow: glob('**') });
    assert.equal(matches(rule, githubSigner({}, { identity: undefined })), false);
    assert.equal(
      matches(
        { trust: 'sigstore', identity: glob('**'), issuer: exact(GITHUB), at: AT },
        githubSigner({}, { identity: undefined }),
      ),
      false,
    );
  });

  const refs: readonly (readonly [string, boolean])[] = [
    ['release.yml@refs/heads/a@b', true],
    ['release.yml@refs/tags/@acme/app@1.0.0', true],
    [`release.yml@${'a'.repeat(40)}`, true],
    ['release.yml@evil.yml@refs/heads/main', false],
    [`release.yml@evil.yml@${'a'.repeat(40)}`, false],
    ['release.yml@main', false],
    ['release.yml', false],
    ['release.yml@', false],
    ['sub/release.yml@refs/heads/main', false],
  ];
  for (const [file, isRelease] of refs) {
    it(`${isRelease ? 'reads' : 'does not take'} ${file} ${isRelease ? 'as' : 'for'} release.yml`, () => {
      const uri = `https://github.com/acme/app/.github/workflows/${file}`;
      const signer = githubSigner({ '9': uri, '18': uri }, { identity: uri });
      assert.equal(
        matches(github({ signerWorkflow: exact('acme/app/.github/workflows/release.yml') }), signer),
        isRelease,
      );
      assert.equal(
        matches(github({ ownerId: '42', workflow: exact('.github/workflows/release.yml') }), signer),
        isRelease,
      );
    });
  }

  const traps: readonly string[] = [
    'https://github.com/acme-evil/app',
    'https://github.com/acme/app-evil',
    'https://github.com/acme/app/',
    'https://github.com/acme/app?x=https://github.com/acme/app',
    'https://github.com/acme/app#',
    'https://github.com/ACME/app',
    'https://github.com/acme//app',
    'https://github.com/evil/../acme/app',
    'https://github.com.evil.example/acme/app',
    'https://evil.example/?https://github.com/acme/app',
    'http://github.com/acme/app',
    'https://github.com/acme/app\n',
    'https://github.com/acme',
    'acme/app',
  ];
  for (const uri of traps) {
    it(`acme/app and acme/* do not match the repository ${JSON.stringify(uri)}`, async () => {
      assert.equal(matches(github({ repository: exact('acme/app') }), githubSigner({ '12': uri })), false);
      assert.equal(matches(github({ repository: await regexp('acme/app') }), githubSigner({ '12': uri })), false);
      assert.equal(matches(github({ repository: glob('acme/ap?') }), githubSigner({ '12': uri })), false);
    });
  }
  it('a dot in a glob or an exact text is a dot', () => {
    const signer = githubSigner({ '12': 'https://github.com/acme/appXjs' });
    assert.equal(matches(github({ repository: exact('acme/app.js') }), signer), false);
    assert.equal(matches(github({ repository: glob('acme/app.*') }), signer), false);
  });

  it('an empty pattern matches nothing, not even an empty claim', () => {
    assert.equal(matches(github({ repository: exact('') }), githubSigner({ '12': '' })), false);
    assert.equal(
      matches({ trust: 'sigstore', identity: exact(''), issuer: exact(''), at: AT }, personSigner('', '')),
      false,
    );
  });

  it('that names no repository or owner matches nobody: anybody can have that ref, workflow or runner', () => {
    for (const identity of [
      {},
      { ref: exact('refs/tags/v1.4') },
      { runner: 'github-hosted' },
      { trigger: exact('push') },
      { workflow: glob('**') },
      { commit: COMMIT, signerCommit: SIGNER_COMMIT },
    ] as const) {
      assert.equal(matches(github(identity), githubSigner()), false);
    }
    const withIdentity = github({ runner: 'github-hosted' }, { identity: exact(CALLER) });
    assert.equal(matches(withIdentity, githubSigner()), true);
  });
});

describe('the issuer', () => {
  const rule = github({ repository: exact('acme/app') });
  const others: readonly (string | undefined)[] = [
    `${GITHUB}/`,
    `${GITHUB}/hammer-time`,
    'https://token.actions.githubusercontent.com.evil.example',
    'http://token.actions.githubusercontent.com',
    'https://token.actions.GitHubusercontent.com',
    'https://accounts.example',
    '',
    undefined,
  ];
  for (const issuer of others) {
    it(`GitHub's does not match ${issuer}`, () => {
      assert.equal(matches(rule, githubSigner({}, { issuer })), false);
    });
  }
  it('of an enterprise matches only where it is written, and its workflows are read as github.com’s', () => {
    const issuer = `${GITHUB}/hammer-time`;
    const own = github({ repository: exact('acme/app') }, { issuer: exact(issuer) });
    assert.equal(matches(own, githubSigner({}, { issuer })), true);
    assert.equal(matches(own, githubSigner()), false);
  });
  it('of a tenant, and of a server, has the tenant’s and the server’s addresses', () => {
    const cases = [
      ['https://token.actions.octo.ghe.com', 'https://octo.ghe.com/acme/app'],
      ['https://git.acme.example/_services/token', 'https://git.acme.example/acme/app'],
    ] as const;
    for (const [issuer, uri] of cases) {
      const own = github({ repository: exact('acme/app') }, { issuer: exact(issuer) });
      assert.equal(matches(own, githubSigner({ '12': uri }, { issuer })), true);
      assert.equal(matches(own, githubSigner({}, { issuer })), false, 'github.com under another issuer');
    }
  });
  it('that is no GitHub certifies no GitHub claims, even where a policy trusts it', () => {
    for (const issuer of ['https://accounts.example', `${GITHUB}.evil.example`, 'https://token.actions.a.b.ghe.com']) {
      const own = github({ repository: exact('acme/app') }, { issuer: exact(issuer) });
      assert.equal(matches(own, githubSigner({}, { issuer })), false);
    }
  });
  it('is needed with an identity', () => {
    const signer = personSigner('a@acme.example');
    const identity = exact('a@acme.example');
    assert.equal(matches({ trust: 'sigstore', identity, at: AT }, signer), false);
    assert.equal(
      matches({ trust: 'sigstore', identity, issuer: exact('https://accounts.example'), at: AT }, signer),
      true,
    );
    assert.equal(matches({ trust: 'sigstore', issuer: exact('https://accounts.example'), at: AT }, signer), false);
    assert.equal(matches({ trust: 'sigstore', at: AT }, signer), false);
  });
  it('`none` matches only a certificate without one, as GitHub’s release signer is', () => {
    const identity = exact('https://dotcom.releases.github.com');
    const release: CertificateSigner = { ...personSigner('https://dotcom.releases.github.com'), issuer: undefined };
    assert.equal(matches({ trust: 'sigstore', identity, issuer: 'none', at: AT }, release), true);
    assert.equal(
      matches({ trust: 'sigstore', identity, issuer: 'none', at: AT }, { ...release, issuer: GITHUB }),
      false,
    );
    assert.equal(matches({ trust: 'sigstore', identity, issuer: 'none', at: AT }, { ...release, issuer: '' }), false);
    assert.equal(matches({ trust: 'sigstore', identity, issuer: exact(GITHUB), at: AT }, release), false);
  });
});

describe('a key', () => {
  it('is named by its trust', () => {
    assert.equal(matches({ trust: 'release-key', at: AT }, keySigner()), true);
  });
  it('has no identity, no issuer, no workflow and no name', () => {
    const asks: readonly Partial<SignerRule>[] = [
      { identity: glob('**') },
      { issuer: glob('**') },
      { issuer: 'none' },
      { github: { repository: glob('**') } },
      { github: {} },
      { distinguishedNames: ['*'] },
    ];
    for (const ask of asks) assert.equal(matches({ trust: 'release-key', at: AT, ...ask }, keySigner()), false);
  });
});

describe('a Notary Project signer', () => {
  const names: readonly (readonly [string, boolean])[] = [
    ['C=US, O=Acme', true],
    ['C=US,ST=WA,O=Acme,CN=release', true],
    ['o=Acme', true],
    ['x509.subject: C=US, O=Acme', true],
    ['*', true],
    ['C=US, O=Acme, OU=x', false],
    ['C=US, O=acme', false],
    ['C=US, O=Acme Evil', false],
    ['C=us, O=Acme', false],
    ['CN=Acme', false],
    ['', false],
    ['Acme', false],
  ];
  for (const [name, isMatch] of names) {
    it(`${isMatch ? 'matches' : 'does not match'} ${JSON.stringify(name)}`, () => {
      assert.equal(matches({ trust: 'corp', distinguishedNames: [name], at: AT }, notationSigner()), isMatch);
    });
  }
  it('needs one of several names', () => {
    assert.equal(matches({ trust: 'corp', distinguishedNames: ['O=Other', 'O=Acme'], at: AT }, notationSigner()), true);
    assert.equal(matches({ trust: 'corp', distinguishedNames: [], at: AT }, notationSigner()), false);
    assert.equal(matches({ trust: 'corp', at: AT }, notationSigner()), false);
  });
  it('does not have what only certificates of a Sigstore have, nor the reverse', () => {
    const named = { trust: 'corp', distinguishedNames: ['*'], at: AT } as const;
    assert.equal(matches({ ...named, identity: glob('**') }, notationSigner()), false);
    assert.equal(matches({ ...named, issuer: 'none' }, notationSigner()), false);
    assert.equal(matches(named, githubSigner()), false);
    assert.equal(
      matches({ ...named, identity: glob('**'), issuer: exact('https://accounts.example') }, personSigner('a@b')),
      false,
    );
  });
});
