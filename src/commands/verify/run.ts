import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { RootInfo, Trust } from '../../evidence/trust.ts';
import { cacheBlobs } from '../../gate/blob-cache.ts';
import { ByteTurns } from '../../gate/byte-turns.ts';
import { inParallel } from '../../gate/in-parallel.ts';
import { type JudgeRequest, judgeImage, TURN_BYTES } from '../../gate/judge-image.ts';
import { createStoreMemory, memoizeStore } from '../../gate/memoizing-store.ts';
import { planEvidence } from '../../policy/plan-evidence.ts';
import { worstVerdict } from '../../policy/verdict.ts';
import { capabilitiesOfRun, createCapabilityMemory } from '../../referrers/capability.ts';
import { chooseSources } from '../../referrers/list-settings.ts';
import { REFERRER_SOURCES } from '../../referrers/types.ts';
import type { Store } from '../../store/store.ts';
import type { CommandContext } from '../context.ts';
import { resolveTarget } from '../resolve-target.ts';
import { onlyRepositoryOf, type SubjectRequest } from '../subjects.ts';
import { attestationRepositories } from './attestation-repositories.ts';
import { readBaselineInput, withBaseline } from './baseline.ts';
import { choosePolicy, refuseRuleInputs } from './choose-policy.ts';
import type { EvidenceFolder } from './evidence-folder.ts';
import { createRootFetcher } from './fetch-roots.ts';
import { readImages } from './image-lines.ts';
import { loadBundles } from './load-bundles.ts';
import { loadTrusts } from './load-trusts.ts';
import { openGithub } from './open-github.ts';
import type { VerifyOptions } from './options.ts';
import { OutsideBytes } from './outside-bytes.ts';
import { openPolicyFiles } from './policy-files.ts';
import { type PullRequest, readPullRequest } from './pull-request.ts';
import type { PolicyUsed, VerifiedImage, VerifyResult } from './result.ts';
import { chooseShard, parseShard, type Shard } from './shard.ts';

/** Images that are looked at together: each holds its evidence in memory. */
const PARALLEL = 32;

/**
 * Judges every image by one policy. Inputs, policy and trust material are read and checked first, then anything is
 * asked of a registry. An image that cannot be judged stands in the result with its error and hides no other. Throws
 * only for what is wrong with the inputs, the policy or its material; where those cannot be had (the base of a pull
 * request has no policy, a root cannot be fetched) that is a result, too: unknown.
 */
export async function runVerify(options: VerifyOptions, context: CommandContext): Promise<VerifyResult> {
  if (options.reports.length > 0) return joinReports(options, context);
  const checkedAt = context.now();
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    context.onWarning?.(warning);
  };
  // first of all: what is not this run's is not to be taken for it, however this one ends
  const folder = await openEvidenceFolder(options, context);
  const { subjects: all, warnings: ofNames } = await readImages(options, context);
  const { subjects, shard } = takeShard(all, options.shard);
  const repository = onlyRepositoryOf(all);
  const baseline = readBaselineInput(options.baseline, all);
  if (shard !== undefined && subjects.length === 0) warn(emptyShard(shard));
  for (const warning of ofNames) warn(warning);
  const pullRequest = await readPullRequest(context.env);
  if (pullRequest?.event === 'pull_request_target') warn(PULL_REQUEST_TARGET);
  const prepared = await prepareOrSay(options, pullRequest, context);
  if (prepared instanceof CodedError) {
    return {
      verdict: 'unknown',
      mode: options.mode,
      used: undefined,
      images: [],
      repository,
      shard,
      warnings,
      error: prepared,
      download: await folder?.finish(),
      checkedAt,
    };
  }
  const images = await judgeAll(subjects, baseline, { ...prepared, folder }, context, checkedAt, warn);
  const roots = rootsOf(await prepared.request.trusts());
  return {
    verdict: worstVerdict(images.map(({ verdict }) => verdict?.verdict ?? 'unknown')),
    mode: options.mode,
    used: { ...prepared.used, roots },
    images,
    repository,
    shard,
    warnings,
    download: await folder?.finish(),
    checkedAt,
  };
}

/** In place of judging images: the reports of those that did. */
async function joinReports(options: VerifyOptions, context: CommandContext): Promise<VerifyResult> {
  refuseRuleInputs(
    options,
    'reports',
    'Reports tell how images were judged: the rules belong to the jobs that write them.',
    context.labelOption,
  );
  if (options.download !== undefined) throw downloadOfReports(context);
  const { runMerge } = await import('./run-merge.ts');
  return runMerge(options, context);
}

function downloadOfReports({ labelOption: label = (name) => name }: CommandContext): CodedError {
  return new CodedError('input-conflict', `${label('reports')} and ${label('download')} cannot be given together`, {
    hint: 'Reports hold no documents: give download to the jobs that write them.',
  });
}

/** Loaded only where it is asked for. */
async function openEvidenceFolder(
  { download }: VerifyOptions,
  context: CommandContext,
): Promise<EvidenceFolder | undefined> {
  if (download === undefined) return undefined;
  const { EvidenceFolder: Folder } = await import('./evidence-folder.ts');
  return Folder.open(download, context);
}

