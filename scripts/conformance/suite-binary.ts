import { execFile } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The suite of distribution-spec main, after its rewrite (pull request 588); a Go module of its own. */
export const SUITE_MODULE = 'github.com/opencontainers/distribution-spec/conformance@967efdc';
const GO_BIN = resolve(import.meta.dirname, '../../.cache/go/bin');
const INSTALL_MS = 300_000;

/** Where the suite's program is, or why there is none. */
export type SuiteBinary = { readonly path: string } | { readonly unavailable: string };

/** `OCI_CONFORMANCE_BIN`, else the one installed before, else, with `install`, what `go install` makes. */
export async function findSuite(options: { readonly install: boolean }): Promise<SuiteBinary> {
  const named = process.env['OCI_CONFORMANCE_BIN'];
  if (named !== undefined && named !== '') {
    return (await isExecutable(named))
      ? { path: named }
      : { unavailable: `OCI_CONFORMANCE_BIN ${named} is no program` };
  }
  const path = join(GO_BIN, 'conformance');
  if (await isExecutable(path)) return { path };
  if (!options.install) return { unavailable: 'the suite is not installed: scripts/conformance.ts does that, with Go' };
  const failure = await install();
  return failure === undefined ? { path } : { unavailable: failure };
}

async function install(): Promise<string | undefined> {
  await mkdir(GO_BIN, { recursive: true });
  try {
    const env = { ...process.env, GOBIN: GO_BIN };
    await promisify(execFile)('go', ['install', SUITE_MODULE], { env, timeout: INSTALL_MS });
    return undefined;
  } catch (error) {
    return `go install ${SUITE_MODULE} failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
