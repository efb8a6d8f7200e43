import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import { formatPlatform } from '../../oci/platform.ts';
import { formatRepository } from '../../oci/reference.ts';
import { choosePlatforms } from '../../referrers/choose-platforms.ts';
import { allNodes } from '../../referrers/platform-nodes.ts';
import { repairReferrers } from '../../referrers/repair-referrers.ts';
import type { RepairedSubject } from '../../referrers/repair-types.ts';
import { fetchImage } from '../../referrers/resolve-subject.ts';
import type { Store } from '../../store/store.ts';
import type { CommandContext } from '../context.ts';
import { parsePlatformChoice } from '../list/platform-choice.ts';
import { resolveTarget } from '../resolve-target.ts';
import { requireSubjects, type SubjectRequest } from '../subjects.ts';
import { openGithub } from '../verify/open-github.ts';
import { repairErrors } from './exit-code.ts';
import type { RepairOptions } from './options.ts';
import { asksPackages, packageDigests } from './package-digests.ts';
import { PassedOver } from './passed-over.ts';
import type { RepairResult, RepairRow, UnreadPackages } from './result.ts';

/** One list that is to be looked at. */
interface Subject {
  readonly requested: string;
  readonly digest: Digest;
  readonly platform: string | undefined;
}

/** The images of one repository: what is enumerated serves all of them. */
interface Repository {
  readonly name: string;
  readonly images: readonly SubjectRequest[];
}

/**
 * Rebuilds the lists of referrers of every image that is given. What fails stands in the result with its error and
 * hides nothing else. Throws only for what is wrong with the options, before any request.
 */
export async function runRepair(options: RepairOptions, context: CommandContext): Promise<RepairResult> {
  const { subjects, warnings: lowered } = requireSubjects(options);
  const platforms = parsePlatformChoice(options.platforms);
  const given = options.digests.map((line) => parseDigest(line, 'digests'));
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    context.onWarning?.(warning);
  };
  for (const warning of lowered) warn(warning);
  const github = openGithub(options, context);
  const repositories = groupByRepository(subjects);
  const unreadPackages: UnreadPackages[] = [];
  const passedOver = new PassedOver();
  const warnOrHold = (warning: Warning): void => {
    if (!passedOver.hold(warning)) warn(warning);
  };
  const found = await Promise.all(
    repositories.map(async ({ name, images }) => {
      const [first] = images;
      if (first === undefined) return [];
      const { reference } = first;
      const isAsked = asksPackages(options, reference);
      const path = reference.kind === 'registry' ? reference.repository : name;
      const listed = isAsked ? packageDigests(github, path) : Promise.resolve([]);
      const fromPackages = listed.catch((thrown: unknown): readonly Digest[] => {
        unreadPackages.push({ repository: name, error: toCodedError(thrown) });
        return [];
      });
      return repairRepository({ name, images }, { options, platforms, given, fromPackages, context, warn: warnOrHold });
    }),
  );
  // a registry with the API keeps its lists itself, whatever digests are given
  const mayList = found.filter((rows) => rows.some(({ status }) => status !== 'api'));
  for (const warning of passedOver.of(mayList.length)) warn(warning);
  const rows = found.flat();
  return { rows, unreadPackages, errors: repairErrors({ rows, unreadPackages }), dryRun: options.dryRun, warnings };
}

function groupByRepository(subjects: readonly SubjectRequest[]): Repository[] {
  const groups = Map.groupBy(subjects, ({ reference }) => formatRepository(reference));
  return [...groups].map(([name, images]) => ({ name, images }));
}

interface Work {
  readonly options: RepairOptions;
  readonly platforms: ReturnType<typeof parsePlatformChoice>;
  readonly given: readonly Digest[];
  readonly fromPackages: Promise<readonly Digest[]>;
  readonly context: CommandContext;
  readonly warn: (warning: Warning) => void;
}

async function repairRepository({ name, images }: Repository, work: Work): Promise<RepairRow[]> {
  const { options, context, warn } = work;
  const failed: RepairRow[] = [];
  const resolved = await Promise.all(
    images.map((image) =>
      resolveSubjects(image, work, (error) => failed.push(failedRow(name, image.requested, error))).catch(
        (thrown: unknown): Subject[] => {
          failed.push(failedRow(name, image.requested, toCodedError(thrown)));
          return [];
        },
      ),
    ),
  );
  const subjects = [...new Map(resolved.flat().map((subject) => [subject.digest, subject])).values()];
  const [image] = images;
  const fromPackages = await work.fromPackages;
  if (image === undefined || subjects.length === 0) return failed;
  context.onStep?.(`${name}: ${subjects.length} lists, ${fromPackages.length} manifests known from the Packages API`);
  const repaired = await repairReferrers({
    store: await context.openStore(image.reference),
    subjects: subjects.map(({ digest }) => digest),
    given: work.given,
    enumerated: fromPackages,
    uniqueTags: options.uniqueTags,
    dryRun: options.dryRun,
    distributionSpec: options.distributionSpec,
    ...(context.capabilities && { capabilities: context.capabilities }),
    signal: context.signal,
    onWarning: warn,
  });
  return [...repaired.flatMap((one, i) => rowOf(name, subjects[i], one)), ...failed];
}

/** `onUnread` hears of each index inside the image's own whose platforms nobody knows. */
async function resolveSubjects(
  { reference, requested }: SubjectRequest,
  work: Work,
  onUnread: (error: CodedError) => void,
): Promise<Subject[]> {
  const { context, platforms, warn } = work;
  const { signal } = context;
  const store: Store = await context.openStore(reference);
  const target = await resolveTarget(reference, store, signal);
  const { manifest } = await fetchImage(store, target, { signal });
  const chosen = await choosePlatforms(manifest, { store, target, requested, ...platforms }, { store, signal, warn });
  for (const found of chosen.presence.values()) if (found instanceof CodedError) onUnread(found);
  return [
    ...(chosen.includeIndex ? [{ requested, digest: manifest.digest, platform: undefined }] : []),
    ...allNodes(chosen.platforms).map(({ descriptor, platform, kind }) => ({
      requested,
      digest: descriptor.digest,
      platform: kind === 'platform' ? platform && formatPlatform(platform) : 'nested index',
    })),
  ];
}

function rowOf(repository: string, subject: Subject | undefined, repaired: RepairedSubject): RepairRow[] {
  if (subject === undefined) return [];
  const { requested, platform, digest } = subject;
  const { status, entries, error, unlooked } = repaired;
  return [{ requested, repository, platform, subject: digest, status, entries, error, unlooked }];
}

function failedRow(repository: string, requested: string, error: RepairRow['error']): RepairRow {
  return { requested, repository, subject: undefined, status: 'failed', entries: [], error, unlooked: [] };
}
