import type { PolicyUsed, VerifiedImage, VerifyResult } from '../../commands/verify/result.ts';
import { CodedError } from '../../errors/coded-error.ts';
import { WARNING_CODES, type Warning } from '../../errors/warning.ts';
import type { RootInfo } from '../../evidence/trust.ts';
import { type JsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { RULE_LEVELS, type Rule, type Wanted } from '../../policy/policy.ts';
import { VERDICTS, worstVerdict } from '../../policy/verdict.ts';
import { VERIFY_REPORT_SCHEMA } from '../verify-json.ts';
import { JsonReader } from './json-reader.ts';
import { readBaseline } from './read-baseline.ts';
import { readError } from './read-error.ts';
import { readImageVerdict } from './read-image-verdict.ts';
import { readRoot } from './read-judgement.ts';
import { readPlace } from './read-place.ts';

const WANTED = ['predicate-type', 'artifact-type', 'any-signature'] as const;

/**
 * The JSON of a verify report -> the result that it was made of, as far as reports tell: buildVerifyJson makes the same
 * JSON of it again. A verdict that its own cells do not bear out is refused. Throws `report-invalid` that names the place.
 */
export function readVerifyJson(bytes: Uint8Array, name: string): VerifyResult {
  const keys = ['schema', 'verdict', 'mode', 'checkedAt', 'error', 'shard', 'policy', 'images', 'warnings'] as const;
  const report = new JsonReader(parse(bytes, name), name);
  const members = report.object(...keys);
  members.schema.word([VERIFY_REPORT_SCHEMA]);
  const used = members.policy.optional(readPolicy);
  const rules = new Map(used?.policy.rules.map((rule) => [rule.name, rule]));
  const result: VerifyResult = {
    verdict: members.verdict.word(VERDICTS),
    mode: members.mode.word(['enforce', 'warn']),
    checkedAt: members.checkedAt.time(),
    error: members.error.optional(readError),
    shard: members.shard.optional(readShard),
    used,
    images: members.images.list((image) => readImage(image, rules)),
    warnings: members.warnings.list(readWarning),
  };
  const made = worstVerdict(result.images.map(({ verdict }) => verdict?.verdict ?? 'unknown'));
  const isBorneOut = result.error === undefined ? result.verdict === made : result.verdict !== 'pass';
  if (!isBorneOut) throw members.verdict.invalid(`${made}, which its images make`);
  return result;
}

function parse(bytes: Uint8Array, name: string): JsonObject {
  try {
    return parseStrictJsonObject(bytes, { what: name });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('report-invalid', message, { cause, hint: 'Was the file uploaded whole?' });
  }
}

function readShard(one: JsonReader): VerifyResult['shard'] {
  const { number, of, total, list } = one.object('number', 'of', 'total', 'list');
  return { number: number.count(), of: of.count(), total: total.count(), list: list.digest() };
}

function readWarning(one: JsonReader): Warning {
  const members = one.object('code', 'message', 'subject');
  const subject = members.subject.optional((text) => text.text());
  return {
    code: members.code.word(WARNING_CODES),
    message: members.message.text(),
    ...(subject !== undefined && { subject }),
  };
}

function readPolicy(one: JsonReader): PolicyUsed {
  const members = one.object('origin', 'digest', 'fingerprint', 'ref', 'rules', 'roots');
  const roots = new Map<string, RootInfo[]>();
  for (const { trust, root } of members.roots.list(readTrustedRoot)) {
    roots.set(trust, [...(roots.get(trust) ?? []), root]);
  }
  return {
    policy: {
      origin: members.origin.text(),
      trust: new Map(),
      rules: members.rules.list(readRule),
      waivers: [],
    },
    digest: members.digest.optional((digest) => digest.digest()),
    fingerprint: members.fingerprint.digest(),
    ref: members.ref.optional((ref) => ref.text()),
    roots,
  };
}

function readTrustedRoot(one: JsonReader): { readonly trust: string; readonly root: RootInfo } {
  const { trust, ...members } = one.object('trust', 'label', 'source', 'digest', 'date');
  return { trust: trust.text(), root: readRoot(members) };
}

function readRule(one: JsonReader): Rule {
  const keys = ['name', 'on', 'wanted', 'types', 'signed', 'maxAgeSeconds', 'where', 'asked', 'at'] as const;
  const { name, on, wanted, types, signed, maxAgeSeconds, where, asked, at } = one.object(...keys);
  return {
    name: name.text(),
    on: on.word(RULE_LEVELS),
    platforms: 'all',
    wanted: wantedOf(
      wanted.word(WANTED),
      types.list((type) => type.text()),
    ),
    signed: signed.flag(),
    maxAge: maxAgeSeconds.optional((seconds) => seconds.number()),
    // it was evaluated where the report was made
    where: where.optional((text) => ({ source: text.text(), evaluate: () => ({ error: 'read from a report' }) })),
    asked: asked.text(),
    at: at.optional(readPlace) ?? { file: '' },
  };
}

function wantedOf(kind: Wanted['kind'], types: readonly string[]): Wanted {
  return kind === 'any-signature' ? { kind } : { kind, types };
}

function readImage(one: JsonReader, rules: ReadonlyMap<string, Rule>): VerifiedImage {
  const keys = ['requested', 'verdict', 'repository', 'digest', 'reference', 'kind', 'columns', 'rules'] as const;
  const members = one.object(...keys, 'notices', 'baseline', 'error');
  const requested = members.requested.text();
  const claimed = members.verdict.word(VERDICTS);
  const error = members.error.optional(readError);
  if (error !== undefined) {
    if (claimed !== 'unknown') throw members.verdict.invalid('unknown beside an error');
    return { requested, error };
  }
  const verdict = readImageVerdict(requested, members, rules);
  const baseline = members.baseline.optional(readBaseline);
  if (verdict.verdict !== claimed) throw members.verdict.invalid(`${verdict.verdict}, which its cells make`);
  return { requested, verdict, ...(baseline !== undefined && { baseline }) };
}
