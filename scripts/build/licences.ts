import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const RULE = '-'.repeat(80);

/** Name, version, licence and licence text of every package that a bundle holds code of. */
export async function collectLicences(metafile: Metafile, root: string): Promise<string> {
  const folders = [...new Set(bundledFiles(metafile).flatMap(packageFolder))].sort();
  const sections = await Promise.all(folders.map((folder) => licenceSection(join(root, folder))));
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

async function licenceSection(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const file = (await readdir(folder)).sort().find((name) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(name));
  if (file === undefined) throw new TypeError(`no licence file in ${folder}`);
  const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim();
  return `${manifest['name']} ${manifest['version']} (${manifest['license']})\n\n${text}\n`;
}
