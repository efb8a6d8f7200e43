import { CodedError, hasCode } from '../../errors/coded-error.ts';
import { parsePlatform } from '../../oci/platform.ts';
import { compileExpression } from '../cel/compile-expression.ts';
import { parseDuration } from '../duration.ts';
import type { Expression } from '../expression.ts';
import { RULE_LEVELS, type Rule, type SignedBy } from '../policy.ts';
import { describeNode, type PolicyNode } from './policy-node.ts';
import type { Fields, PolicyReader } from './policy-reader.ts';
import { readSignedBy } from './read-signed-by.ts';
import { IDENTITY_HINT } from './read-signer.ts';
import type { TrustSection } from './read-trust.ts';
import { readWanted } from './read-wanted.ts';

export const RULE_KEYS = [
  'name',
  'on',
  'platforms',
  'artifact-type',
  'predicate-type',
  'signed',
  'signed-by',
  'max-age',
  'where',
  'referrer',
] as const;

type RuleFields = Fields<(typeof RULE_KEYS)[number]>;

/** One entry of `rules`. */
export async function readRule(reader: PolicyReader, node: PolicyNode, trust: TrustSection): Promise<Rule | undefined> {
  const fields = reader.fields(node, RULE_KEYS, 'a rule');
  if (fields === undefined) return undefined;
  const name = fields.name === undefined ? undefined : reader.line(fields.name, 'the name of the rule');
  if (fields.name === undefined) reader.refuse(node.at, 'expected name: what the report calls this rule');
  const signed = fields.signed === undefined ? true : (reader.flag(fields.signed, 'signed') ?? true);
  const wanted = readWanted(reader, fields['artifact-type'], fields['predicate-type']);
  const on = fields.on === undefined ? 'either' : reader.choice(fields.on, RULE_LEVELS, 'on');
  const platforms = readPlatforms(reader, fields.platforms);
  const signedBy = fields['signed-by'] && (await readSignedBy(reader, fields['signed-by'], trust));
  const referrer = fields.referrer && (await readReferrer(reader, fields.referrer, trust));
  const maxAge = fields['max-age'] && readMaxAge(reader, fields['max-age']);
  const where = fields.where && (await readWhere(reader, fields.where));
  if (signed) checkSigned(reader, node, fields, trust);
  else checkUnsigned(reader, node, fields);
  if (name === undefined || wanted === undefined || on === undefined || platforms === undefined) return undefined;
  return {
    name: name.text,
    on,
    platforms,
    wanted,
    signed,
    ...(signedBy && { signedBy }),
    ...(maxAge !== undefined && { maxAge }),
    ...(where && { where }),
    ...(referrer && { referrer }),
    at: node.at,
  };
}

/** Signed by whom must be said, unless a key says it: anybody can have a certificate. */
function checkSigned(reader: PolicyReader, node: PolicyNode, fields: RuleFields, { trust, names }: TrustSection): void {
  if (fields['signed-by'] !== undefined) return;
  if (fields.referrer !== undefined) {
    if (fields['artifact-type'] !== undefined || fields['predicate-type'] !== undefined) return;
    reader.refuse(node.at, 'referrer: expected artifact-type or predicate-type, what must be signed');
    return;
  }
  const specs = [...trust.values()];
  if (specs.length < names.size) return; // a broken trust has been reported
  if (specs.length > 0 && specs.every(({ kind }) => kind === 'key')) return;
  const first = specs.find(({ kind }) => kind !== 'key');
  const hint =
    first === undefined
      ? 'Define a trust and name it in signed-by, or write signed: false if presence is enough.'
      : `Add signed-by: { trust: ${first.name}, … }. ${first.kind === 'notation' ? 'With identity: "C=US, O=Acme".' : IDENTITY_HINT}`;
  reader.refuse(node.at, 'expected signed-by: whose signature counts', hint);
}

const UNSIGNED_CLASHES = {
  'signed-by': 'signed: false asks for no signature, signed-by for one',
  'max-age': 'max-age counts from a verified time, which unsigned evidence has not',
  referrer: 'signed: false asks for no signature, referrer for one',
} as const;

function checkUnsigned(reader: PolicyReader, node: PolicyNode, fields: RuleFields): void {
  for (const name of ['signed-by', 'max-age', 'referrer'] as const) {
    const field = fields[name];
    if (field !== undefined) reader.refuse(field.at, UNSIGNED_CLASHES[name], `Leave out signed: false, or ${name}.`);
  }
  if (fields['artifact-type'] === undefined && fields['predicate-type'] === undefined) {
    reader.refuse(node.at, 'signed: false: expected artifact-type or predicate-type, what must be there');
  }
}

function readPlatforms(reader: PolicyReader, node: PolicyNode | undefined): Rule['platforms'] | undefined {
  if (node === undefined || (node.kind === 'scalar' && node.value === 'all')) return 'all';
  const texts = (reader.oneOrMore(node, 'a platform') ?? []).map((item) => reader.line(item, 'a platform', 100));
  const platforms = texts.flatMap((line) => {
    try {
      return line === undefined ? [] : [parsePlatform(line.text)];
    } catch (thrown) {
      if (line === undefined || !hasCode(thrown, 'platform-invalid')) throw thrown;
      reader.refuse(line.at, thrown.message, thrown.hint);
      return [];
    }
  });
  return platforms.length === 0 ? undefined : platforms;
}

function readMaxAge(reader: PolicyReader, node: PolicyNode): number | undefined {
  const seconds = node.kind === 'scalar' ? parseDuration(node.source) : undefined;
  const problem = `max-age: expected a duration such as 30d, 12h, 90m or 1w, got ${describeNode(node)}`;
  return seconds ?? reader.refuse(node.at, problem);
}

async function readWhere(reader: PolicyReader, node: PolicyNode): Promise<Expression | undefined> {
  const source = reader.text(node, 'a CEL expression', Number.POSITIVE_INFINITY);
  if (source === undefined || node.kind !== 'scalar') return undefined;
  try {
    return await compileExpression(source.text, node.locate);
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.code !== 'expression-invalid') throw thrown;
    return reader.refuse(thrown.location ?? node.at, `where: ${thrown.message}`, thrown.hint);
  }
}

async function readReferrer(
  reader: PolicyReader,
  node: PolicyNode,
  trust: TrustSection,
): Promise<{ readonly signedBy: SignedBy } | undefined> {
  const fields = reader.fields(node, ['signed-by'], 'referrer');
  if (fields === undefined) return undefined;
  if (fields['signed-by'] === undefined) return reader.refuse(node.at, 'referrer: expected signed-by');
  const signedBy = await readSignedBy(reader, fields['signed-by'], trust);
  return signedBy && { signedBy };
}
