/** 200 images of two keyless bundles each, judged in one run; the registry is another process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushSampleImage, type SampleTarget } from '../test/support/sample-image.ts';
import { githubIdentity } from '../test/support/sigstore/identity.ts';
import { makeKeylessBundle } from '../test/support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../test/support/sigstore/make-statement.ts';
import { pushBundle } from '../test/support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../test/support/sigstore/sigstore-world.ts';
import { verify } from '../test/support/verify-run.ts';
import { median, printTable } from './measure.ts';

const IMAGES = 200;
const PREDICATE_TYPES = [SLSA_V1, 'https://spdx.dev/Document/v2.3'];
const RUNS = 5;

export async function benchFleet(): Promise<void> {
  const registry = fork(fileURLToPath(new URL('./registry-process.ts', import.meta.url)));
  const [{ host }] = (await once(registry, 'message')) as [{ readonly host: string }];
  const workspace = await mkdtemp(join(tmpdir(), 'bench-fleet-'));
  try {
    await using world = await startSigstoreWorld();
    await writeFile(join(workspace, 'trusted_root.json'), world.trustedRootJson);
    const repositories = Array.from({ length: IMAGES }, (_, i) => `fleet/app-${i}`);
    for (const repository of repositories) await pushAttested(world, { host, repository });
    const inputs = {
      image: repositories.map((repository) => `${host}/${repository}:1`).join('\n'),
      require: PREDICATE_TYPES.join('\n'),
      'signer-workflow': 'acme/app/.github/workflows/release.yml',
      'trusted-root': 'trusted_root.json',
    };
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await measureRun(inputs, workspace));
    const [first] = runs;
    const seconds = median(runs.map((run) => run.seconds));
    const cpu = median(runs.map((run) => run.cpu));
    printTable(
      `${IMAGES} images of ${PREDICATE_TYPES.length} keyless bundles each, medians of ${RUNS} runs in one process`,
      ['images/s', 'first run, images/s', 'own CPU, s', 'own CPU an image, ms', 'peak RSS, MiB'],
      [
        [
          IMAGES / seconds,
          IMAGES / (first?.seconds ?? Number.NaN),
          cpu,
          (cpu * 1000) / IMAGES,
          process.resourceUsage().maxRSS / 1024,
        ],
      ],
    );
  } finally {
    registry.kill();
    await rm(workspace, { recursive: true });
  }
}

async function pushAttested(world: SigstoreWorld, target: SampleTarget): Promise<void> {
  const { descriptor } = await pushSampleImage(target, { tag: '1', name: target.repository });
  for (const predicateType of PREDICATE_TYPES) {
    const statement = makeStatement({ subject: descriptor.digest, predicateType });
    await pushBundle(target, descriptor, await makeKeylessBundle(world, { statement, identity: githubIdentity() }));
  }
}

async function measureRun(
  inputs: Readonly<Record<string, string>>,
  workspace: string,
): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  const { verdict, images } = await verify(inputs, { workspace });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (verdict !== 'pass' || images.length !== IMAGES) throw new Error(`${images.length} images: ${verdict}`);
  return { seconds, cpu: (user + system) / 1e6 };
}
