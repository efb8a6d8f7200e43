import { readFile, stat } from 'node:fs/promises';
import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { RootInfo } from '../../evidence/trust.ts';
import type { Verdict } from '../../policy/verdict.ts';
import { readVerifyJson } from '../../report/read/read-verify-json.ts';
import { fileRootsOf } from '../attach/file-roots.ts';
import { findFiles, nothingFound } from '../attach/find-files.ts';
import { checkFile, type FileRoots } from '../attach/workspace-path.ts';
import type { CommandContext } from '../context.ts';
import { type MergedReport, mergeReports, type ShardImage, type ShardReport } from './merge-reports.ts';
import type { PolicyUsed, VerifiedImage, VerifyMode, VerifyResult } from './result.ts';
import { MAX_SHARDS } from './shard.ts';

export interface MergeInputs {
  /** Files or globs. */
  readonly reports: readonly string[];
  readonly mode: VerifyMode;
}

type MergeContext = Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'env' | 'now' | 'onStep' | 'onWarning'>;

/** A whole fleet's report is larger than any of one image, and still no stream of gigabytes. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024;

/** A report that could be read, or what stands for one that could not. */
interface ReadReport {
  readonly name: string;
  readonly result: VerifyResult | undefined;
  readonly error: CodedError | undefined;
}

interface JudgedImage extends ShardImage {
  readonly image: VerifiedImage;
}

/**
 * Joins the reports of shards into one result; nothing is asked of a registry. A report that cannot be read, is missing
 * or does not belong leaves the verdict unknown, or fail where an image failed. Throws only for files that are not there.
 */
export async function runMerge({ reports, mode }: MergeInputs, context: MergeContext): Promise<VerifyResult> {
  const roots = fileRootsOf(context);
  const files = await findReports(reports, roots);
  const read: ReadReport[] = [];
  for (const file of files) read.push(await readReport(file, roots));
  const merged = mergeReports(read.map(shardReport));
  for (const { name } of read) context.onStep?.(`Joined ${name}`);
  return joined(merged, read, mode, context);
}

function joined(
  merged: MergedReport<JudgedImage>,
  read: readonly ReadReport[],
  mode: VerifyMode,
  { now, onWarning }: MergeContext,
): VerifyResult {
  const results = read.flatMap(({ result }) => result ?? []);
  const { verdict, problems } = merged;
  const incomplete = problems.length === 0 ? undefined : incompleteError(problems);
  const warnings = results.flatMap((result) => result.warnings);
  // beside an image that failed it is no more than a warning
  const isWarning = incomplete !== undefined && verdict === 'fail';
  const warning: Warning = { code: 'reports-incomplete', message: incomplete?.message ?? '' };
  if (isWarning) onWarning?.(warning);
  const times = results.map(({ checkedAt }) => checkedAt.getTime());
  return {
    verdict,
    mode,
    used: joinUsed(results),
    images: merged.images.map(({ image }) => image),
    warnings: isWarning ? [...warnings, warning] : warnings,
    error: isWarning ? undefined : incomplete,
    // of several judgements the oldest
    checkedAt: times.length === 0 ? now() : new Date(Math.min(...times)),
  };
}

function incompleteError(problems: readonly string[]): CodedError {
  return new CodedError('reports-incomplete', `the reports are not the whole: ${problems.join('; ')}`, {
    hint: 'Every job of the matrix must have run and left its report, also one whose part is empty.',
  });
}

/** The policy that all were judged by, with the roots of all. */
function joinUsed(results: readonly VerifyResult[]): PolicyUsed | undefined {
  const all = results.flatMap(({ used }) => used ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  const roots = new Map<string, Map<string, RootInfo>>();
  for (const [trust, infos] of all.flatMap((used) => [...used.roots])) {
    const known = roots.get(trust) ?? new Map<string, RootInfo>();
    roots.set(trust, known);
    for (const info of infos) known.set(info.digest, info);
  }
  return { ...first, roots: new Map([...roots].map(([trust, infos]) => [trust, [...infos.values()]])) };
}

function shardReport({ name, result, error }: ReadReport): ShardReport<JudgedImage> {
  if (result === undefined) {
    return {
      name,
      shard: undefined,
      fingerprint: undefined,
      error: error?.message ?? 'it could not be read',
      images: [],
    };
  }
  const images = result.images.map((image): JudgedImage => {
    const verdict: Verdict = image.verdict?.verdict ?? 'unknown';
    return { requested: image.requested, verdict, image };
  });
  return {
    name,
    shard: result.shard,
    fingerprint: result.used?.fingerprint,
    error: result.error === undefined ? undefined : `${result.error.code}: ${result.error.message}`,
    images,
  };
}

async function findReports(patterns: readonly string[], roots: FileRoots): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const found = await findFiles(pattern, roots);
    if (found.length === 0) throw nothingFound(pattern, roots);
    for (const file of found) files.add(file);
  }
  if (files.size <= MAX_SHARDS) return [...files];
  throw new CodedError('input-invalid', `reports: ${files.size} files, at most ${MAX_SHARDS} are joined`);
}

async function readReport(file: string, roots: FileRoots): Promise<ReadReport> {
  try {
    const { path, shownPath } = await checkFile(file, roots);
    const { size } = await stat(path);
    if (size > MAX_REPORT_BYTES) throw new CodedError('report-invalid', `${shownPath} has ${size} bytes`);
    return { name: file, result: readVerifyJson(await readFile(path), shownPath), error: undefined };
  } catch (thrown) {
    const error = toCodedError(thrown);
    if (error.code === 'internal') throw error;
    return { name: file, result: undefined, error };
  }
}
