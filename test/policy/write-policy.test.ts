import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDistinguishedName } from '../../src/evidence/notation/distinguished-name.ts';
import type { Signer } from '../../src/evidence/signer.ts';
import { matchSigner } from '../../src/policy/match-signer.ts';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import type { TrustSpec } from '../../src/policy/policy.ts';
import {
  type ObservedRule,
  type ObservedSigner,
  type PolicyObservations,
  writePolicy,
} from '../../src/policy/write-policy.ts';
import { fc } from '../support/fast-check.ts';

const at = { file: 'inputs' };
const digest = `sha256:${'a'.repeat(64)}`;
const TRUST: readonly TrustSpec[] = [
  { kind: 'sigstore', name: 'sigstore', root: 'public-good', refresh: false, at },
  { kind: 'key', name: 'key', key: { kind: 'file', path: 'keys/cosign.pub', at }, log: 'none', at },
  {
    kind: 'notation',
    name: 'notation',
    ca: [{ kind: 'file', path: 'ca.pem', at }],
    signingAuthority: [],
    tsa: [],
    level: 'strict',
    at,
  },
];

const workflow = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0';
const github: Signer = {
  kind: 'certificate',
  identity: workflow,
  issuer: 'https://token.actions.githubusercontent.com',
  extensions: {
    '9': workflow,
    '11': 'github-hosted',
    '12': 'https://github.com/acme/app',
    '14': 'refs/tags/v1.4.0',
    '15': '1',
    '17': '2',
    '18': workflow,
    '20': 'push',
  },
  fingerprint: digest,
};

function observe(rules: readonly ObservedRule[], remarks: readonly string[] = []): PolicyObservations {
  return {
    image: 'ghcr.io/acme/app:1.4',
    digest,
    date: new Date('2026-11-22T10:00:00Z'),
    trust: TRUST,
    rules,
    remarks,
  };
}

const slsa = { kind: 'predicate-type', type: 'https://slsa.dev/provenance/v1' } as const;

