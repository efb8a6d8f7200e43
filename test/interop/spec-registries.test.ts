/**
 * The checks of distribution-spec, which the embedded registry has to pass (test/embedded/spec), asked of real ones. A
 * check that none of them passes is wrong, most likely; what each does is in docs/registry-conformance.md, which
 * SPEC_REPORT=FILE writes.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { skipWithoutGo } from '../support/go-tools.ts';
import { findRegistries, type RegistryColumn } from '../support/interop/registries.ts';
import { openTestStore } from '../support/listing.ts';
import { columnOf, readSpecColumn, renderSpecPage } from '../support/spec/render-spec-page.ts';
import { runChecks, type SpecResult } from '../support/spec/run-checks.ts';
import { titleOf } from '../support/spec/spec-check.ts';
import { SpecGround } from '../support/spec/spec-ground.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/registry-conformance.md');
const report = process.env['SPEC_REPORT'];

const noGo = await skipWithoutGo();
const page = await readFile(PAGE, 'utf8').catch(() => '');
const registries = noGo === false ? (await findRegistries()).flatMap(labelled) : [];
const columns = new Map<string, readonly SpecResult[]>();

/** What 1.1 and `main` leave to the registry, and none of the others that could be had does. */
const ONLY_OURS = [
  ...['sha256', 'sha512'].map(
    (algorithm) =>
      `Mounting a blob from another repository (1.1 MAY): finds a blob to mount where no repository is named (${algorithm})`,
  ),
  ...['sha256', 'sha512'].flatMap((algorithm) =>
    ['1 tag', '2 tags', '10 tags'].map(
      (tags) =>
        `Pushing Manifests (main MAY): pushes ${tags} with the digest, and names each in OCI-Tag (${algorithm})`,
    ),
  ),
  'Push and Pull (1.1 MAY): takes content of this kind and gives it back: sparse index',
  'Content Management (1.1 MUST): deletes content of this kind, parents first: sparse index',
];

describe('distribution-spec on real registries', { skip: noGo }, () => {
  describe('each', { concurrency: true }, () => {
    for (const { label, start, refused } of registries) {
      it(`does what docs/registry-conformance.md says: ${label}`, { skip: start ? false : refused }, async (test) => {
        assert.ok(start);
        const running = await start();
        const results = await runChecks(`http://${running.host}`).finally(() => running.close());
        columns.set(label, results);
        if (report) return;
        const known = readSpecColumn(page, label);
        if (known === undefined && label !== 'embedded') test.skip(`the page has no column for ${label}`);
        else assert.deepEqual(columnOf(results), known);
      });
    }
  });

  it('is possible in every point, and to others than us in all but what they may leave out', () => {
    const own = passedBy('embedded');
    assert.equal(own.length, columns.get('embedded')?.length);
    const elsewhere = new Set([...columns.keys()].filter((label) => label !== 'embedded').flatMap(passedBy));
    assert.deepEqual(
      own.filter((title) => !elsewhere.has(title)),
      ONLY_OURS,
    );
  });

  after(async () => {
    if (!report) return;
    const ordered = registries.flatMap(({ label }) => ({ label, results: columns.get(label) ?? [] }));
    await writeFile(report, renderSpecPage(ordered.filter(({ results }) => results.length > 0)));
  });
});

function passedBy(label: string): string[] {
  const passed = columns.get(label)?.filter(({ outcome }) => outcome.kind === 'passed') ?? [];
  return passed.map(({ check }) => titleOf(check));
}

describe('a registry of others that links no pages', { skip: noGo }, () => {
  const registry = registries.find(({ name }) => name === 'registry of go-containerregistry');
  it('gives us every one of 1,100 tags', { skip: registry?.start === undefined && registry?.refused }, async (test) => {
    const running = await registry?.start?.();
    assert.ok(running);
    test.after(() => running.close());
    const ground = new SpecGround(`http://${running.host}`);
    const made = await ground.artifact();
    for (let i = 0; i < 1100; i++) await ground.pushed(made, `tag-${i}`);
    const store = openTestStore(test, ground.registry, { repository: ground.name });
    const list = await store.listTags({ maxPages: 9 });
    assert.deepEqual([list.tags.size, list.complete], [1100, true]);
  });
});

function labelled(registry: RegistryColumn): (RegistryColumn & { readonly label: string })[] {
  const { name, version } = registry;
  if (name === 'embedded, API off') return [];
  return [{ ...registry, label: name === 'embedded' ? name : `${name} ${version}` }];
}
