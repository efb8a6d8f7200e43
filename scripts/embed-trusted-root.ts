/**
 * Writes src/evidence/sigstore/public-good-trusted-root.ts: the trusted root of the public-good instance, as the installed
 * @sigstore/tuf carries it, byte for byte. To be run when that package is updated, with the day of its publication
 * (`npm view @sigstore/tuf time`):
 *
 *     node scripts/embed-trusted-root.ts --date 2026-11-05
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const MIRROR = 'https://tuf-repo-cdn.sigstore.dev';
const TARGET = 'trusted_root.json';
const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { date: { type: 'string' } } });

const date = values.date ?? '';
if (!/^20\d\d-\d\d-\d\d$/.test(date))
  throw new Error('--date YYYY-MM-DD: the day on which @sigstore/tuf was published');
const packageFolder = join(root, 'node_modules/@sigstore/tuf');
const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
const seeds = JSON.parse(await readFile(join(packageFolder, 'seeds.json'), 'utf8')) as Record<
  string,
  { readonly targets: Readonly<Record<string, string>> }
>;
const text = Buffer.from(seeds[MIRROR]?.targets[TARGET] ?? '', 'base64').toString('utf8');
if (!text.includes('trustedroot')) throw new Error(`seeds.json has no ${TARGET} of ${MIRROR}`);
if (/[`\\]|\$\{/.test(text)) throw new Error('the root has characters that a template does not keep');

const file = join(root, 'src/evidence/sigstore/public-good-trusted-root.ts');
await writeFile(
  file,
  `/** Written by scripts/embed-trusted-root.ts from @sigstore/tuf ${version} (Apache-2.0), target ${TARGET} of ${MIRROR}. */
export const PUBLIC_GOOD_TRUSTED_ROOT = {
  publishedBy: '@sigstore/tuf ${version}',
  /** When that was published. */
  date: '${date}',
  json: \`${text}\`,
} as const;
`,
);
console.log(`${file}: ${text.length} characters`);
