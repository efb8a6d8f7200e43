import type { VerifyOutcome } from '../../../src/evidence/signed-evidence.ts';
import type { Signer } from '../../../src/evidence/signer.ts';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import type { EvaluationInput } from '../../../src/policy/evaluate/evaluate-policy.ts';
import type { EvidenceContent, EvidenceGap, EvidenceItem, ImageScope } from '../../../src/policy/evidence-item.ts';
import type { Policy, Rule, SignerRule, Wanted } from '../../../src/policy/policy.ts';
import { fc } from '../../support/fast-check.ts';
import {
  AMD64,
  ARM64,
  AT,
  agoSeconds,
  BUNDLE,
  digestClaim,
  GITHUB,
  githubSigner,
  INDEX,
  keySigner,
  makePolicy,
  makeStatement,
  NOW,
  personSigner,
  RELEASE_KEY,
  RELEASE_WORKFLOW,
  rejected,
  SLSA,
  SPDX,
  statementClaim,
  UNREAD,
  verified,
} from '../make-evidence.ts';

const REVIEW = 'https://example.com/review/v1';
const SPDX_PREDICATE = 'https://spdx.dev/Document/v2.3';

const AGES = [60, 3600, 86_400] as const;
/** Signers of certificates: two that the entries name, two that only look like them. */
const CERTIFICATES: readonly Signer[] = [
  githubSigner(),
  githubSigner(),
  personSigner('anne@acme.example'),
  githubSigner(),
  personSigner('anne@acme.example'),
  githubSigner({ '12': 'https://github.com/acme-evil/app' }),
  personSigner('anne@acme.example', 'https://evil.example'),
];
const ENTRIES: readonly SignerRule[] = [
  RELEASE_WORKFLOW,
  RELEASE_KEY,
  { trust: 'other-key', at: AT },
  {
    trust: 'sigstore',
    identity: { kind: 'glob', text: '*@acme.example' },
    issuer: { kind: 'exact', text: 'https://accounts.example' },
    at: AT,
  },
  { trust: 'sigstore', identity: { kind: 'glob', text: '**' }, issuer: { kind: 'exact', text: GITHUB }, at: AT },
];

const outcome = (signer: Signer): fc.Arbitrary<VerifyOutcome> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .constantFrom(...AGES)
        .map((ago) => verified(signer, { times: [{ time: agoSeconds(ago), source: 'transparency-log' }] })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('invalid', 'unknown-root-material', 'unsupported', 'untrusted')
        .map((state) => rejected(state)),
    },
  );

/** One signature has one signer, of one kind: the other trusts were not asked, or reject it. */
const outcomes: fc.Arbitrary<ReadonlyMap<string, VerifyOutcome>> = fc.oneof(
  fc.constantFrom(...CERTIFICATES).chain((signer) => outcome(signer).map((one) => new Map([['sigstore', one]]))),
  fc
    .constantFrom('release-key', 'other-key')
    .chain((name) =>
      outcome(keySigner(name)).map(
        (one) =>
          new Map([
            ['sigstore', rejected('untrusted')],
            ...(name === 'other-key' ? [['release-key', rejected('untrusted')] as const] : []),
            [name, one],
          ]),
      ),
    ),
);

/** Undefined, most of the time. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const wrongSubject = rarely(fc.constant('sha256:beef'));
const envelope = fc.nat(5).map((n) => `sha256:envelope-${n}`);
const statementTime = fc.option(fc.constantFrom(...AGES), { nil: undefined });

/** By the time in its predicate, so that keys may have an age. */
const predicate = statementTime.map((ago) =>
  ago === undefined ? {} : { runDetails: { metadata: { finishedOn: agoSeconds(ago).toISOString() } } },
);

const signedContent: fc.Arbitrary<EvidenceContent> = fc
  .record({
    claim: fc.oneof(
      fc
        .tuple(fc.constantFrom(SLSA, REVIEW, SPDX_PREDICATE), predicate)
        .map(([type, said]) => statementClaim(type, said)),
      fc.constant(digestClaim(INDEX)),
    ),
    envelope,
    outcomes,
    wrongSubject,
  })
  .map((parts) => ({ kind: 'signed', format: 'sigstore-bundle', ...parts }));

const unsignedContent: fc.Arbitrary<EvidenceContent> = fc
  .record({
    contentType: fc.constantFrom(SPDX, 'application/vnd.in-toto+json', undefined),
    statement: fc.constantFrom(undefined, undefined, makeStatement(SLSA), makeStatement(SPDX_PREDICATE)),
    malformed: rarely(fc.constant('cut off')),
    wrongSubject,
  })
  .map((parts) => ({ kind: 'unsigned', ...parts }));

