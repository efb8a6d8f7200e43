import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type FetchRoots, loadTrusts } from '../../../src/commands/verify/load-trusts.ts';
import type { EvidenceDocument } from '../../../src/evidence/signed-evidence.ts';
import { publicGoodRoots } from '../../../src/evidence/sigstore/public-good-roots.ts';
import { NOTATION_LEVELS, type Trust } from '../../../src/evidence/trust.ts';
import { parsePolicy } from '../../../src/policy/parse/parse-policy.ts';
import { documentOf, judge, newKeys } from '../../evidence/sigstore/trusted-world.ts';
import { makeTrustedKey } from '../../support/judging.ts';
import { makeNotationWorld } from '../../support/notation/notation-world.ts';
import { makeKeyBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';

const PEM = makeTrustedKey().trust.key.export({ type: 'spki', format: 'pem' }).toString();

/** Loads the trusts of a policy; every one is used but `idle`. */
async function load(trust: string, workspace: Readonly<Record<string, string>> = {}) {
  const text = `version: 1\ntrust:\n${trust}\nrules: [{ name: r, artifact-type: a/b, signed: false }]\n`;
  const policy = await parsePolicy(text, { file: 'p.yml' });
  const fetched: string[] = [];
  const fetchRoots: FetchRoots = async (which) => {
    fetched.push(which);
    const roots = await publicGoodRoots();
    return roots.map((one) => ({ ...one, info: { ...one.info, label: which, source: 'tuf' as const } }));
  };
  const trusts = await loadTrusts(policy.trust, {
    files: {
      ref: undefined,
      place: 'the workspace',
      read: async (path) => (workspace[path] === undefined ? undefined : Buffer.from(workspace[path])),
    },
    mustPin: false,
    isUsed: (name) => name !== 'idle',
    fetchRoots,
  });
  return { trusts: await trusts(), fetched };
}

function sourcesOf(trust: Awaited<ReturnType<typeof load>>['trusts'], name: string): readonly string[] {
  const one = trust.get(name);
  return one?.kind === 'sigstore' ? one.roots.map(({ info }) => `${info.label} ${info.source}`) : [];
}

describe('the trust roots of a policy', () => {
  it('public-good is the embedded one, and nothing is fetched', async () => {
    const { trusts, fetched } = await load('  a: { root: public-good }');
    assert.deepEqual(fetched, []);
    assert.deepEqual(sourcesOf(trusts, 'a'), ['public-good embedded']);
  });

  it('is fetched by TUF where refresh says so, and where it is GitHub’s', async () => {
    const { trusts, fetched } = await load('  a: { root: public-good, refresh: true }\n  b: { root: github }');
    assert.deepEqual(fetched, ['public-good', 'github']);
    assert.deepEqual(sourcesOf(trusts, 'a'), ['public-good tuf']);
    assert.deepEqual(sourcesOf(trusts, 'b'), ['github tuf']);
  });

  it('that no rule asks is not fetched', async () => {
    assert.deepEqual((await load('  idle: { root: github }')).fetched, []);
  });

  it('goes with a key whose signatures must be logged, and not with another', async () => {
    const inline = `key: ${JSON.stringify(PEM)}`;
    const { trusts } = await load(`  plain: { ${inline} }\n  logged: { ${inline}, log: required }`);
    const [plain, logged] = [trusts.get('plain'), trusts.get('logged')];
    assert.ok(plain?.kind === 'key' && logged?.kind === 'key');
    assert.deepEqual([plain.log, plain.root], ['none', undefined]);
    assert.deepEqual([logged.log, logged.root?.info.label], ['required', 'public-good']);
  });

  describe('of a key whose signatures must be logged', () => {
    let world: SigstoreWorld;
    before(async () => {
      world = await startSigstoreWorld();
    });
    after(() => world.close());
    const privateKey = newKeys.p256();
    const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    const policy = (more: string): string => `  k: { key: ${JSON.stringify(pem)}, log: required${more} }`;
    const logged = async (): Promise<EvidenceDocument> => {
      const statement = makeStatement({ subject: `sha256:${'a'.repeat(64)}` });
      return documentOf(await makeKeyBundle({ statement, privateKey, world, rekor: 'v1' }));
    };
    const rootWith = (change: object): string => JSON.stringify({ ...world.trustedRoot, ...change });

    it("is the file's: an entry in its log counts there, and is of an unknown log to the public root", async () => {
      const document = await logged();
      const own = await load(policy(', log-root: own.json'), { 'own.json': world.trustedRootJson });
      const outcome = await judge(document, trustNamed(own.trusts, 'k'));
      assert.equal(outcome.state, 'verified', outcome.reason);
      assert.ok(outcome.outcome?.verified && outcome.outcome.root?.label === 'own.json');
      const open = await load(policy(''));
      assert.equal((await judge(document, trustNamed(open.trusts, 'k'))).state, 'unknown-root-material');
    });

    it('need not name a certificate authority', async () => {
      const root = rootWith({ certificateAuthorities: [], ctlogs: [] });
      const { trusts } = await load(policy(', log-root: own.json'), { 'own.json': root });
      assert.equal((await judge(await logged(), trustNamed(trusts, 'k'))).state, 'verified');
    });

    it('must name a log, and be one root', async () => {
      const cases: readonly [text: string, why: RegExp][] = [
        [rootWith({ tlogs: [] }), /it names no log/],
        [`${world.trustedRootJson}\n${world.trustedRootJson}\n`, /holds 2 roots, and a key has one/],
      ];
      for (const [text, why] of cases) {
        await assert.rejects(load(policy(', log-root: own.json'), { 'own.json': text }), {
          code: 'trusted-root-invalid',
          message: why,
        });
      }
    });

    it('is the public one as it is fetched, where refresh says so', async () => {
      const { trusts, fetched } = await load(policy(', refresh: true'));
      const trust = trustNamed(trusts, 'k');
      assert.deepEqual(fetched, ['public-good']);
      assert.ok(trust.kind === 'key' && trust.root?.info.source === 'tuf');
    });
  });
});

function trustNamed(trusts: Awaited<ReturnType<typeof load>>['trusts'], name: string): Trust {
  const trust = trusts.get(name);
  assert.ok(trust !== undefined);
  return trust;
}

describe('the trust store of a Notary Project trust', () => {
  const { ca, authority, tsa } = makeNotationWorld();
  const files = { 'ca.pem': ca.root.pem, 'sa.pem': authority.root.pem, 'tsa.pem': tsa.root.pem };
  const NAMED = 'ca: ca.pem, signing-authority: sa.pem, tsa: tsa.pem';

  it('has every certificate in the place that the policy gives it', async () => {
    const { trusts } = await load(`  corp: { notation: { ${NAMED} } }`, files);
    const trust = trustNamed(trusts, 'corp');
    assert.ok(trust.kind === 'notation');
    const [own, others, times] = [trust.ca, trust.signingAuthority, trust.tsa].map((list) =>
      list.map(({ raw }) => raw),
    );
    assert.deepEqual([own, others, times], [[ca.root.der], [authority.root.der], [tsa.root.der]]);
  });

  for (const level of NOTATION_LEVELS) {
    it(`is asked at level ${level} where the policy says so`, async () => {
      const { trusts } = await load(`  corp: { notation: { ${NAMED}, level: ${level} } }`, files);
      const trust = trustNamed(trusts, 'corp');
      assert.equal(trust.kind === 'notation' && trust.level, level);
    });
  }
});
