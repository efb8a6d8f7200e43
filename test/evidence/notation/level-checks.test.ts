import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LevelChecks } from '../../../src/evidence/notation/level-checks.ts';
import { NotationFault } from '../../../src/evidence/notation/notation-fault.ts';

const VALIDATIONS = ['authenticity', 'authentic timestamp', 'expiry'] as const;

describe('the checks of a level', () => {
  const lets = { strict: [], permissive: ['authentic timestamp', 'expiry'], audit: VALIDATIONS } as const;
  for (const level of ['strict', 'permissive', 'audit'] as const) {
    for (const validation of VALIDATIONS) {
      const isLet = (lets[level] as readonly string[]).includes(validation);
      it(`${level} ${isLet ? 'lets through, with a note,' : 'enforces'} ${validation}`, () => {
        const checks = new LevelChecks(level);
        const fail = (): never => {
          throw new NotationFault('what is wrong');
        };
        if (!isLet) {
          assert.throws(() => checks.run(validation, fail), new NotationFault('what is wrong'));
          assert.deepEqual(checks.notes, []);
          return;
        }
        assert.equal(checks.run(validation, fail), undefined);
        assert.equal(checks.notes.length, 1);
        assert.match(checks.notes[0] ?? '', new RegExp(`^${validation}: .*${level}: what is wrong$`));
      });
    }
    it(`${level} lets no error of ours through, which says nothing about the signature`, () => {
      const checks = new LevelChecks(level);
      for (const validation of VALIDATIONS) {
        assert.throws(
          () =>
            checks.run(validation, () => {
              throw new TypeError('boom');
            }),
          /^TypeError: boom$/,
        );
      }
      assert.deepEqual(checks.notes, []);
    });
    it(`${level} hands on what a check gives`, () => {
      assert.equal(
        new LevelChecks(level).run('expiry', () => 7),
        7,
      );
    });
  }
});
