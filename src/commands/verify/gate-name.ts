import { createHash } from 'node:crypto';
import type { VerifyOptions } from './options.ts';
import type { VerifyResult } from './result.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Judged = Pick<VerifyResult, 'repository' | 'shard'>;

/** Characters of a check run's name: GitHub takes longer ones, and shows no more. */
const MAX_NAME_CHARS = 100;
const CUT = '...';

/**
 * What stays the same of a gate from run to run, while tags and digests change with every build: workflow, job, step, the
 * job's number in its matrix, the shard, and the repository where all images are of one. The step's name is the
 * runner's (GITHUB_ACTION): its id, else what it uses, counted. What came of the run is no part of it: a later run that
 * could judge nothing belongs in the same place.
 */
export function gateKey(result: Judged, options: Pick<VerifyOptions, 'matrixJob'>, env: Env): string {
  const { GITHUB_WORKFLOW: workflow = '', GITHUB_JOB: job = '', GITHUB_ACTION: step = '' } = env;
  return JSON.stringify([workflow, job, step, matrixJobOf(options), shardOf(result), imageOf(result)]);
}

/**
 * What a check run is called: the same in every run, so that a ruleset can require it, and another wherever the key is
 * another: of two of one name the later one would hide the earlier.
 */
export function gateName(result: Judged, options: Pick<VerifyOptions, 'matrixJob'>, env: Env): string {
  const { GITHUB_WORKFLOW: workflow, GITHUB_JOB: job } = env;
  const gate = joined(['oci-referrers verify', workflow, job, stepOf(env), matrixJobOf(options), shardOf(result)]);
  return withinLimit(gate, imageOf(result));
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((text) => text !== undefined && text !== '').join(' / ');
}

/** Cuts the image's beginning where the name is too long, and the rest only where that is; the hash tells names apart. */
function withinLimit(gate: string, image: string | undefined): string {
  const whole = joined([gate, image]);
  if (whole.length <= MAX_NAME_CHARS) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 12);
  const room = MAX_NAME_CHARS - joined([gate, `${CUT} ${hash}`]).length;
  if (image !== undefined && room > 0) return joined([gate, `${CUT}${image.slice(-room)} ${hash}`]);
  const end = `${CUT} ${hash}`;
  return `${gate.slice(0, MAX_NAME_CHARS - end.length)}${end}`;
}

/**
 * The step's id. A step without one has a name that the runner makes up and begins with `__`, which no id does: for this
 * action it is the owner, the repository and maybe the folder, counted from the second on. The first needs no word,
 * later ones are `#2`; another one (`__run_2`, `__self`) is `#run_2`. No id has a `#`.
 */
function stepOf({ GITHUB_ACTION: step, GITHUB_ACTION_REPOSITORY: repository }: Env): string | undefined {
  if (step === undefined || !step.startsWith('__')) return step;
  const [, base, count] = /^__(.+?)(?:_([0-9]+))?$/.exec(step) ?? [];
  const own = repository === undefined || repository === '' ? undefined : repository.replace('/', '_');
  if (own === undefined || (base !== own && base !== `${own}_verify`)) return `#${step.slice(2)}`;
  return count === undefined ? undefined : `#${count}`;
}

/** A fleet's list may be of one repository today, and of several tomorrow: its parts are told apart by number. */
function imageOf({ repository, shard }: Judged): string | undefined {
  return shard === undefined ? repository : undefined;
}

/** `shard 2/8`, which no number of a matrix is. */
function shardOf({ shard }: Judged): string | undefined {
  return shard === undefined ? undefined : `shard ${shard.number}/${shard.of}`;
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
