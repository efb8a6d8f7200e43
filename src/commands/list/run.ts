import { resolve } from 'node:path';
import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { type CapabilityMemory, capabilitiesOfRun, createCapabilityMemory } from '../../referrers/capability.ts';
import { type ListReferrersRequest, listReferrers } from '../../referrers/list-referrers.ts';
import type { ReferrersTree } from '../../referrers/types.ts';
import type { Store } from '../../store/store.ts';
import type { CommandContext } from '../context.ts';
import { resolveTarget } from '../resolve-target.ts';
import { requireSubjects, type SubjectRequest } from '../subjects.ts';
import { downloadReferrers } from './download.ts';
import { openDownloadFolder, requireDownloadFolder } from './download-folder.ts';
import { parseFilter } from './filter-lines.ts';
import { keepLatest, type LatestResult } from './keep-latest.ts';
import { selectedReferrers } from './map-referrers.ts';
import { readOnlyFile } from './only-file.ts';
import type { ListOptions } from './options.ts';
import { decideOutcome } from './outcome.ts';
import { parsePlatformChoice } from './platform-choice.ts';
import { proveCount, standingRows } from './prove-count.ts';
import { type ProveOptions, proveListed, rowKey, undecidedRows } from './prove-listed.ts';
import type { DownloadedFile, ListedImage, ListResult } from './result.ts';

/** One image's part of the run. */
interface Listed {
  readonly image: ListedImage;
  readonly store?: Store;
  /** `latest-ambiguous`: there is a list, but not the one that was asked for. */
  readonly error?: CodedError | undefined;
}

/**
 * Lists the referrers of every image. One image that fails hides none of the others: it stands in the result with its
 * error. Throws only for what is wrong with the options, before any request.
 */
export async function runList(options: ListOptions, context: CommandContext): Promise<ListResult> {
  const { subjects, warnings } = requireSubjects(options);
  const folder = folderOf(options, context);
  const query = buildQuery(options, capabilitiesOfRun(context.capabilities ?? createCapabilityMemory()));
  for (const warning of warnings) context.onWarning?.(warning);
  const listed = await Promise.all(subjects.map((subject) => listImage(subject, query, options, context)));
  const download = await downloadListed(listed, query, folder, context);
  return buildResult(download.listed, download, options, warnings);
}

/** In place of a folder: the only file goes to stdout, which a workflow's step has for its log. */
const STDOUT = '-';

/**
 * Where files go to, by its words. Throws `file-outside-workspace`, `input-invalid`. On the command line it may lie
 * anywhere, and be stdout.
 */
function folderOf({ download }: ListOptions, { workspace, readsAnywhere }: CommandContext): string | undefined {
  if (download === undefined) return undefined;
  if (download === STDOUT) {
    if (readsAnywhere === true) return STDOUT;
    throw new CodedError('input-invalid', 'download: - is stdout, which takes a file on the command line only', {
      hint: 'Give a folder, such as referrers.',
    });
  }
  const folder = readsAnywhere === true ? resolve(workspace, download) : download;
  requireDownloadFolder(folder, workspace);
  return folder;
}

type Query = Pick<
  ListReferrersRequest,
  'capabilities' | 'depth' | 'distributionSpec' | 'includeIndex' | 'platforms' | 'sources' | 'trustHints' | 'verify'
> & { readonly filter: ReturnType<typeof parseFilter> };

function buildQuery(options: ListOptions, capabilities: CapabilityMemory): Query {
  return {
    ...parsePlatformChoice(options.platforms),
    filter: parseFilter(options),
    depth: options.depth,
    sources: options.sources,
    verify: options.verify,
    distributionSpec: options.distributionSpec,
    trustHints: options.minCount === 0, // a hint may save a request, it may not open or shut a gate
    capabilities,
  };
}

