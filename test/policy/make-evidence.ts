import type { SignedClaim, SignedFormat, VerifiedTime, VerifyOutcome } from '../../src/evidence/signed-evidence.ts';
import type { CertificateSigner, KeySigner, NotationSigner, Signer } from '../../src/evidence/signer.ts';
import type { Statement } from '../../src/evidence/statement.ts';
import type { RootInfo } from '../../src/evidence/trust.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import type { JsonValue } from '../../src/oci/strict-json.ts';
import { type EvaluationInput, evaluatePolicy } from '../../src/policy/evaluate/evaluate-policy.ts';
import type { EvidenceContent, EvidenceItem, ImageScope, ScopedPlatform } from '../../src/policy/evidence-item.ts';
import type { Policy, Rule, SignedBy, SignerRule, TrustSpec } from '../../src/policy/policy.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';

export const NOW = new Date('2026-11-22T12:00:00Z');
export const AT = { file: 'referrers.yml', line: 1, column: 1 };
export const INDEX = digestOf('index');
export const AMD64 = digestOf('amd64');
export const ARM64 = digestOf('arm64');
export const SLSA = 'https://slsa.dev/provenance/v1';
export const SPDX = 'application/spdx+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const GITHUB = 'https://token.actions.githubusercontent.com';

export function agoSeconds(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

/** An image with linux/amd64 and linux/arm64; or a manifest. */
export function makeImage(changes: Partial<ImageScope> = {}): ImageScope {
  return {
    requested: 'registry.example/acme/app:1.4',
    repository: 'registry.example/acme/app',
    digest: INDEX,
    kind: 'index',
    platforms: [makePlatform('amd64', AMD64), makePlatform('arm64', ARM64)],
    ...changes,
  };
}

export function makePlatform(
  architecture: string,
  digest: Digest,
  presence: ScopedPlatform['presence'] = 'present',
): ScopedPlatform {
  return { platform: { os: 'linux', architecture }, digest, presence };
}

export const ROOT: RootInfo = {
  label: 'public-good',
  source: 'embedded',
  digest: 'sha256:00',
  date: agoSeconds(86_400),
};

const MATERIAL = { kind: 'inline', text: '', at: AT } as const;

export const TRUST: readonly TrustSpec[] = [
  { kind: 'sigstore', name: 'sigstore', root: 'public-good', refresh: false, at: AT },
  { kind: 'key', name: 'release-key', key: MATERIAL, log: 'none', at: AT },
  { kind: 'key', name: 'other-key', key: MATERIAL, log: 'none', at: AT },
  {
    kind: 'notation',
    name: 'corp',
    ca: [MATERIAL],
    signingAuthority: [],
    tsa: [],
    level: 'strict',
    at: AT,
  },
];

export function makePolicy(rules: readonly Rule[], changes: Partial<Policy> = {}): Policy {
  return {
    origin: 'referrers.yml',
    trust: new Map(TRUST.map((spec) => [spec.name, spec])),
    rules,
    waivers: [],
    ...changes,
  };
}

/** SLSA provenance, signed by the release workflow; what else is said instead. */
export function makeRule(changes: Partial<Rule> = {}): Rule {
  return {
    name: 'provenance',
    on: 'either',
    platforms: 'all',
    wanted: { kind: 'predicate-type', types: [SLSA] },
    signed: true,
    signedBy: anyOf(RELEASE_WORKFLOW),
    at: AT,
    ...changes,
  };
}

export function anyOf(...of: readonly SignerRule[]): SignedBy {
  return { atLeast: 1, of, at: AT };
}

export const RELEASE_WORKFLOW: SignerRule = {
  trust: 'sigstore',
  github: {
    repository: { kind: 'exact', text: 'acme/app' },
    workflow: { kind: 'exact', text: '.github/workflows/release.yml' },
    ref: { kind: 'glob', text: 'refs/tags/v*' },
  },
  at: AT,
};
export const RELEASE_KEY: SignerRule = { trust: 'release-key', at: AT };

export const CALLER = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4';

const TEN_MINUTES = { notBefore: agoSeconds(3600), notAfter: agoSeconds(3000) };

/** Of a run of acme/app's release workflow for the tag v1.4. */
/** Of the source, and of the workflow file that signed. */
export const COMMIT = 'c0'.repeat(20);
export const SIGNER_COMMIT = '5e'.repeat(20);

export function githubSigner(
  extensions: Readonly<Record<string, string | undefined>> = {},
  changes: Partial<CertificateSigner> = {},
): CertificateSigner {
  const all: Record<string, string | undefined> = {
    '9': CALLER,
    '10': SIGNER_COMMIT,
    '11': 'github-hosted',
    '12': 'https://github.com/acme/app',
    '13': COMMIT,
    '14': 'refs/tags/v1.4',
    '15': '4711',
    '17': '42',
    '18': CALLER,
    '20': 'push',
    ...extensions,
  };
  const kept = Object.entries(all).flatMap(([arc, value]) => (value === undefined ? [] : [[arc, value] as const]));
  return {
    kind: 'certificate',
    identity: CALLER,
    issuer: GITHUB,
    extensions: Object.fromEntries(kept),
    fingerprint: 'sha256:c0ffee',
    validity: TEN_MINUTES,
    ...changes,
  };
}

export function personSigner(identity: string, issuer = 'https://accounts.example'): CertificateSigner {
  const fingerprint = `sha256:${identity}`;
  return { kind: 'certificate', identity, issuer, extensions: {}, fingerprint, validity: TEN_MINUTES };
}

export function keySigner(name = 'release'): KeySigner {
  return { kind: 'key', fingerprint: `sha256:${name}` };
}

export function notationSigner(changes: Partial<NotationSigner> = {}): NotationSigner {
  return {
    kind: 'notation',
    identity: 'C=US, ST=WA, O=Acme, CN=release',
    attributes: [
      { type: 'C', value: 'US' },
      { type: 'ST', value: 'WA' },
      { type: 'O', value: 'Acme' },
      { type: 'CN', value: 'release' },
    ],
    scheme: 'notary.x509',
    fingerprint: 'sha256:leaf',
    ...changes,
  };
}

type Verified = Extract<VerifyOutcome, { readonly verified: true }>;
type Rejected = Exclude<VerifyOutcome, Verified>;

/** Verified, logged an hour ago; a key has neither root nor time. */
export function verified(signer: Signer, changes: Partial<Verified> = {}): Verified {
  const times: readonly VerifiedTime[] = [{ time: agoSeconds(3600), source: 'transparency-log' }];
  const isKey = signer.kind === 'key';
  return { verified: true, signer, root: isKey ? undefined : ROOT, times: isKey ? [] : times, notes: [], ...changes };
}

export function rejected(state: Rejected['state'], reason = `it is ${state}`): Rejected {
  return { verified: false, state, reason };
}

export function makeStatement(predicateType: string = SLSA, predicate: JsonValue = {}): Statement {
  return { type: 'https://in-toto.io/Statement/v1', predicateType, subjects: [{ name: 'app', digest: {} }], predicate };
}

export function statementClaim(predicateType: string = SLSA, predicate: JsonValue = {}): SignedClaim {
  return { kind: 'statement', statement: makeStatement(predicateType, predicate) };
}

export function digestClaim(digest: Digest): SignedClaim {
  return { kind: 'manifest-digest', digest, annotations: {} };
}

export interface SignedChanges {
  readonly claim?: SignedClaim;
  readonly envelope?: string;
  readonly format?: SignedFormat;
  readonly wrongSubject?: string;
  readonly malformed?: string;
}

let counter = 0;

/** Signed content; `outcomes` by the trust's name. */
export function signed(
  outcomes: Readonly<Record<string, VerifyOutcome>>,
  changes: SignedChanges = {},
): EvidenceContent {
  counter += 1;
  return {
    kind: 'signed',
    format: 'sigstore-bundle',
    claim: statementClaim(),
    envelope: `sha256:envelope-${counter}`,
    outcomes: new Map(Object.entries(outcomes)),
    ...changes,
  };
}

export function unsigned(
  contentType: string | undefined,
  changes: Partial<Extract<EvidenceContent, { readonly kind: 'unsigned' }>> = {},
): EvidenceContent {
  return { kind: 'unsigned', contentType, ...changes };
}

export const UNREAD: EvidenceContent = { kind: 'unread', code: 'registry-unavailable', reason: 'status 503' };

/** Found on the index by the referrers API, as a Sigstore bundle. */
export function makeItem(content: EvidenceContent, changes: Partial<EvidenceItem> = {}): EvidenceItem {
  counter += 1;
  return {
    subject: INDEX,
    referrer: digestOf(`referrer ${counter}`),
    document: digestOf(`document ${counter}`),
    sources: ['api'],
    artifactType: BUNDLE,
    annotations: {},
    content,
    ...changes,
  };
}

/** Provenance by acme/app's release workflow. */
export function goodItem(changes: Partial<EvidenceItem> = {}): EvidenceItem {
  return makeItem(signed({ sigstore: verified(githubSigner()) }), changes);
}

/** A signature on an artifact, about the digest of its manifest. */
export function voucherOn(artifact: Digest, outcomes: Readonly<Record<string, VerifyOutcome>>): EvidenceItem {
  return makeItem(signed(outcomes, { claim: digestClaim(artifact) }), { subject: artifact });
}

export function evaluate(
  rules: Rule | readonly Rule[],
  items: readonly EvidenceItem[],
  changes: Partial<EvaluationInput> = {},
): ImageVerdict {
  return evaluatePolicy({
    policy: makePolicy([rules].flat()),
    image: makeImage(),
    items,
    gaps: [],
    now: NOW,
    missingPlatforms: 'unknown',
    ...changes,
  });
}

/** `column: state` of the first rule. */
export function statesOf(verdict: ImageVerdict): Record<string, string> {
  return Object.fromEntries((verdict.rules[0]?.cells ?? []).map(({ column, state }) => [column, state]));
}
