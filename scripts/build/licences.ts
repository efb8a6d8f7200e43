import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { LICENCE_HOLDERS, LICENCE_TEXTS } from './licence-texts.ts';

const RULE = '-'.repeat(80);

/** Name, version, licence and licence text of every package that a bundle holds code of. */
export async function collectLicences(metafile: Metafile, root: string): Promise<string> {
  const folders = [...new Set(bundledFiles(metafile).flatMap(packageFolder))].sort();
  const sections = await Promise.all(folders.map((folder) => licenceSection(join(root, folder), root)));
  return `Third-party software in this folder's bundles:\n\n${sections.join(`\n${RULE}\n\n`)}`;
}

/** Only files of which something is left after tree shaking. */
export function bundledFiles(metafile: Metafile): string[] {
  const files = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
  return [...new Set(files)];
}

function packageFolder(file: string): string[] {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
  return folder === undefined ? [] : [folder];
}

async function licenceSection(folder: string, root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const [name, licence] = [String(manifest['name']), String(manifest['license'])];
  const file = (await readdir(folder)).sort().find((one) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(one));
  const text = file === undefined ? await commonText(name, licence, root) : await readFile(join(folder, file), 'utf8');
  return `${name} ${manifest['version']} (${licence})\n\n${text.replaceAll('\r\n', '\n').trim()}\n`;
}

/** Some packages name their licences and leave the texts out. That of Apache-2.0 is the same for all, and this project's. */
async function commonText(name: string, licence: string, root: string): Promise<string> {
  const texts = licence
    .replaceAll(/[()]/g, '')
    .split(' AND ')
    .map((one) => {
      if (one === 'Apache-2.0') return readFile(join(root, 'LICENSE'), 'utf8');
      const holder = LICENCE_HOLDERS[name];
      const text = LICENCE_TEXTS[one];
      if (holder === undefined || text === undefined) throw new TypeError(`no licence file in ${name} (${licence})`);
      return text.replace('HOLDER', holder);
    });
  return (await Promise.all(texts)).map((text) => text.trim()).join('\n\n');
}
