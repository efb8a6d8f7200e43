/**
 * From the spawn of the committed Action until a loopback server sees its request line, over the wall of `node -e 0`;
 * and a usage error from spawn to exit. Interleaved, medians of 15.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, printTable, runProcess } from './measure.ts';

const RUNS = 15;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const POLICY = `version: 1
rules:
  - name: provenance
    predicate-type: https://slsa.dev/provenance/v1
    signed-by: { trust: public-good, github: { repository: acme/app } }
trust:
  public-good: { root: public-good }
`;

/** Milliseconds from now until the first bytes arrive at a fresh server, while `start` runs against it. */
async function untilRequest(start: (host: string) => Promise<unknown>): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const begun = performance.now();
  let seen = Number.NaN;
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (Number.isNaN(seen)) seen = performance.now() - begun;
      socket.destroy();
    });
  });
  await start(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  return seen;
}

export async function benchStartUp(): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'bench-start-'));
  await writeFile(join(workspace, 'report.json'), '{"a":1}');
  const env = (host: string, more: Record<string, string> = {}): Record<string, string | undefined> => ({
    PATH: process.env['PATH'],
    HOME: workspace,
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: join(workspace, 'output'),
    GITHUB_STEP_SUMMARY: join(workspace, 'summary'),
    GITHUB_STATE: join(workspace, 'state'),
    RUNNER_TEMP: workspace,
    INPUT_IMAGE: `${host}/acme/app@sha256:${'a'.repeat(64)}`,
    INPUT_RETRIES: '0',
    ...more,
  });
  const attach = { INPUT_FILES: 'report.json', 'INPUT_ARTIFACT-TYPE': 'application/vnd.acme.report.v1+json' };
  const files = ['output', 'summary', 'state'].map((name) => writeFile(join(workspace, name), ''));
  await Promise.all(files);
  const verify = {
    INPUT_REQUIRE: 'https://slsa.dev/provenance/v1',
    'INPUT_SIGNER-WORKFLOW': 'acme/app/.github/workflows/release.yml',
  };
  const samples = {
    bare: [] as number[],
    attach: [] as number[],
    list: [] as number[],
    verify: [] as number[],
    policy: [] as number[],
    usage: [] as number[],
  };
  await writeFile(join(workspace, 'policy.yml'), POLICY);
  const node = process.execPath;
  for (let i = -1; i < RUNS; i++) {
    const bare = (await runProcess(node, ['-e', '0'])).milliseconds;
    const attached = await untilRequest((host) => runProcess(node, [join(dist, 'attach.js')], env(host, attach)));
    const listed = await untilRequest((host) => runProcess(node, [join(dist, 'list.js')], env(host)));
    const verified = await untilRequest((host) => runProcess(node, [join(dist, 'verify.js')], env(host, verify)));
    const byPolicy = await untilRequest((host) =>
      runProcess(node, [join(dist, 'verify.js')], env(host, { INPUT_POLICY: 'policy.yml' })),
    );
    const usage = (await runProcess(node, [join(dist, 'attach.js')], env('127.0.0.1:1', { INPUT_FILE: 'x' })))
      .milliseconds;
    if (i < 0) continue; // warm-up
    samples.bare.push(bare);
    samples.attach.push(attached);
    samples.list.push(listed);
    samples.verify.push(verified);
    samples.policy.push(byPolicy);
    samples.usage.push(usage);
  }
  await rm(workspace, { recursive: true });
  const bare = median(samples.bare);
  printTable(
    `Start-up, medians of ${RUNS} (node -e 0: ${bare.toFixed(0)} ms)`,
    ['case', 'x node -e 0', 'goal'],
    [
      ['attach: spawn to request line', median(samples.attach) / bare, '<= 2.0'],
      ['list: spawn to request line', median(samples.list) / bare, '<= 2.0'],
      ['verify, short form: spawn to request line', median(samples.verify) / bare, '<= 1.25 x attach'],
      ['verify, policy file: spawn to request line', median(samples.policy) / bare, ''],
      ['usage error: spawn to exit', median(samples.usage) / bare, '<= 1.3'],
    ],
  );
}
