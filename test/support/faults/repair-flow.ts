import { BY_TAG } from '../attaching.ts';
import { repair } from '../repair-run.ts';
import { pushSampleReferrer, type SampleImage } from '../sample-image.ts';
import { type AttachWorld, startAttachWorld } from './attach-flow.ts';
import type { Flow, FlowEnd } from './flow.ts';

export interface RepairWorld extends AttachWorld {
  /** What the list lacks. */
  readonly lost: SampleImage;
  repairInputsFor(host: string, inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}

/** A list that names one referrer of two; the digest of the other is given. */
export async function startRepairWorld(): Promise<RepairWorld> {
  const world = await startAttachWorld(BY_TAG);
  const lost = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"lost"' });
  world.registry.clearLog();
  const { digest } = lost.descriptor;
  return {
    ...world,
    lost,
    repairInputsFor: (host, inputs) => ({ image: `${host}/acme/app:v1`, digests: digest, ...inputs }),
  };
}

export const repairByTag: Flow = {
  name: 'repair, tag schema',
  prepare: async () => {
    const world = await startRepairWorld();
    const { registry, other, lost } = world;
    return {
      registry,
      run: async (host, { inputs, env, class: kind, lasting }) => {
        const run = await repair(world.repairInputsFor(host, inputs), env);
        const listed = (await world.listed()).map(({ digest }) => digest);
        const [row] = run.rows;
        return judgeRepair({
          status: row?.status ?? 'none',
          wasUnread: row?.entries.some(({ change }) => change === 'unread') ?? false,
          errors: run.errors,
          warnings: run.warnings.map(({ code }) => code),
          others: listed.filter((one) => one === other.descriptor.digest).length,
          founds: listed.filter((one) => one === lost.descriptor.digest).length,
          lies: kind === 'lie',
          deceived: kind === 'lie' && lasting,
        });
      },
      close: world.close,
    };
  },
};

interface RepairFacts {
  readonly status: string;
  readonly wasUnread: boolean;
  readonly errors: FlowEnd['errors'];
  readonly warnings: readonly string[];
  /** How often the list holds what stood in it, and what it lacked. */
  readonly others: number;
  readonly founds: number;
  readonly lies: boolean;
  readonly deceived: boolean;
}

/** What was listed stays listed, once; what is said to be repaired, or to be sound, is whole. */
function judgeRepair(facts: RepairFacts): FlowEnd {
  const { status, wasUnread, errors, warnings, others, founds, lies, deceived } = facts;
  const wrongs: string[] = [];
  // a registry that denies the manifest itself has it taken out of the list, as it would any other that is gone
  if (others !== 1 && !(lies && (status === 'repaired' || deceived)))
    wrongs.push(`the entry is listed ${others} times`);
  if (founds > 1) wrongs.push(`what was lost is listed ${founds} times`);
  const isSaidWhole = (status === 'repaired' || status === 'sound') && !wasUnread;
  if (isSaidWhole && founds !== 1 && !lies) wrongs.push(`${status}, and what was lost is listed ${founds} times`);
  if ((status === 'failed' || wasUnread) && errors.length === 0) wrongs.push(`${status} without an error`);
  if (status === 'none' && errors.length === 0) wrongs.push('no row, and nothing says why');
  const reached = status === 'repaired' && errors.length === 0 && others === 1 && founds === 1;
  return { word: status, reached, errors, said: [], warnings, wrongs };
}
