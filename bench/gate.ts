/**
 * 200 images of one repository, each with two keyless bundles, judged by one policy of two rules: the registry in a
 * process of its own, the gate in this one, from the committed sources. Images a second, CPU of the gate, requests.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '../src/commands/parse-options.ts';
import { runSession } from '../src/commands/run-session.ts';
import { verifyCommand } from '../src/commands/verify/options.ts';
import type { VerifyResult } from '../src/commands/verify/result.ts';
import { runVerify } from '../src/commands/verify/run.ts';
import type { Economy } from '../src/net/types.ts';
import { pushSampleImage } from '../test/support/sample-image.ts';
import { githubIdentity } from '../test/support/sigstore/identity.ts';
import { makeKeylessBundle } from '../test/support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../test/support/sigstore/make-statement.ts';
import { pushBundle } from '../test/support/sigstore/push-signed.ts';
import { startSigstoreWorld } from '../test/support/sigstore/sigstore-world.ts';
import { median, printTable } from './measure.ts';

const IMAGES = 200;
const RUNS = 3;
const TESTS = 'https://in-toto.io/attestation/test-result/v0.1';

export async function benchGate(): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'bench-gate-'));
  const cli = join(import.meta.dirname, '../src/cli/main.ts');
  const server = spawn(process.execPath, [cli, 'serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const { host } = new URL(line.toString().trim());
    await using world = await startSigstoreWorld();
    await writeFile(join(workspace, 'root.json'), world.trustedRootJson);
    const target = { host, repository: 'acme/fleet' };
    for (let i = 0; i < IMAGES; i++) {
      const { descriptor } = await pushSampleImage(target, { tag: `v${i}`, name: `image ${i}` });
      for (const predicateType of [SLSA_V1, TESTS]) {
        const statement = makeStatement({ subject: descriptor.digest, predicateType });
        await pushBundle(target, descriptor, await makeKeylessBundle(world, { statement, identity: githubIdentity() }));
      }
    }
    const images = Array.from({ length: IMAGES }, (_, i) => `${host}/acme/fleet:v${i}`);
    const samples: { readonly seconds: number; readonly cpu: number; readonly requests: number }[] = [];
    for (let i = -1; i < RUNS; i++) {
      const before = process.cpuUsage();
      const start = performance.now();
      const { result, economy } = await judgeAll(images, workspace);
      const seconds = (performance.now() - start) / 1000;
      const { user, system } = process.cpuUsage(before);
      if (result.verdict !== 'pass') throw new Error(`the verdict is ${result.verdict}`);
      if (i >= 0) samples.push({ seconds, cpu: (user + system) / 1e6, requests: economy.requests });
    }
    const seconds = median(samples.map((sample) => sample.seconds));
    const cpu = median(samples.map((sample) => sample.cpu));
    printTable(
      `A gate over ${IMAGES} images of 2 bundles, medians of ${RUNS}`,
      ['images/s', 'CPU ms an image', 'requests an image'],
      [[IMAGES / seconds, (cpu * 1000) / IMAGES, median(samples.map((sample) => sample.requests)) / IMAGES]],
    );
  } finally {
    server.kill();
    await rm(workspace, { recursive: true });
  }
}

async function judgeAll(
  images: readonly string[],
  workspace: string,
): Promise<{ readonly result: VerifyResult; readonly economy: Economy }> {
  const inputs = {
    image: images.join('\n'),
    require: `${SLSA_V1}\n${TESTS}`,
    'signer-workflow': 'acme/app/.github/workflows/release.yml',
    'trusted-root': 'root.json',
    concurrency: '32',
  };
  const raw = new Map(Object.entries(inputs).map(([name, text]) => [name, [text]]));
  const options = parseOptions(verifyCommand, raw, (name) => name);
  const hooks = { env: {}, workspace, interrupt: new AbortController().signal };
  let economy: Economy | undefined;
  const result = await runSession(
    options,
    hooks,
    (cost) => {
      economy = cost;
    },
    (context) => runVerify(options, context),
  );
  if (economy === undefined) throw new Error('the run told no cost');
  return { result, economy };
}
