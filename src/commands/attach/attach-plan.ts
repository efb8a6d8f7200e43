import { CodedError } from '../../errors/coded-error.ts';
import { parseArtifactType } from '../../oci/artifact-type.ts';
import type { Platform } from '../../oci/descriptor.ts';
import { parsePlatform } from '../../oci/platform.ts';
import type { CommandContext } from '../context.ts';
import { parseAnnotationLines } from './annotation-lines.ts';
import { createdFromEnv } from './created.ts';
import { FileCache } from './file-content.ts';
import { type FileLine, parseFileLines } from './file-line.ts';
import { fileRootsOf } from './file-roots.ts';
import type { AttachOptions } from './options.ts';
import { type PlannedArtifact, type PlanOptions, planArtifacts } from './plan-artifacts.ts';
import { needsPlatform, prepareFiles } from './prepare.ts';
import { replaceRefusal } from './replace-refusal.ts';
import type { FileRoots } from './workspace-path.ts';

/** What of an image is attached to. */
export type PlatformChoice = 'index' | 'all' | readonly Platform[];

/** What else each artifact must be fit for. */
export interface ArtifactCheck {
  check(artifact: PlannedArtifact): Promise<void>;
}

/** The files of a run, checked; what is attached may depend on the platform. */
export class AttachPlan {
  readonly choice: PlatformChoice;
  /** Whether a file's name holds a placeholder. */
  readonly perPlatform: boolean;
  readonly #lines: readonly FileLine[];
  readonly #options: PlanOptions;
  readonly #replace: boolean;
  readonly #also: ArtifactCheck | undefined;
  readonly #roots: FileRoots;
  readonly #cache = new FileCache();
  readonly #common: Promise<readonly PlannedArtifact[]> | undefined;

  private constructor(options: AttachOptions, context: CommandContext, also: ArtifactCheck | undefined) {
    this.#also = also;
    const artifactType = options.artifactType === undefined ? undefined : parseArtifactType(options.artifactType);
    this.#options = {
      artifactType,
      annotations: parseAnnotationLines(options.annotations),
      created: createdFromEnv(context.env),
    };
    this.#lines = parseFileLines(options.files);
    this.#replace = options.ifExists === 'replace';
    this.#roots = fileRootsOf(context);
    this.perPlatform = needsPlatform(this.#lines);
    this.choice = parseChoice(options.platforms, this.perPlatform);
    this.#common = this.perPlatform ? undefined : this.#make(undefined);
    this.#common?.catch(() => undefined); // awaited by checked()
  }

  /** Checks every file that can be known before the image is read: all but those of platforms that the image will name. */
  static async checked(options: AttachOptions, context: CommandContext, also?: ArtifactCheck): Promise<AttachPlan> {
    const plan = new AttachPlan(options, context, also);
    await plan.#common;
    if (plan.perPlatform && typeof plan.choice !== 'string') {
      for (const platform of plan.choice) await plan.#make(platform);
    }
    return plan;
  }

  /** The artifacts that every subject gets; undefined where they differ by platform. */
  get common(): Promise<readonly PlannedArtifact[]> | undefined {
    return this.#common;
  }

  async artifactsFor(platform: Platform | undefined): Promise<readonly PlannedArtifact[]> {
    return (await this.#common) ?? this.#make(platform);
  }

  async #make(platform: Platform | undefined): Promise<readonly PlannedArtifact[]> {
    const files = await prepareFiles(this.#lines, { ...this.#roots, platform, cache: this.#cache });
    const artifacts = await planArtifacts(files, this.#options);
    if (this.#replace) refuseReplace(artifacts);
    for (const artifact of artifacts) await this.#also?.check(artifact);
    return artifacts;
  }
}

function refuseReplace(artifacts: readonly PlannedArtifact[]): void {
  const roles = new Set<string>();
  for (const artifact of artifacts) {
    const why = replaceRefusal(artifact);
    if (why !== undefined) {
      throw new CodedError('replace-refused', `if-exists: replace is refused: ${why}`, {
        hint: 'What somebody signed is evidence of its moment: use if-exists: skip or add.',
      });
    }
    const titles = artifact.layers.map(({ file }) => file.title);
    const role = JSON.stringify([artifact.artifactType, ...titles]);
    if (roles.has(role)) throw ambiguousReplace(artifact.artifactType, titles);
    roles.add(role);
  }
}

function ambiguousReplace(artifactType: string, titles: readonly string[]): CodedError {
  return new CodedError(
    'replace-refused',
    `if-exists: replace is refused: two artifacts of this run are both ${artifactType} with ${titles.join(', ')}`,
    { hint: 'Which older one each of them replaces cannot be told: give the files different names.' },
  );
}

function parseChoice(lines: readonly string[], perPlatform: boolean): PlatformChoice {
  const words = [...new Set(lines)];
  const [only] = words;
  if (only === undefined) return perPlatform ? 'all' : 'index';
  if (words.length === 1 && (only === 'index' || only === 'all')) return only;
  const word = words.find((one) => one === 'index' || one === 'all');
  if (word === undefined) return words.map(parsePlatform);
  throw new CodedError(
    'input-conflict',
    `platforms: ${word} is given together with ${words.filter((one) => one !== word).join(', ')}`,
    {
      hint: 'Give index or all alone, or name the platforms. The index and its platforms take two steps.',
    },
  );
}