describe('a policy written from what was found', () => {
  it('reads like this', async () => {
    const text = writePolicy(
      observe(
        [
          {
            wanted: slsa,
            on: 'index',
            signers: [
              { trust: 'sigstore', signer: github },
              { trust: 'key', signer: { kind: 'key', fingerprint: digest } },
            ],
          },
          {
            wanted: { kind: 'artifact-type', type: 'application/spdx+json' },
            on: 'each-platform',
            platforms: [{ os: 'linux', architecture: 'amd64' }],
            signers: [],
          },
        ],
        ['sha256:bb: no such root'],
      ),
    );
    assert.equal(
      text,
      `# Written by oci-referrers policy init from ghcr.io/acme/app:1.4, ${digest}, on 2026-11-22.
# It asks for what was there, signed by whom it was signed. Read it, and take out what you do not mean.
# oci-referrers policy check says in plain words what it asks for.
version: 1

trust:
  sigstore: { root: public-good }
  key: { key: "keys/cosign.pub" }

rules:
  - name: "https://slsa.dev/provenance/v1 on the index, signed"
    predicate-type: "https://slsa.dev/provenance/v1"
    on: index
    signed-by:
      any-of:
        - { trust: sigstore, github: { repository: "acme/app", workflow: ".github/workflows/release.yml", ref: "refs/tags/v*" } }
        - { trust: key }
  - name: "application/spdx+json on each platform, present (linux/amd64)"
    artifact-type: "application/spdx+json"
    on: each-platform
    platforms: ["linux/amd64"]
    # presence and shape are enough: nobody who is trusted has signed it
    signed: false

# Seen, and not asked for:
# - sha256:bb: no such root
`,
    );
    const { rules } = await parsePolicy(text, { file: 'p.yml' });
    assert.deepEqual(
      rules.map(({ signed, on }) => [signed, on]),
      [
        [true, 'index'],
        [false, 'each-platform'],
      ],
    );
  });

  it('gives rules different names, however long what they ask for is', async () => {
    const long = `https://example.com/${'x'.repeat(300)}`;
    const rules = ['a', 'b', 'c'].map(
      (end): ObservedRule => ({ wanted: { kind: 'predicate-type', type: `${long}${end}` }, on: 'either', signers: [] }),
    );
    const policy = await parsePolicy(writePolicy(observe(rules)), { file: 'p.yml' });
    assert.equal(new Set(policy.rules.map(({ name }) => name)).size, 3);
  });

  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      'a@b.example',
      workflow,
      '*',
      'a*b?',
      '"',
      "'",
      '# x',
      '{',
      ': ',
      '\\',
      'null',
      '0',
      '\u2028',
      'refs/tags/v1"',
      ' ref: "refs/tags/v1"',
      ' ',
      '',
    ),
  );
  const attribute = fc.record({ type: fc.constantFrom('C', 'O', 'CN'), value: texts });
  const signers: fc.Arbitrary<ObservedSigner> = fc.oneof(
    fc.record({
      trust: fc.constant('sigstore'),
      signer: fc.oneof(
        fc.constant(github),
        fc.record({
          kind: fc.constant('certificate' as const),
          identity: fc.option(texts, { nil: undefined }),
          issuer: fc.option(texts, { nil: undefined }),
          extensions: fc.constant({}),
          fingerprint: fc.constant(digest),
        }),
      ),
    }),
    fc.record({ trust: fc.constant('key'), signer: fc.constant<Signer>({ kind: 'key', fingerprint: digest }) }),
    fc.record({
      trust: fc.constant('notation'),
      signer: fc.array(attribute, { minLength: 1, maxLength: 3 }).map(
        (attributes): Signer => ({
          kind: 'notation',
          identity: formatDistinguishedName(attributes),
          attributes,
          scheme: 'notary.x509',
          fingerprint: digest,
        }),
      ),
    }),
  );
  const wanted: fc.Arbitrary<ObservedRule['wanted']> = fc.oneof(
    fc.constant(slsa),
    fc.constant({ kind: 'any-signature' as const }),
    fc.record({
      kind: fc.constantFrom('predicate-type' as const, 'artifact-type' as const),
      type: fc.oneof(texts, fc.webUrl(), fc.constant('a/b')),
    }),
  );
  const rule: fc.Arbitrary<ObservedRule> = fc.record({
    wanted,
    on: fc.constantFrom('index' as const, 'each-platform' as const, 'either' as const),
    signers: fc.array(signers, { maxLength: 4 }),
  });

  it('parses whatever was found, and accepts the signers that it names', async () => {
    await fc.assert(
      fc.asyncProperty(rule, texts, async (found, remark) => {
        const always: ObservedRule = { wanted: { kind: 'artifact-type', type: 'x/always' }, on: 'either', signers: [] };
        const text = writePolicy({ ...observe([found, always], [remark]), image: remark });
        const policy = await parsePolicy(text, { file: 'p.yml' });
        const written = policy.rules.find(({ name }) => !name.startsWith('x/always'));
        assert.equal(policy.rules.length, written === undefined ? 1 : 2);
        if (written === undefined) return;
        assert.equal(written.on, found.on);
        assert.equal(written.signed, found.signers.length > 0);
        assert.equal(written.wanted.kind, found.wanted.kind);
        if (written.wanted.kind !== 'any-signature' && found.wanted.kind !== 'any-signature') {
          assert.deepEqual(written.wanted.types, [found.wanted.type]);
        }
        const entries = written.signedBy?.of ?? [];
        for (const { trust, signer } of found.signers) {
          const accepted = entries.some((entry) => entry.trust === trust && matchSigner(entry, signer).matches);
          if (!accepted) assert.match(text, /a signer whose certificate names nobody/, JSON.stringify(signer));
        }
        for (const entry of entries) {
          assert.ok(
            found.signers.some(({ signer }) => matchSigner(entry, signer).matches),
            text,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});
