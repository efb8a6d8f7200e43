import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daysOf, mergeRaces, type RaceCell, type RaceRun, renderRaceTable } from '../../bench/race-table.ts';

const run = (lost: number, more: Partial<RaceRun> = {}): RaceRun => ({
  lost,
  lostBefore: lost,
  failed: 0,
  milliseconds: 1000,
  requests: 16,
  warned: [],
  ...more,
});
const cell = (writers: number, isStalled: boolean, client: string, ...runs: RaceRun[]): RaceCell => ({
  registry: 'docker-registry 2.8',
  writers,
  isStalled,
  client,
  runs,
});

describe('the table of races', () => {
  it('adds up the runs of the same race, from whatever files, and says how many there were', () => {
    const merged = mergeRaces([
      cell(8, true, 'ours', run(1)),
      cell(8, true, 'oras', run(6)),
      cell(2, false, 'ours', run(0)),
      cell(8, true, 'ours', run(0, { lostBefore: 2 }), run(0)),
    ]);
    const rows = renderRaceTable(merged).split('\n').slice(2);
    assert.match(rows[0] ?? '', /^\| 2 \| no \| docker-registry 2\.8 \| ours \| 1 \|/);
    assert.match(rows[2] ?? '', /^\| 8 \| yes \| docker-registry 2\.8 \| oras \| 1 \|/);
    assert.equal(
      rows[1],
      '| 8 | yes | docker-registry 2.8 | ours | 3 | 1 (4.2 %) of 24; 3 before the repair | 1 | 1 | 0 | 1.0 | 2.0 |',
    );
  });

  it('keeps the rows of an older table that were not run again', () => {
    const before = renderRaceTable([cell(8, true, 'ours', run(3)), cell(64, false, 'ours', run(0))]);
    const rows = renderRaceTable([cell(8, true, 'ours', run(0)), cell(32, true, 'ours', run(1))], before).split('\n');
    assert.deepEqual(
      rows.slice(2).map((row) => row.split(' | ').slice(0, 6).join(' ')),
      [
        '| 8 yes docker-registry 2.8 ours 1 0 of 8',
        '| 32 yes docker-registry 2.8 ours 1 1 (3.1 %) of 32',
        '| 64 no docker-registry 2.8 ours 1 0 of 64',
      ],
    );
  });

  it('leaves open what nobody counted', () => {
    const [, , row] = renderRaceTable([cell(2, false, 'oras', run(1, { requests: null }))]).split('\n');
    assert.match(row ?? '', /\| 1\.0 \| {2}\|$/);
  });

  it('is dated by its runs', () => {
    const [first, last] = ['2026-11-22', '2026-11-23'].map((day) => cell(2, false, 'ours', run(0, { day })));
    assert.ok(first && last);
    assert.equal(daysOf([last, first]), '2026-11-22 to 2026-11-23');
    assert.equal(daysOf([first]), '2026-11-22');
    assert.equal(daysOf([first], '2026-11-20, linux x64'), '2026-11-20 to 2026-11-22');
    assert.match(daysOf([cell(2, false, 'ours', run(0))]), /^\d{4}-\d\d-\d\d$/);
  });
});
