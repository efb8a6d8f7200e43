import type { VerifyOptions } from './options.ts';
import type { VerifyResult } from './result.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Judged = Pick<VerifyResult, 'images' | 'shard'>;

/**
 * What stays the same of a gate from run to run, while tags and digests change with every build: workflow, job, step, the
 * job's number in its matrix, the shard, and the repository where all images are of one. The step's name is the
 * runner's (GITHUB_ACTION): its id, else what it uses, counted.
 */
export function gateKey(result: Judged, options: Pick<VerifyOptions, 'matrixJob'>, env: Env): string {
  const { GITHUB_WORKFLOW: workflow = '', GITHUB_JOB: job = '', GITHUB_ACTION: step = '' } = env;
  return JSON.stringify([workflow, job, step, matrixJobOf(options), shardOf(result), onlyRepositoryOf(result)]);
}

/** What a check run is called: the same in every run, so that a ruleset can require it, and in every job another. */
export function gateName(result: Judged, options: Pick<VerifyOptions, 'matrixJob'>, env: Env): string {
  const part = shardOf(result) ?? onlyRepositoryOf(result);
  return ['oci-referrers verify', env['GITHUB_JOB'], part, matrixJobOf(options)]
    .filter((text) => text !== undefined && text !== '')
    .join(' / ');
}

/** `2/8`, as a reader counts. */
function shardOf({ shard }: Judged): string | undefined {
  return shard === undefined ? undefined : `${shard.number}/${shard.of}`;
}

/**
 * The runner's `strategy.job-index/job-total`, from 0, as a reader counts: `2/4`. Undefined for the only job of its matrix,
 * and where there is none. Another text stands for itself.
 */
function matrixJobOf({ matrixJob }: Pick<VerifyOptions, 'matrixJob'>): string | undefined {
  const [, index, total] = /^(\d*)\/(\d*)$/.exec(matrixJob ?? '') ?? [];
  if (index === undefined || total === undefined) return matrixJob;
  return Number(total) > 1 ? `${Number(index) + 1}/${total}` : undefined;
}

/** As the user names it, without tag and digest; undefined where the images are of several repositories. */
function onlyRepositoryOf({ images }: Judged): string | undefined {
  const names = new Set(images.map(({ requested }) => requested.replace(/@.*$/, '').replace(/:[^:/]*$/, '')));
  const [only] = names;
  return names.size === 1 ? only : undefined;
}
