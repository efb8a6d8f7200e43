import type { Quirks } from '../../../src/embedded/quirks.ts';
import { type AttachChild, startAttachChild } from '../attach-child.ts';
import { type AttachInputs, attach } from '../attach-run.ts';
import { BY_TAG } from '../attaching.ts';
import { repair } from '../repair-run.ts';
import { type AttachWorld, attachByApi, attachByTag, attachSigned, SIGNED, startAttachWorld } from './attach-flow.ts';
import type { Flow } from './flow.ts';
import { repairByTag, startRepairWorld } from './repair-flow.ts';

/** A run that may be killed, in a world of its own. */
export interface KilledRun {
  readonly registryUrl: string;
  startChild(host: string, compileCache: string): Promise<AttachChild>;
  /** Runs the same again in peace, by the same name (a signed statement has it), and says what is wrong with the end. */
  rerun(host: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface KilledFlow {
  /** The same without a kill: its requests are counted. */
  readonly flow: Flow;
  start(): Promise<KilledRun>;
}

const INPUTS = { 'registry-username': 'user', 'registry-password': 'secret-of-user', concurrency: '1' };

export const KILLED_FLOWS: readonly KilledFlow[] = [
  { flow: attachByApi, start: () => startKilledAttach({}, {}) },
  { flow: attachByTag, start: () => startKilledAttach(BY_TAG, {}) },
  { flow: attachSigned, start: () => startKilledAttach(BY_TAG, SIGNED) },
  { flow: repairByTag, start: startKilledRepair },
];

async function startKilledAttach(quirks: Quirks, more: AttachInputs): Promise<KilledRun> {
  const world = await startAttachWorld(quirks);
  const { registry, workspace, other } = world;
  const inputsFor = (host: string): AttachInputs => world.inputsFor(host, { ...INPUTS, ...more });
  return {
    registryUrl: registry.url,
    startChild: (host, compileCache) => startAttachChild(workspace.path, inputsFor(host), { compileCache }),
    rerun: async (host) => {
      const { rows } = await attach(inputsFor(host), { workspace: workspace.path });
      const undone = rows.filter(({ status }) => status !== 'attached' && status !== 'unchanged');
      const digests = rows.flatMap(({ digest }) => digest ?? []);
      const expected = more['sign'] === undefined ? 1 : 2;
      return [
        ...(digests.length === expected ? [] : [`${digests.length} digests of ${expected}`]),
        ...undone.map(({ status, error }) => `the rerun: ${status} ${error}`),
        ...(await wrongsOfList(world, [other.descriptor.digest, ...digests])),
      ];
    },
    close: world.close,
  };
}

async function startKilledRepair(): Promise<KilledRun> {
  const world = await startRepairWorld();
  const { registry, workspace, other, lost } = world;
  const inputsFor = (host: string) => world.repairInputsFor(host, INPUTS);
  return {
    registryUrl: registry.url,
    startChild: (host, compileCache) =>
      startAttachChild(workspace.path, inputsFor(host), { script: 'repair-process.ts', compileCache }),
    rerun: async (host) => {
      const { rows, codes } = await repair(inputsFor(host));
      const words = rows.map(({ status }) => status).join();
      return [
        ...(words === 'repaired' || words === 'sound' ? [] : [`the rerun: ${words}`]),
        ...codes.map((code) => `the rerun: ${code}`),
        ...(await wrongsOfList(world, [other.descriptor.digest, lost.descriptor.digest])),
      ];
    },
    close: world.close,
  };
}

/** Each of these is listed once and nothing else is, and the registry has all of them. */
async function wrongsOfList(world: AttachWorld, expected: readonly string[]): Promise<readonly string[]> {
  const listed = (await world.listed()).map(({ digest }): string => digest);
  const held = await world.held(listed);
  const isSame = listed.toSorted().join() === expected.toSorted().join();
  return [
    ...(isSame ? [] : [`listed: ${listed.join(', ')}; expected ${expected.join(', ')}`]),
    ...listed.filter((digest) => !held.has(digest)).map((digest) => `listed, and not there: ${digest}`),
  ];
}
