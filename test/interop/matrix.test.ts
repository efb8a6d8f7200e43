/**
 * Registries and clients of others against this project, every one with every other. With INTEROP_REPORT=FILE what came
 * of it is written as a page: docs/interop.md is one.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { skipWithoutGo } from '../support/go-tools.ts';
import { type ClientRow, type InteropClient, inabilityOf } from '../support/interop/client.ts';
import { findClients } from '../support/interop/find-clients.ts';
import { openGround } from '../support/interop/ground.ts';
import { Matrix } from '../support/interop/matrix.ts';
import { CLIENT_ROWS, type ClientMatrixRow } from '../support/interop/matrix-rows.ts';
import { haveProgram } from '../support/interop/peers.ts';
import {
  findRegistries,
  type InteropRegistry,
  type RegistryColumn,
  startOlaregAt,
} from '../support/interop/registries.ts';
import { DEEP_ROW, GAINS_API_ROW } from '../support/interop/registry-rows.ts';
import { renderMatrixPage } from '../support/interop/render-page.ts';
import { listsOnceAfterwards, type SwitchedRegistry } from '../support/interop/rows/gains-api.ts';
import { listsDeep } from '../support/interop/rows/lists-deep.ts';

/** What could not be had when this was written; one that is missing besides is a hole, one that is there good news. */
const REFUSED = ['zot'];

const noGo = await skipWithoutGo();
const folder = await mkdtemp(join(tmpdir(), 'interop-matrix-'));
const started = performance.now();
const columns = noGo === false ? await findRegistries() : [];
const rows: readonly ClientRow[] = noGo === false ? await findClients(folder) : [];
const clients = rows.filter((row): row is InteropClient => !('refused' in row));
const suite = noGo === false ? await haveProgram('conformance') : { refused: noGo };
const buildSeconds = Math.round((performance.now() - started) / 1000);
const matrix = new Matrix();

describe('registries and clients of others', { skip: noGo }, () => {
  it('every program could be had but those that the module proxy refuses', () => {
    const refused = [...columns, ...rows].filter((one) => 'refused' in one).map(({ name }) => name);
    assert.deepEqual(refused, REFUSED);
  });

  for (const column of columns) describe(`on ${column.name} ${column.version}`, () => describeColumn(column));

  describe('a registry that gains the API while referrers tags are there', () => {
    for (const registry of switchedRegistries()) {
      it(`lists each referrer once (${registry.name})`, () =>
        matrix.fill({ row: GAINS_API_ROW.id, client: 'all', registry: registry.name }, () =>
          listsOnceAfterwards(registry, clients),
        ));
    }
  });

  after(async () => {
    const file = process.env['INTEROP_REPORT'];
    const runSeconds = Math.round((performance.now() - started) / 1000) - buildSeconds;
    const page = renderMatrixPage({ columns, rows, matrix, suite, buildSeconds, runSeconds, date: new Date() });
    if (file !== undefined && file !== '') await writeFile(file, page);
    await rm(folder, { recursive: true });
  });
});

function describeColumn(column: RegistryColumn): void {
  const { name, traits, start, refused } = column;
  if (start === undefined) {
    it('can be had', { skip: refused ?? true });
    return;
  }
  let registry: InteropRegistry;
  before(async () => {
    registry = await start();
  });
  after(() => registry.close());

  for (const row of CLIENT_ROWS) {
    for (const client of clients) {
      const place = { row: row.id, client: client.name, registry: name };
      const reason = reasonToLeaveOut(row, client, column);
      if (reason !== undefined) {
        matrix.leaveOut(place, reason);
        continue;
      }
      it(`${row.title}: ${client.name}`, () =>
        matrix.fill(place, async () => {
          const ground = await openGround(
            registry,
            `matrix/${row.id}-${client.name.replace(/\W+/g, '-').replace(/-$/, '')}`,
          );
          try {
            return await row.run(ground, client, traits);
          } finally {
            await ground.close();
          }
        }));
    }
  }

  it(DEEP_ROW.title, () =>
    matrix.fill({ row: DEEP_ROW.id, client: 'all', registry: name }, async () => {
      const ground = await openGround(registry, 'matrix/deep');
      const writers = clients.filter((client) => client.attach && !inabilityOf(client, 'attach', traits));
      try {
        return await listsDeep(ground, writers, traits);
      } finally {
        await ground.close();
      }
    }),
  );
}

function reasonToLeaveOut(row: ClientMatrixRow, client: InteropClient, { traits }: RegistryColumn): string | undefined {
  const unable = row.acts.map((act) => inabilityOf(client, act, traits)).find((reason) => reason !== undefined);
  return unable ?? row.unless?.(traits, client);
}

/** The embedded registry by its switch; olareg by starting it again over the same folder. */
function switchedRegistries(): readonly SwitchedRegistry[] {
  const embedded: SwitchedRegistry = {
    name: 'embedded',
    keepsTags: true,
    open: (referrersApi) => startEmbeddedRegistry({ root: join(folder, 'gains-embedded'), quirks: { referrersApi } }),
  };
  const olareg = columns.find(({ name }) => name === 'olareg');
  if (olareg?.path === undefined) return [embedded];
  const { path, version } = olareg;
  const why = `their entries lack annotations, and olareg ${version} answers nothing more once it begins to correct such a list`;
  return [
    embedded,
    {
      name: 'olareg',
      keepsTags: false,
      without: { clients: ['crane', 'cosign'], why },
      open: (referrers) => startOlaregAt(path, join(folder, 'gains-olareg'), referrers),
    },
  ];
}
