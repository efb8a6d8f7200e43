import { toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { Digest } from '../../oci/digest.ts';
import { formatRepository } from '../../oci/reference.ts';
import { attachArtifacts } from '../../referrers/attach-artifacts.ts';
import { awaitImage } from '../../referrers/await-image.ts';
import type { CommandContext } from '../context.ts';
import { resolveTarget } from '../resolve-target.ts';
import {
  type ParsedSubjects,
  parseSubjects,
  requireOneRegistry,
  requireSubjects,
  type SubjectRequest,
} from '../subjects.ts';
import { readArtifactsList } from './artifacts-list.ts';
import { AttachPlan } from './attach-plan.ts';
import { artifactsToPrepare, chooseTargets } from './attach-targets.ts';
import { describeRow, failedImage, rowOf } from './attached-row.ts';
import type { AttachOptions } from './options.ts';
import { PlanGate, type PlanPass } from './plan-gate.ts';
import type { AttachedRow, AttachResult } from './result.ts';
import { checkSignOptions } from './sign/check-sign-options.ts';
import type { Signing } from './sign/signing.ts';
import { type SubjectClaim, SubjectClaims } from './subject-claims.ts';

/**
 * Attaches the files to every image. One image that fails hides none of the others: it stands in the result as a row
 * with its error; so do those that an end of the run (its deadline, an interrupt) cut short. Throws only for what is wrong with the inputs, before any request.
 */
export async function runAttach(options: AttachOptions, context: CommandContext): Promise<AttachResult> {
  const { subjects, warnings: lowered } = await findSubjects(options, context);
  const signing = await openSigning(options, context);
  const plan = await AttachPlan.checked(options, context, signing);
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    context.onWarning?.(warning);
  };
  for (const warning of lowered) warn(warning);
  const gate = new PlanGate(subjects.length);
  const claims = new SubjectClaims();
  const images = await Promise.all(
    subjects.map((subject) => {
      const claim = claims.next(formatRepository(subject.reference));
      return attachToImage(subject, plan, { pass: gate.pass(), claim, signing }, options, context, warn);
    }),
  );
  return {
    rows: images.flatMap((image) => image.rows),
    subjectDigests: images.flatMap((image) => (image.digest === undefined ? [] : [image.digest])),
    warnings,
    dryRun: options.dryRun,
    ...(signing && { bundles: signing.bundles }),
  };
}

/** Loaded only where something is to be signed. */
async function openSigning(options: AttachOptions, context: CommandContext): Promise<Signing | undefined> {
  checkSignOptions(options);
  if (options.sign === 'none') return undefined;
  const { Signing } = await import('./sign/signing.ts');
  return Signing.open(options, context);
}

/** The images of the inputs; without any, those that the job has built. */
async function findSubjects(options: AttachOptions, context: CommandContext): Promise<ParsedSubjects> {
  const given = parseSubjects(options);
  if (given.subjects.length > 0) return given;
  const built = await readArtifactsList(context.env);
  if (built === undefined || built.length === 0) return requireSubjects(options);
  requireOneRegistry(built, options);
  context.onStep?.(
    `image is not set: taking ${built.map(({ requested }) => requested).join(', ')} from the job's list of artifacts`,
  );
  return { subjects: built, warnings: [] };
}

interface AttachedImage {
  readonly digest: Digest | undefined;
  readonly rows: readonly AttachedRow[];
}

/** What ties an image to the others of the run. */
interface Place {
  readonly pass: PlanPass;
  readonly claim: SubjectClaim;
  readonly signing: Signing | undefined;
}

async function attachToImage(
  { reference, requested }: SubjectRequest,
  plan: AttachPlan,
  { pass, claim, signing }: Place,
  options: AttachOptions,
  context: CommandContext,
  warn: (warning: Warning) => void,
): Promise<AttachedImage> {
  const repository = formatRepository(reference);
  const { signal } = context;
  let digest: Digest | undefined;
  try {
    const store = await context.openStore(reference);
    const target = await resolveTarget(reference, store, signal);
    let isLate = false;
    const onWait = (): void => {
      isLate = true;
      context.onStep?.(`${requested} is not on the registry, or not yet: asking again for a few seconds`);
    };
    const planning = awaitImage(store, target, { signal, onWait }).then(async ({ manifest }) => {
      if (!(await claim.take(manifest.digest))) return []; // no row, and no digest, of its own
      digest = manifest.digest;
      return chooseTargets({ store, requested, manifest, plan, options, signal, warn });
    });
    planning.catch(() => claim.leave()); // the images after this one wait for its word
    const targets = pass.hold(planning);
    targets.catch(() => undefined); // awaited by attachArtifacts
    const known = plan.choice === 'index' && typeof target === 'string' ? target : undefined;
    const request = {
      store,
      early: await artifactsToPrepare(plan, known, options),
      earlySubject: known,
      isSubjectLate: () => isLate,
      ifExists: options.ifExists,
      dryRun: options.dryRun,
      uniqueTags: options.uniqueTags,
      distributionSpec: options.distributionSpec,
      capabilities: context.capabilities,
      signal,
      onWarning: warn,
      onProgress: context.onProgress,
    };
    const rows =
      signing === undefined
        ? (await attachArtifacts({ ...request, targets })).map((outcome) => rowOf(repository, outcome))
        : await signing.attach({ ...request, targets }, repository);
    for (const row of rows) context.onStep?.(describeRow(row));
    return { digest, rows };
  } catch (thrown) {
    const error = toCodedError(thrown);
    claim.leave();
    pass.fail(error);
    return { digest, rows: [failedImage(repository, digest, error)] };
  }
}
