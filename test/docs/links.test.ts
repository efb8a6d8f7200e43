/** Links between the pages: the file is there, and the heading in it, under the name that GitHub gives it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const inFolder = async (folder: string): Promise<string[]> =>
  (await readdir(join(root, folder))).filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
const pages = (await Promise.all(['.', 'docs', 'docs/adr'].map(inFolder))).flat();

/** Without code, in which nothing is a link or a heading. */
async function proseOf(page: string): Promise<string> {
  const text = await readFile(join(root, page), 'utf8');
  return text.replaceAll(/^```[\s\S]*?^```/gm, '');
}

/** As GitHub makes it: lower case, without punctuation, hyphens for spaces, a number where there are several. */
function anchorsOf(prose: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const name = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    anchors.add(count === 0 ? name : `${name}-${count}`);
  }
  return anchors;
}

/** What is wrong with a link of a page; undefined where it leads somewhere, or to another site. */
async function faultOf(page: string, target: string): Promise<string | undefined> {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, file))) return `${target}: no such file`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(await proseOf(file)).has(anchor) ? undefined : `${target}: no such heading`;
}

const linksOf = (prose: string): string[] =>
  [...prose.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

describe('links', () => {
  it('are found, and a wrong one is', async () => {
    assert.deepEqual(linksOf('[a](b.md#c) ![d](e.png) `[f](g)`'), ['b.md#c', 'e.png']);
    assert.deepEqual([...anchorsOf('# A `b`: c\n## A `b`: c\n')], ['a-b-c', 'a-b-c-1']);
    assert.equal(await faultOf('docs/policy.md', 'nowhere.md'), 'nowhere.md: no such file');
    assert.equal(await faultOf('README.md', 'docs/policy.md#nowhere'), 'docs/policy.md#nowhere: no such heading');
    assert.equal(await faultOf('docs/policy.md', '../README.md#permissions'), undefined);
  });

  for (const page of pages) {
    it(`of ${page.replaceAll('\\', '/')} lead somewhere`, async () => {
      const faults = await Promise.all(linksOf(await proseOf(page)).map((target) => faultOf(page, target)));
      assert.deepEqual(
        faults.filter((fault) => fault !== undefined),
        [],
      );
    });
  }

  it('lead from the README to every page', async () => {
    const reached = new Set(['README.md']);
    // a set hands out what is added while it is gone through
    for (const page of reached) {
      const targets = linksOf(await proseOf(page)).filter((target) => !/^[a-z]+:/.test(target));
      const files = targets.map((target) => join(dirname(page), target.replace(/#.*/, '')));
      for (const file of files) if (file.endsWith('.md') && existsSync(join(root, file))) reached.add(file);
    }
    assert.deepEqual(
      pages.filter((page) => !reached.has(page) && !page.includes('adr')),
      [],
    );
  });
});
