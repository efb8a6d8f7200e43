import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender, Order } from './contender.ts';
import type { Field } from './find-contenders.ts';
import { USER } from './ground.ts';
import { runCommands, startWarmProcess, type WarmProcess } from './measured-run.ts';
import type { RowResult, Samples } from './results.ts';
import type { Scene } from './rows.ts';

export interface RowPlan {
  readonly dist: string;
  readonly packages: string;
  readonly delayMs: number;
  /** Turns without the delay, and with it. */
  readonly quick: number;
  readonly slow: number;
}

interface Taking {
  readonly contender: Contender;
  readonly warm: WarmProcess | undefined;
  readonly samples: { readonly quick: Samples['quick'][number][]; readonly slow: Samples['slow'][number][] };
}

/** Everybody in turn, once to warm up, then as often as planned. */
export async function runRow(scene: Scene, field: Field, plan: RowPlan): Promise<RowResult> {
  const { act, title } = scene.row;
  const taking: Taking[] = [];
  const absent = [...field.refused];
  try {
    for (const contender of field.contenders) {
      const job = contender.job(orderOf(scene, { name: '', reference: ':1' }));
      if ('cannot' in job) {
        if (!contender.name.startsWith('ours, Action, no more')) absent.push({ name: contender.name, why: job.cannot });
        continue;
      }
      const warm =
        'warm' in job ? await startWarmProcess(job.warm, job.warm === 'ours' ? plan.dist : plan.packages) : undefined;
      taking.push({ contender, warm, samples: { quick: [], slow: [] } });
    }
    for (const kind of ['quick', 'slow'] as const) {
      await scene.ground.order({ delayMs: kind === 'slow' ? plan.delayMs : 0 });
      // a turn before the first that counts: files that are read for the first time, connections of the warm ones
      const lead = kind === 'quick' && act !== 'upload' ? 1 : 0;
      for (let turn = -lead; turn < plan[kind]; turn++) {
        for (const one of taking) {
          const run = await runOnce(scene, one, act === 'upload' && kind === 'quick').catch((error: unknown) => {
            throw new Error(`${scene.row.id}, ${one.contender.name}: ${String(error)}`);
          });
          if (turn >= 0) one.samples[kind].push(run);
        }
      }
      console.error(`${scene.row.id} ${title}: ${kind} done`);
    }
  } finally {
    for (const { warm } of taking) warm?.stop();
  }
  return { row: scene.row, absent, samples: taking.map(({ contender, samples }) => ({ contender, ...samples })) };
}

function orderOf(scene: Scene, image: Pick<Order, 'name' | 'reference'>, folder = scene.folder): Order {
  const { row, ground, file, platforms } = scene;
  const host = image.name.split('/', 1)[0] ?? '';
  return { ...image, act: row.act, host, file, folder, platforms, user: ground.asksForToken ? USER : undefined };
}

async function runOnce(scene: Scene, { contender, warm }: Taking, direct: boolean): Promise<Samples['slow'][number]> {
  const { ground } = scene;
  const image = await scene.next();
  if (scene.row.act !== 'upload') await writeFreshFile(join(scene.folder, scene.file));
  const name = direct ? image.name.replace(ground.host, ground.direct) : image.name;
  const order = orderOf(scene, { name, reference: image.reference });
  await ground.order({ clear: true });
  const job = contender.job(order);
  if ('cannot' in job) throw new Error(job.cannot);
  const run = 'commands' in job ? await runCommands(job.commands, scene.folder) : await warm?.run(order);
  if (run === undefined) throw new Error('no process to ask');
  const { requests, rounds } = await ground.order({});
  await scene.check(image, 'output' in run ? String(run.output) : undefined);
  return { wallMs: run.wallMs, cpuMs: run.cpuMs, rssMiB: run.rssMiB, requests, rounds };
}

/** 8 kB that the registry has in no repository: some mount a blob from wherever they have it. */
async function writeFreshFile(path: string): Promise<void> {
  await writeFile(path, JSON.stringify({ findings: [], pad: randomBytes(4096).toString('hex') }));
}
