import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { judgeResults, type SuiteVerdict } from './judge-results.ts';

/** The released specification, and what its main branch adds. */
export const SPEC_VERSIONS = ['stable', 'dev'] as const;
export type SpecVersion = (typeof SPEC_VERSIONS)[number];

/** Every switch of the suite by name, so that no default of another version leaves one off. */
const SWITCHES = [
  ...['PING', 'PULL', 'PUSH', 'REFERRER'].map((name) => `API_${name}`),
  ...['ATOMIC', 'DELETE', 'DIGEST_HEADER', 'MOUNT_ANONYMOUS', 'UPLOAD_CANCEL'].map((name) => `API_BLOBS_${name}`),
  ...['ATOMIC', 'DELETE', 'DIGEST_HEADER', 'TAG_PARAM'].map((name) => `API_MANIFESTS_${name}`),
  ...['ATOMIC', 'DELETE', 'LIST'].map((name) => `API_TAGS_${name}`),
  ...['IMAGE', 'INDEX', 'INDEX_LIST', 'SPARSE', 'ARTIFACT', 'SUBJECT', 'SUBJECT_MISSING', 'ARTIFACT_LIST'].map(
    dataSwitch,
  ),
  ...['SUBJECT_LIST', 'DATA_FIELD', 'NONDISTRIBUTABLE', 'CUSTOM_FIELDS', 'NO_LAYERS', 'EMPTY_BLOB', 'SHA512'].map(
    dataSwitch,
  ),
];

function dataSwitch(name: string): string {
  return `DATA_${name}`;
}

export interface SuiteRun extends SuiteVerdict {
  readonly version: SpecVersion;
  /** What the suite printed; the reason is in it where results are missing. */
  readonly output: string;
}

/** Runs the official suite against a fresh embedded registry, in memory or over `root`. */
export async function runSuite(binary: string, version: SpecVersion, root?: string): Promise<SuiteRun> {
  // its sparse data has an image whose layer is missing, which a registry may refuse, and ours does unless told
  const registry = await startEmbeddedRegistry({ root, quirks: { blobChecks: false } });
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const output = await execute(binary, folder, {
      OCI_VERSION: version,
      OCI_REGISTRY: registry.host,
      OCI_TLS: 'disabled',
      OCI_RESULTS_DIR: folder,
      ...Object.fromEntries(SWITCHES.map((name) => [`OCI_${name}`, 'true'])),
    });
    // its exit code is 0 after an error in its own set-up: only the results count
    const yaml = await readFile(join(folder, 'results.yaml'), 'utf8').catch(() => '');
    return { ...judgeResults(yaml), version, output };
  } finally {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function execute(binary: string, cwd: string, env: Record<string, string>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(binary, [], { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  return output;
}
