// Prints the SBOM of a release (SPDX 2.3 JSON): this project, and every package that its bundles hold code of.
import { readFile } from 'node:fs/promises';
import { buildSbom } from './sbom/build-sbom.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
const project = JSON.parse(await read('package.json')) as { readonly version: string };
const sbom = buildSbom(project.version, await read('dist/LICENSES.txt'), new Date());
console.log(JSON.stringify(sbom, undefined, 2));
