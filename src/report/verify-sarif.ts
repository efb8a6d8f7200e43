import { createHash } from 'node:crypto';
import type { VerifyResult } from '../commands/verify/result.ts';
import type { CodedError, SourceLocation } from '../errors/coded-error.ts';
import type { Rule } from '../policy/policy.ts';
import { policyPlace } from './policy-place.ts';
import { type UnmetCell, unmetCells } from './unmet-cells.ts';
import { CELL_WORDS } from './verify-words.ts';

export interface VerifySarifOptions {
  /** Of this tool. */
  readonly version: string;
  /** Where results are shown that belong to no policy file, such as those of the short form: the workflow's file. */
  readonly file?: string | undefined;
}

const SARIF_SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/**
 * The verdict as SARIF 2.1.0 for code scanning: a result for each unmet cell, and for each image without a verdict, on
 * the policy's line. The same cell of the same image has the same fingerprint in every run, also where the image is
 * named by its digest, which every build changes: rule, column, repository, and the tag where one was given. Of several
 * such images in one run the second is `<hash>:2`, and so on.
 */
export function buildVerifySarif(result: VerifyResult, { version, file }: VerifySarifOptions) {
  const level = result.mode === 'warn' ? 'warning' : 'error';
  const workflow = file === undefined ? undefined : { file, line: 1 };
  const rules = result.used?.policy.rules ?? [];
  const results = [
    ...unmetCells(result).map((unmet) => ({
      level,
      ...cellResult(unmet, policyPlace(unmet.rule, result.used) ?? workflow),
    })),
    ...result.images.flatMap(({ requested, error }) =>
      error === undefined ? [] : [{ level, ...errorResult(requested, error, workflow) }],
    ),
    ...(result.error === undefined ? [] : [{ level, ...errorResult('policy', result.error, workflow) }]),
  ];
  const errorCodes = new Set([
    ...result.images.flatMap(({ error }) => error?.code ?? []),
    ...(result.error === undefined ? [] : [result.error.code]),
  ]);
  const driver = {
    name: 'oci-referrers',
    semanticVersion: version,
    rules: [
      ...rules.map(ruleDescriptor),
      ...[...errorCodes].map((code) => ({ id: code, shortDescription: { text: code } })),
    ],
  };
  return { $schema: SARIF_SCHEMA, version: '2.1.0', runs: [{ tool: { driver }, results: numbered(results) }] } as const;
}

function ruleDescriptor({ name, wanted }: Rule) {
  const what = wanted.kind === 'any-signature' ? 'a verified signature' : wanted.types.join(' or ');
  return { id: name, shortDescription: { text: name }, fullDescription: { text: `${name}: asks for ${what}` } };
}

function cellResult({ image, rule, cell }: UnmetCell, at: SourceLocation | undefined) {
  const reasons = [
    ...cell.rejected.map(({ state, reason }) => `${state}: ${reason}`),
    ...cell.gaps.map(({ code, reason }) => `${code}: ${reason}`),
  ];
  const text = [`${image.image.requested}, ${cell.column}: ${CELL_WORDS[cell.state]}: ${cell.reason}`, ...reasons].join(
    '\n',
  );
  return {
    ruleId: rule.name,
    message: { text },
    locations: locationsOf(at),
    partialFingerprints: { 'cell/v1': fingerprint([withoutDigest(image.image.requested), rule.name, cell.column]) },
    properties: { image: image.image.requested, digest: cell.digest, column: cell.column, state: cell.state },
  };
}

function errorResult(requested: string, error: CodedError, workflow: SourceLocation | undefined) {
  return {
    ruleId: error.code,
    message: { text: `${requested}: ${error.message}` },
    locations: locationsOf(error.location ?? workflow),
    partialFingerprints: { 'cell/v1': fingerprint([withoutDigest(requested), error.code]) },
  };
}

function locationsOf(at: SourceLocation | undefined) {
  if (at === undefined) return [];
  const { file, line = 1, column } = at;
  const uri = file.split('/').map(encodeURIComponent).join('/');
  const region = { startLine: line, ...(column !== undefined && { startColumn: column }) };
  return [{ physicalLocation: { artifactLocation: { uri }, region } }];
}

/** `ghcr.io/acme/app:1@sha256:<hex>` -> `ghcr.io/acme/app:1`. */
function withoutDigest(requested: string): string {
  return requested.replace(/@[a-z0-9]+:[0-9a-f]+$/, '');
}

/** Results of one fingerprint, such as of two digests in one repository, are counted, so that none hides another. */
function numbered<Result extends { readonly partialFingerprints: { readonly 'cell/v1': string } }>(
  results: readonly Result[],
): Result[] {
  const counts = new Map<string, number>();
  return results.map((result) => {
    const print = result.partialFingerprints['cell/v1'];
    const count = (counts.get(print) ?? 0) + 1;
    counts.set(print, count);
    return count === 1 ? result : { ...result, partialFingerprints: { 'cell/v1': `${print}:${count}` } };
  });
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
