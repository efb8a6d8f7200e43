import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the examples use besides ours, and the program of `stand-ins/` that does its work here. act itself checks out. */
const STAND_INS: Readonly<Record<string, string>> = {
  'actions/attest-build-provenance@v3': 'attest',
  'actions/download-artifact@v5': 'download',
  'actions/upload-artifact@v4': 'upload',
  'anchore/sbom-action@v0': 'sbom',
  'docker/build-push-action@v6': 'build-push',
  'docker/login-action@v3': 'nothing',
  'docker/metadata-action@v5': 'metadata',
  'github/codeql-action/upload-sarif@v3': 'upload-sarif',
};

/** Writes a JavaScript action for each below `folder`. The result is what `--local-repository` takes. */
export async function writeStandIns(folder: string): Promise<readonly string[]> {
  const written: string[] = [];
  for (const [action, program] of Object.entries(STAND_INS)) {
    const [owner = '', repository = '', ...rest] = action.replace(/@.*/, '').split('/');
    const root = join(folder, `${owner}-${repository}`);
    const path = join(root, ...rest);
    await mkdir(path, { recursive: true });
    const script = new URL(`stand-ins/${program}.ts`, import.meta.url).href;
    await writeFile(join(path, 'index.mjs'), `import ${JSON.stringify(script)};\n`);
    await writeFile(join(path, 'action.yml'), actionFile(action));
    written.push(`${owner}/${repository}${action.slice(action.indexOf('@'))}=${root}`);
  }
  return written;
}

function actionFile(name: string): string {
  return JSON.stringify({ name, description: 'Stand-in', runs: { using: 'node24', main: 'index.mjs' } });
}
