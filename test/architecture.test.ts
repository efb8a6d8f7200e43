import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..', 'src');

/** What each layer may import besides itself; `type:` only its types. docs/architecture.md draws it. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  oci: ['errors'],
  net: ['errors'],
  auth: ['net', 'oci', 'errors'],
  store: ['type:net', 'oci', 'errors'], // the port
  'store/registry': ['store', 'type:auth', 'net', 'oci', 'errors'],
  'store/layout': ['store', 'type:net', 'oci', 'errors'],
  referrers: ['type:store', 'type:net', 'oci', 'errors'],
  evidence: ['oci', 'errors'],
  tuf: ['evidence', 'errors'], // trust roots, fetched
  sign: ['evidence', 'type:net', 'oci', 'errors'],
  policy: ['evidence', 'type:referrers', 'oci', 'errors'],
  github: ['net', 'oci', 'errors'],
  gate: ['policy', 'evidence', 'referrers', 'type:store', 'type:net', 'type:github', 'oci', 'errors'],
  report: ['type:commands', 'github', 'policy', 'evidence', 'type:referrers', 'type:net', 'oci', 'errors'],
  embedded: ['store', 'store/layout', 'oci', 'errors'],
  commands: [
    'report',
    'gate',
    'policy',
    'evidence',
    'sign',
    'tuf',
    'github',
    'referrers',
    'store',
    'store/registry',
    'store/layout',
    'embedded',
    'auth',
    'net',
    'oci',
    'errors',
    '', // the version
  ],
  library: [
    'commands',
    'gate',
    'policy',
    'evidence',
    'referrers',
    'type:store',
    'store/layout',
    'type:net',
    'oci',
    'errors',
  ],
  action: ['commands', 'type:gate', 'github', 'type:policy', 'referrers', 'report', 'type:net', 'oci', 'errors', ''],
  cli: ['commands', 'github', 'type:policy', 'type:evidence', 'report', 'type:net', 'oci', 'errors', ''],
  // src/index.ts, src/version.ts
  '': ['library', 'gate', 'policy', 'evidence', 'referrers', 'type:store', 'store/layout', 'type:net', 'oci', 'errors'],
};

/** Packages, and the only layer that may name them. */
const PACKAGES: readonly (readonly [RegExp, string])[] = [
  [/^undici(\/|$)/, 'net'],
  [/^@actions\/github(\/|$)/, 'github'],
  [/^@actions\//, 'action'],
  [/^@sigstore\/(verify|bundle|core|protobuf-specs)(\/|$)/, 'evidence'],
  [/^@sigstore\/tuf(\/|$)/, 'tuf'],
  [/^@sigstore\/sign(\/|$)/, 'sign'],
  [/^(jose|cborg)(\/|$)/, 'evidence'],
  [/^(yaml|re2js|@bufbuild\/cel)(\/|$)/, 'policy'],
  [/^tinyglobby$/, 'commands'],
];

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const IMPORT = /\b(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm;

export function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    from: file,
    target: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

function layerOf(file: string): string {
  const folders = dirname(file).split(sep);
  if (folders[0] === '.') return '';
  return folders[0] === 'store' && folders.length > 1 ? folders.slice(0, 2).join('/') : (folders[0] ?? '');
}

/** Why an import is not allowed; undefined if it is. */
function violation({ from, target, typeOnly }: Import): string | undefined {
  const layer = layerOf(from);
  if (target.startsWith('node:')) return undefined;
  const inner = /^[./]+\/node_modules\/(.+)$/.exec(target)?.[1]; // a package's file that its exports hide
  if (inner !== undefined || !target.startsWith('.')) {
    const owner = PACKAGES.find(([name]) => name.test(inner ?? target))?.[1];
    return owner === layer ? undefined : `${from}: ${target} belongs to ${owner ?? 'no layer'}`;
  }
  const other = layerOf(normalize(join(dirname(from), target)));
  const allowed = LAYERS[layer];
  if (allowed === undefined) return `${from}: ${layer} is no layer`;
  if (other === layer || allowed.includes(other) || (typeOnly && allowed.includes(`type:${other}`))) return undefined;
  return `${from}: ${layer} may not import ${typeOnly ? 'types of ' : ''}${other} (${target})`;
}

async function readImports(): Promise<{ readonly files: number; readonly imports: readonly Import[] }> {
  const files = (await readdir(root, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.d.ts'),
  );
  const all = await Promise.all(files.map(async (file) => importsOf(file, await readFile(join(root, file), 'utf8'))));
  return { files: files.length, imports: all.flat() };
}

describe('the layers', () => {
  it('hold: every import goes the way that docs/architecture.md draws', async () => {
    const { files, imports } = await readImports();
    assert.ok(files > 100, `scanned ${files} files`);
    assert.ok(imports.length > files, `scanned ${imports.length} imports`);
    assert.deepEqual(
      imports.flatMap((one) => violation(one) ?? []),
      [],
    );
  });

  const leaks: readonly (readonly [string, string])[] = [
    ['oci/digest.ts', "import { x } from '../net/types.ts';"],
    ['referrers/list.ts', "import { RegistryStore } from '../store/registry/registry-store.ts';"],
    ['referrers/list.ts', "import { openLayout } from '../store/store.ts';"],
    ['store/registry/tags.ts', "import { request } from 'undici';"],
    ['commands/list/run.ts', "const core = await import('@actions/core');"],
    ['report/text.ts', "import { runList } from '../commands/list/run.ts';"],
    ['net/client.ts', "import 'left-pad';"],
    ['gate/judge-image.ts', "import { x } from '../../node_modules/@actions/cache/lib/internal/config.js';"],
  ];
  for (const [file, text] of leaks) {
    it(`would not hold with ${text} in ${file}`, () => {
      const [one] = importsOf(file, text);
      assert.ok(one !== undefined);
      assert.notEqual(violation(one), undefined);
    });
  }
});

/**
 * Lines by which text becomes a regular expression: RegExp as a value, or a method that makes one of its argument where
 * that is not a literal (or a constant, by its name: one of those).
 */
function expressionsOfText(text: string): string[] {
  const code = text.split('\n').filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line));
  const made = /(?<!: )\bRegExp\b|\.(?:match|matchAll|search)\((?!\/|[A-Z][A-Z_]*\))/;
  return code.filter((line) => made.test(line)).map((line) => line.trim());
}

describe('regular expressions', () => {
  it('are literals, but for the grammar of a media type: no text of a user or a registry becomes one', async () => {
    const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 100, `scanned ${files.length} files`);
    const found = await Promise.all(
      files.map(async (file) =>
        expressionsOfText(await readFile(join(root, file), 'utf8')).map((line) => [file, line]),
      ),
    );
    assert.deepEqual(found.flat(), [
      [join('oci', 'artifact-type.ts'), 'const TYPE = new RegExp(`^${' + 'NAME}/${' + 'NAME}$`);'],
    ]);
  });

  for (const line of [
    'const it = new RegExp(pattern);',
    'return RegExp (pattern).test(text);',
    'const Make = RegExp;',
    'names.map(RegExp)',
    'if (text.match(pattern)) return;',
    'text.search(options.pattern)',
    "text.matchAll('[')",
  ]) {
    it(`would not be with ${line}`, () => assert.deepEqual(expressionsOfText(`// a\n${line}`), [line]));
  }
  for (const line of [
    'take(pattern: RegExp): string {',
    'text.match(CERTIFICATE) ?? []',
    'text.matchAll(/a/g)',
    '// RegExp(a)',
  ]) {
    it(`are with ${line}`, () => assert.deepEqual(expressionsOfText(line), []));
  }
});