/** The part of the images that this run is for; without `shard` all of them. Throws `input-invalid`. */
function takeShard(
  subjects: readonly SubjectRequest[],
  text: string | undefined,
): { readonly subjects: readonly SubjectRequest[]; readonly shard: VerifyResult['shard'] } {
  if (text === undefined) return { subjects, shard: undefined };
  const names = subjects.map(({ requested }) => requested);
  const { images, shard } = chooseShard(names, parseShard(text));
  const chosen = new Set(images);
  return { subjects: subjects.filter(({ requested }) => chosen.has(requested)), shard };
}

function emptyShard({ number, of, total }: Shard): Warning {
  const message = `shard ${number}/${of} of ${total} images is empty: nothing was judged here, and this run holds nothing back`;
  return { code: 'shard-empty', message };
}

const PULL_REQUEST_TARGET: Warning = {
  code: 'pull-request-target',
  message:
    'the gate runs under pull_request_target: the job has the rights of the base, so nothing of the pull request may be run in it. The policy is read at the base.',
};

/** What judging needs, all of it checked. */
interface Prepared {
  readonly outside: OutsideBytes;
  readonly used: Omit<PolicyUsed, 'roots'>;
  readonly request: Omit<JudgeRequest, 'store' | 'requested' | 'target' | 'now' | 'signal'>;
}

/** What could not be had is no fault of the inputs: nobody can say what the verdict would be. */
async function prepareOrSay(
  options: VerifyOptions,
  pullRequest: PullRequest | undefined,
  context: CommandContext,
): Promise<Prepared | CodedError> {
  try {
    return await prepare(options, pullRequest, context);
  } catch (thrown) {
    const isUndecided = thrown instanceof CodedError && thrown.exitCode === 3 && thrown.code !== 'internal';
    if (isUndecided && !context.signal.aborted) return thrown;
    throw thrown;
  }
}

async function prepare(
  options: VerifyOptions,
  pullRequest: PullRequest | undefined,
  context: CommandContext,
): Promise<Prepared> {
  const { distributionSpec } = options;
  const sources = REFERRER_SOURCES.filter((source) => options.sources.includes(source));
  if (sources.length > 0) chooseSources({ sources, distributionSpec });
  const github = openGithub(options, context);
  const files = openPolicyFiles(options, pullRequest, github, context);
  const { policy, ...place } = await choosePolicy(options, files, context);
  const bundles = await loadBundles(options.bundles, context);
  const repositories = attestationRepositories(options, policy, context.env);
  const trusts = await loadTrusts(policy.trust, {
    files,
    mustPin: options.policySha256 !== undefined,
    isUsed: (name) => planEvidence(policy).trusts.has(name),
    fetchRoots: createRootFetcher(context.now),
  });
  const outside = new OutsideBytes(bundles);
  const remembering = options.download === undefined ? github : outside.remember(github);
  return {
    used: { policy, ...place },
    outside,
    request: {
      policy,
      trusts,
      bundles,
      github: repositories.length > 0 ? { client: remembering, repositories } : undefined,
      sources,
      distributionSpec,
      capabilities: capabilitiesOfRun(context.capabilities ?? createCapabilityMemory()),
      missingPlatforms: options.missingPlatforms,
    },
  };
}

function rootsOf(trusts: ReadonlyMap<string, Trust>): PolicyUsed['roots'] {
  const infos = (trust: Trust): RootInfo[] => {
    if (trust.kind === 'sigstore') return trust.roots.map(({ info }) => info);
    return trust.kind === 'key' && trust.root !== undefined ? [trust.root.info] : [];
  };
  return new Map([...trusts].map(([name, trust]) => [name, infos(trust)]));
}

async function judgeAll(
  subjects: readonly SubjectRequest[],
  baseline: SubjectRequest | undefined,
  { request, outside, folder }: Prepared & { readonly folder: EvidenceFolder | undefined },
  context: CommandContext,
  now: Date,
  warn: (warning: Warning) => void,
): Promise<readonly VerifiedImage[]> {
  const { signal, blobs } = context;
  // what two images of a repository share is asked for once
  const remembering = new Map<Store, Store>();
  const memory = createStoreMemory();
  const turns = new ByteTurns(TURN_BYTES);
  const remember = (store: Store): Store => {
    const known =
      remembering.get(store) ?? memoizeStore(blobs === undefined ? store : cacheBlobs(store, blobs), memory);
    remembering.set(store, known);
    return known;
  };
  const judgeOne = async ({ reference, requested }: SubjectRequest, into?: EvidenceFolder): Promise<VerifiedImage> => {
    try {
      const store = remember(await context.openStore(reference));
      const target = await resolveTarget(reference, store, signal);
      const thorough = baseline !== undefined;
      const { verdict, warnings } = await judgeImage({
        ...request,
        store,
        requested,
        target,
        now,
        signal,
        thorough,
        turns,
      });
      for (const warning of warnings) warn(warning);
      context.onStep?.(`${requested}: ${verdict.verdict}`);
      await into?.add(verdict, store, outside);
      return { requested, verdict };
    } catch (thrown) {
      return { requested, error: toCodedError(thrown) };
    }
  };
  const images = await inParallel(subjects, PARALLEL, (subject) => judgeOne(subject, folder));
  if (baseline === undefined) return images;
  const judged = await judgeOne(baseline);
  return images.map((image) => withBaseline(image, judged));
}
