import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FetchRoots, loadTrusts } from '../../../src/commands/verify/load-trusts.ts';
import { publicGoodRoots } from '../../../src/evidence/sigstore/public-good-roots.ts';
import { parsePolicy } from '../../../src/policy/parse/parse-policy.ts';
import { makeTrustedKey } from '../../support/judging.ts';

const PEM = makeTrustedKey().trust.key.export({ type: 'spki', format: 'pem' }).toString();

/** Loads the trusts of a policy; every one is used but `idle`. */
async function load(trust: string) {
  const text = `version: 1\ntrust:\n${trust}\nrules: [{ name: r, artifact-type: a/b, signed: false }]\n`;
  const policy = await parsePolicy(text, { file: 'p.yml' });
  const fetched: string[] = [];
  const fetchRoots: FetchRoots = async (which) => {
    fetched.push(which);
    const roots = await publicGoodRoots();
    return roots.map((one) => ({ ...one, info: { ...one.info, label: which, source: 'tuf' as const } }));
  };
  const trusts = await loadTrusts(policy.trust, {
    files: { ref: undefined, place: 'the workspace', read: async () => undefined },
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
});