async function listImage(
  { reference, requested }: SubjectRequest,
  query: Query,
  options: ListOptions,
  context: CommandContext,
): Promise<Listed> {
  const { signal, onWarning } = context;
  try {
    const store = await context.openStore(reference);
    const target = await resolveTarget(reference, store, signal);
    const tree = await listReferrers({ ...query, store, requested, target, signal, onWarning });
    const { length } = selectedReferrers(tree);
    context.onStep?.(`${requested}: ${length} ${length === 1 ? 'referrer' : 'referrers'}`);
    const prove: ProveOptions = { store, filter: query.filter, signal, onWarning };
    const { tree: chosen, error } = await chooseRows(tree, options, prove);
    return { image: { requested, tree: chosen }, store, error };
  } catch (thrown) {
    return { image: { requested, error: toCodedError(thrown) } };
  }
}

/** The rows that are asked for: the latest, if only they are, and proved as far as min-count needs them. */
async function chooseRows(
  tree: ReferrersTree,
  { latest, sortAnnotation, minCount }: ListOptions,
  prove: ProveOptions,
): Promise<Pick<LatestResult, 'tree'> & Partial<LatestResult>> {
  if (!latest) return { tree: await proveCount(tree, minCount, prove) };
  const known = await proveListed(tree, undecidedRows(tree), prove);
  const chosen = keepLatest(known, sortAnnotation);
  // what the bytes say may move a row among others, of which again only the latest counts
  const proved = keepLatest(await proveCount(chosen.tree, minCount, prove), sortAnnotation);
  return { tree: proved.tree, error: chosen.error ?? proved.error };
}

interface Downloaded {
  readonly listed: readonly Listed[];
  readonly downloads: readonly DownloadedFile[];
  readonly content?: Uint8Array;
  readonly error?: CodedError | undefined;
}

/** The files of every image whose list is the one that was asked for. */
async function downloadListed(
  listed: readonly Listed[],
  query: Query,
  folder: string | undefined,
  context: CommandContext,
): Promise<Downloaded> {
  if (folder === undefined) return { listed, downloads: [] };
  try {
    const known = await Promise.all(listed.map((one) => withManifests(one, query, context)));
    const requests = known.flatMap(({ image: { tree }, store, error }) =>
      tree === undefined || store === undefined || error !== undefined
        ? []
        : [{ store, referrers: selectedReferrers(tree) }],
    );
    if (folder === STDOUT) {
      return { listed: known, downloads: [], content: await readOnlyFile(requests, context.signal) };
    }
    const root = await openDownloadFolder(folder, context.workspace);
    return { listed: known, downloads: await downloadReferrers(root, requests, context.signal) };
  } catch (thrown) {
    return { listed, downloads: [], error: toCodedError(thrown) };
  }
}

/** Which files a row has is in its manifest, which rows that were not proved lack. */
async function withManifests(one: Listed, query: Query, context: CommandContext): Promise<Listed> {
  const { image, store } = one;
  if (image.tree === undefined || store === undefined) return one;
  const unread = selectedReferrers(image.tree).filter((row) => row.manifest === undefined);
  const options = { store, filter: query.filter, signal: context.signal, onWarning: context.onWarning };
  return { ...one, image: { ...image, tree: await proveListed(image.tree, unread, options) } };
}

function buildResult(
  listed: readonly Listed[],
  { downloads, content, error }: Downloaded,
  options: ListOptions,
  warnings: readonly Warning[],
): ListResult {
  const images = listed.map(({ image }) => image);
  const trees = images.flatMap(({ tree }) => tree ?? []);
  const count = countRows(trees, (tree) => selectedReferrers(tree).map(rowKey));
  const proved = countRows(trees, (tree) => [...standingRows(tree)]);
  const later = [...listed.flatMap((one) => one.error ?? []), ...(error === undefined ? [] : [error])];
  const outcome = decideOutcome({ images, proved, later, options });
  return {
    images,
    count,
    minCount: options.minCount,
    complete: images.every(({ tree }) => tree?.complete === true),
    downloads,
    content: outcome === undefined ? content : undefined,
    warnings: [...warnings, ...trees.flatMap((tree) => tree.warnings)],
    error: outcome,
  };
}

/** Two tags of one image list the same rows; they count once. */
function countRows(trees: readonly ReferrersTree[], keysOf: (tree: ReferrersTree) => readonly string[]): number {
  return new Set(trees.flatMap((tree) => keysOf(tree).map((key) => `${tree.repository} ${key}`))).size;
}