const content: fc.Arbitrary<EvidenceContent> = fc.oneof(
  { weight: 5, arbitrary: signedContent },
  { weight: 3, arbitrary: unsignedContent },
  {
    weight: 1,
    arbitrary: fc.constantFrom<EvidenceContent>(
      { kind: 'broken', state: 'invalid', reason: 'no JSON' },
      { kind: 'broken', state: 'unsupported', reason: 'version 9' },
      UNREAD,
    ),
  },
);

const subject: fc.Arbitrary<Digest> = fc.constantFrom(INDEX, INDEX, INDEX, AMD64, ARM64, digestOf('another image'));

const gapOn = (on: Digest): EvidenceGap => ({
  subject: on,
  source: 'api',
  code: 'registry-unavailable',
  reason: 'status 503',
});

const item: fc.Arbitrary<EvidenceItem> = fc
  .record({
    subject,
    content,
    artifactType: fc.constantFrom(BUNDLE, SPDX),
    referrer: fc.nat(1_000_000).map((n) => digestOf(`referrer ${n}`)),
    sources: fc.constantFrom<EvidenceItem['sources']>(['api'], ['tag-schema'], ['cosign-tags'], ['in-index']),
    vouchers: fc.option(
      fc.record({ contents: fc.array(content, { maxLength: 2 }), isGap: fc.boolean(), isAstray: fc.boolean() }),
      { nil: undefined },
    ),
  })
  .map(({ vouchers, ...rest }) => {
    const base = { ...rest, document: undefined, annotations: {} };
    if (vouchers === undefined) return base;
    const on = vouchers.isAstray ? INDEX : rest.referrer;
    const items = vouchers.contents.map((one) => ({ ...base, subject: on, content: one, artifactType: BUNDLE }));
    return { ...base, vouchers: { items, gaps: vouchers.isGap ? [gapOn(rest.referrer)] : [] } };
  });

export const arbitraryItems = fc.array(item, { maxLength: 10 });
export const arbitraryItem = item;
export const arbitraryGaps = fc.array(subject.map(gapOn), { maxLength: 1 });

const wanted: fc.Arbitrary<Wanted> = fc.constantFrom<Wanted>(
  { kind: 'predicate-type', types: [SLSA] },
  { kind: 'predicate-type', types: [REVIEW, SLSA] },
  { kind: 'artifact-type', types: [SPDX] },
  { kind: 'artifact-type', types: [BUNDLE] },
  { kind: 'any-signature' },
);

const signedBy = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...ENTRIES), { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 2 }))
  .map(([of, atLeast]) => ({ of, atLeast: Math.min(atLeast, of.length), at: AT }));

const rule: fc.Arbitrary<Rule> = fc
  .record({
    on: fc.constantFrom('index', 'each-platform', 'either'),
    wanted,
    signed: fc.boolean(),
    signedBy: fc.option(signedBy, { nil: undefined, freq: 4 }),
    maxAge: rarely(fc.constantFrom(3600, 7200), 3),
    referrer: rarely(
      signedBy.map((one) => ({ signedBy: one })),
      3,
    ),
    platforms: fc.constantFrom<Rule['platforms']>('all', [{ os: 'linux', architecture: 'amd64' }]),
  })
  .map(({ signed, signedBy: by, maxAge, referrer, ...rest }) => ({
    name: 'rule',
    at: AT,
    ...rest,
    signed,
    ...(signed && by !== undefined && { signedBy: by }),
    ...(signed && maxAge !== undefined && { maxAge }),
    ...(referrer !== undefined && { referrer }),
  }));

export const arbitraryPolicy: fc.Arbitrary<Policy> = fc
  .array(rule, { minLength: 1, maxLength: 2 })
  .map((rules) => makePolicy(rules.map((one, at) => ({ ...one, name: `rule ${at}` }))));

const presence = fc.constantFrom<ImageScope['platforms'][number]['presence']>(
  'present',
  'present',
  'present',
  'present',
  'present',
  'missing',
  'unread',
);

export const arbitraryImage: fc.Arbitrary<ImageScope> = fc.oneof(
  fc.tuple(presence, presence, fc.nat(2)).map(([amd64, arm64, count]) => ({
    requested: 'registry.example/acme/app:1.4',
    repository: 'registry.example/acme/app',
    digest: INDEX,
    kind: 'index' as const,
    platforms: [
      { platform: { os: 'linux', architecture: 'amd64' }, digest: AMD64, presence: amd64 },
      { platform: { os: 'linux', architecture: 'arm64' }, digest: ARM64, presence: arm64 },
    ].slice(0, count),
  })),
  fc.constant({
    requested: 'registry.example/acme/app:1.4',
    repository: 'registry.example/acme/app',
    digest: INDEX,
    kind: 'manifest' as const,
    platforms: [],
  }),
);

export const arbitraryInput: fc.Arbitrary<EvaluationInput> = fc.record({
  policy: arbitraryPolicy,
  image: arbitraryImage,
  items: arbitraryItems,
  gaps: arbitraryGaps,
  now: fc.constant(NOW),
  missingPlatforms: fc.constantFrom('unknown', 'skip'),
});
