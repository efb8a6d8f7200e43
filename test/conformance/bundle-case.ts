import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What sigstore-conformance's cases are signed with, where a case does not say otherwise (its bundle-verify/README.md). */
const DEFAULT_IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const DEFAULT_ISSUER = 'https://token.actions.githubusercontent.com';

/** One folder of the shape of sigstore/sigstore-conformance test/assets/bundle-verify. */
export interface BundleCase {
  readonly name: string;
  readonly mustFail: boolean;
  readonly bundleFile: string;
  readonly artifactFile: string;
  readonly identity: string;
  readonly issuer: string;
  /** With one, the signature is by a key. */
  readonly keyFile: string | undefined;
  /** Default the public-good root. */
  readonly rootFile: string | undefined;
}

/** Every case in a folder. Throws where there is none: an empty suite must not pass. */
export async function readBundleCases(folder: string): Promise<readonly BundleCase[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const cases = await Promise.all(names.sort().map((name) => readCase(folder, name)));
  const found = cases.filter((one) => one !== undefined);
  if (found.length === 0) throw new Error(`${folder} holds no folder with a bundle.sigstore.json`);
  return found;
}

async function readCase(folder: string, name: string): Promise<BundleCase | undefined> {
  const home = join(folder, name);
  const files = await readdir(home);
  const fileOf = (file: string): string | undefined => (files.includes(file) ? join(home, file) : undefined);
  const textOf = async (file: string): Promise<string | undefined> => {
    const path = fileOf(file);
    return path === undefined ? undefined : (await readFile(path, 'utf8')).trim();
  };
  const bundleFile = fileOf('bundle.sigstore.json');
  if (bundleFile === undefined) return undefined;
  return {
    name,
    mustFail: name.endsWith('_fail'),
    bundleFile,
    artifactFile: fileOf('artifact') ?? join(folder, 'a.txt'),
    identity: (await textOf('identity')) ?? DEFAULT_IDENTITY,
    issuer: (await textOf('issuer')) ?? DEFAULT_ISSUER,
    keyFile: fileOf('key.pub'),
    rootFile: fileOf('trusted_root.json'),
  };
}
