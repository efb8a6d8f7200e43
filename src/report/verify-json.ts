import type { ComparedBaseline, PolicyUsed, VerifiedImage, VerifyResult } from '../commands/verify/result.ts';
import type { CodedError, SourceLocation } from '../errors/coded-error.ts';
import type { Signer } from '../evidence/signer.ts';
import type { RootInfo } from '../evidence/trust.ts';
import type { EvidenceGap } from '../policy/evidence-item.ts';
import type { Rule } from '../policy/policy.ts';
import type { CandidateJudgement, Cell } from '../policy/verdict.ts';
import { predicateTypeOf } from './evidence-text.ts';
import { wantedText } from './wanted-text.ts';

/** Names the shape: schema/verify-report-v1.schema.json. */
export const VERIFY_REPORT_SCHEMA = 'oci-referrers/verify-report/v1';

/**
 * The report of a verify command as JSON: schema/verify-report-v1.schema.json describes it. All that the verdict rests on
 * is in it, so that reports of shards can be joined. What does not apply is null, so that every object has the same keys;
 * times are RFC 3339 in UTC.
 */
export function buildVerifyJson(result: VerifyResult) {
  return {
    schema: VERIFY_REPORT_SCHEMA,
    verdict: result.verdict,
    mode: result.mode,
    checkedAt: result.checkedAt.toISOString(),
    error: errorJson(result.error),
    shard: result.shard ?? null,
    policy: result.used === undefined ? null : policyJson(result.used),
    images: result.images.map(imageJson),
    warnings: result.warnings.map(({ code, message, subject }) => ({ code, message, subject: subject ?? null })),
  } as const;
}

function errorJson(error: CodedError | undefined) {
  return error === undefined ? null : { code: error.code, message: error.message, hint: error.hint ?? null };
}

function policyJson({ policy, digest, fingerprint, ref, roots }: PolicyUsed) {
  return {
    origin: policy.origin,
    digest: digest ?? null,
    fingerprint,
    ref: ref ?? null,
    rules: policy.rules.map(ruleJson),
    roots: [...roots].flatMap(([trust, all]) => all.map((root) => ({ trust, ...rootJson(root) }))),
  };
}

function ruleJson(rule: Rule) {
  return {
    name: rule.name,
    on: rule.on,
    wanted: rule.wanted.kind,
    types: rule.wanted.kind === 'any-signature' ? [] : rule.wanted.types,
    signed: rule.signed,
    maxAgeSeconds: rule.maxAge ?? null,
    where: rule.where?.source ?? null,
    asked: wantedText(rule),
    at: placeJson(rule.at),
  };
}

function placeJson(at: SourceLocation | undefined) {
  return at === undefined ? null : { file: at.file, line: at.line ?? null, column: at.column ?? null };
}

function rootJson({ label, source, digest, date }: RootInfo) {
  return { label, source, digest, date: date.toISOString() };
}

function imageJson(image: VerifiedImage) {
  const { requested, verdict, error } = image;
  if (verdict === undefined) {
    const nothing = {
      repository: null,
      digest: null,
      reference: null,
      kind: null,
      columns: [],
      rules: [],
      notices: [],
      baseline: null,
    };
    return { requested, verdict: 'unknown', ...nothing, error: errorJson(error) } as const;
  }
  const { repository, digest, kind } = verdict.image;
  return {
    requested,
    verdict: verdict.verdict,
    repository,
    digest,
    reference: `${repository}@${digest}`,
    kind,
    columns: verdict.columns.map((column) => ({ name: column.name, digest: column.digest, presence: column.presence })),
    rules: verdict.rules.map((one) => ({ name: one.rule.name, verdict: one.verdict, cells: one.cells.map(cellJson) })),
    notices: verdict.notices.map(({ code, message, at }) => ({ code, message, at: placeJson(at) })),
    baseline: image.baseline === undefined ? null : baselineJson(image.baseline),
    error: null,
  };
}

function baselineJson({ requested, digest, losses, undecided, error }: ComparedBaseline) {
  return {
    requested,
    digest: digest ?? null,
    losses: losses.map(({ kind, rule, column, what }) => ({ kind, rule: rule ?? null, column, what })),
    undecided,
    error: errorJson(error),
  };
}

function cellJson({ column, digest, state, reason, evidence, rejected, gaps, waiver }: Cell) {
  return {
    column,
    digest,
    state,
    reason,
    evidence: evidence.map(candidateJson),
    rejected: rejected.map(candidateJson),
    gaps: gaps.map(gapJson),
    waiver:
      waiver === undefined
        ? null
        : { image: waiver.image.text, until: waiver.until, reason: waiver.reason, at: placeJson(waiver.at) },
  };
}

function gapJson({ subject, source, code, reason, hint }: EvidenceGap) {
  return { subject, source, code, reason, hint: hint ?? null };
}

/** A candidate and what it was worth. */
export interface CandidateJson {
  readonly state: CandidateJudgement['state'];
  readonly reason: string;
  readonly subject: string;
  readonly referrer: string | null;
  readonly document: string | null;
  readonly sources: readonly string[];
  readonly origin: string | null;
  readonly artifactType: string;
  /** `sigstore-bundle`, ...; null where it is unsigned, or could not be read. */
  readonly format: string | null;
  /** As claimed; proved only where the state says so. */
  readonly predicateType: string | null;
  readonly signer: ReturnType<typeof signerJson> | null;
  readonly trust: string | null;
  readonly root: ReturnType<typeof rootJson> | null;
  readonly times: readonly { readonly time: string; readonly source: string }[];
  readonly notes: readonly string[];
  readonly mismatch: ReturnType<typeof mismatchJson> | null;
  /** The signature on the artifact that made an unsigned one count. */
  readonly voucher: CandidateJson | null;
}

function candidateJson(judgement: CandidateJudgement): CandidateJson {
  const { item, state, reason, signer, trust, root, times = [], notes = [], mismatch, voucher } = judgement;
  return {
    state,
    reason,
    subject: item.subject,
    referrer: item.referrer ?? null,
    document: item.document ?? null,
    sources: item.sources,
    origin: item.origin ?? null,
    artifactType: item.artifactType,
    format: item.content.kind === 'signed' ? item.content.format : null,
    predicateType: predicateTypeOf(item.content) ?? null,
    signer: signer === undefined ? null : signerJson(signer),
    trust: trust ?? null,
    root: root === undefined ? null : rootJson(root),
    times: times.map(({ time, source }) => ({ time: time.toISOString(), source })),
    notes,
    mismatch: mismatch === undefined ? null : mismatchJson(mismatch),
    voucher: voucher === undefined ? null : candidateJson(voucher),
  };
}

function mismatchJson({ rows, explanation, paste }: NonNullable<CandidateJudgement['mismatch']>) {
  return { rows, explanation: explanation ?? null, paste };
}

function signerJson(signer: Signer) {
  const { kind, fingerprint } = signer;
  const nothing = { identity: null, issuer: null, extensions: {}, scheme: null };
  if (signer.kind === 'key') return { kind, fingerprint, ...nothing };
  if (signer.kind === 'notation')
    return { kind, fingerprint, ...nothing, identity: signer.identity, scheme: signer.scheme };
  const { identity = null, issuer = null, extensions } = signer;
  return { kind, fingerprint, ...nothing, identity, issuer, extensions };
}
