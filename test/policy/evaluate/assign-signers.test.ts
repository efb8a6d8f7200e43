import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assignSigners, type EntryMatch } from '../../../src/policy/evaluate/assign-signers.ts';
import { fc } from '../../support/fast-check.ts';

/** The same by trying everything. */
function bruteForce(matches: readonly EntryMatch[]): number {
  const [first, ...rest] = matches;
  if (first === undefined) return 0;
  const without = bruteForce(rest);
  const compatible = rest.filter(
    (one) => one.entry !== first.entry && one.signer !== first.signer && one.envelope !== first.envelope,
  );
  return Math.max(without, 1 + bruteForce(compatible));
}

function isValid(chosen: readonly EntryMatch[], matches: readonly EntryMatch[]): boolean {
  const different = (key: keyof EntryMatch) => new Set(chosen.map((one) => one[key])).size === chosen.length;
  return (
    chosen.every((one) => matches.includes(one)) && different('entry') && different('signer') && different('envelope')
  );
}

function matchArbitrary(entries: number, signers: number, envelopes: number): fc.Arbitrary<EntryMatch[]> {
  const one = fc.record({
    entry: fc.nat(entries - 1),
    signer: fc.nat(signers - 1).map((n) => `signer ${n}`),
    envelope: fc.nat(envelopes - 1).map((n) => `envelope ${n}`),
  });
  return fc.array(one, { maxLength: 12 });
}

describe('the choice of signers', () => {
  it('is a choice, and the largest one, whatever verifies as what', () => {
    fc.assert(
      fc.property(matchArbitrary(4, 4, 5), (matches) => {
        const chosen = assignSigners(matches);
        assert.ok(isValid(chosen, matches));
        assert.equal(chosen.length, bruteForce(matches));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the largest one where every envelope has one signer', () => {
    fc.assert(
      fc.property(matchArbitrary(5, 5, 8), (matches) => {
        const owned = matches.map((one) => ({ ...one, signer: `owner of ${Number(one.envelope.slice(9)) % 5}` }));
        assert.equal(assignSigners(owned).length, bruteForce(owned));
      }),
      { numRuns: 1000 },
    );
  });

  it('ends soon, and is still a choice, with a thousand envelopes that verify as two signers', () => {
    const matches = Array.from({ length: 1000 }, (_, n) => n).flatMap((n) =>
      ['a', 'b'].map((signer, entry) => ({ entry, signer, envelope: `envelope ${n}` })),
    );
    const chosen = assignSigners(matches);
    assert.ok(isValid(chosen, matches));
    assert.equal(chosen.length, 2);
  });

  it('does not count an envelope as two signers’ where more are shared than it tries', () => {
    const spent = Array.from({ length: 8 }, (_, n) => n).flatMap((n) =>
      ['x', 'y'].map((signer) => ({ entry: 0, signer, envelope: `envelope ${n}` })),
    );
    const ninth = ['a', 'b'].map((signer, at) => ({ entry: at + 1, signer, envelope: 'the ninth' }));
    assert.deepEqual(
      assignSigners([...spent, ...ninth]).map(({ entry }) => entry),
      [0],
    );
  });

  it('ends soon with envelopes that verify as very many signers, and others count all the same', () => {
    const shared = Array.from({ length: 8 }, (_, n) => n).flatMap((n) =>
      Array.from({ length: 40 }, (_, who) => ({ entry: who % 3, signer: `mask ${who}`, envelope: `shared ${n}` })),
    );
    const honest = [0, 1].map((entry) => ({ entry, signer: `honest ${entry}`, envelope: `own ${entry}` }));
    const chosen = assignSigners([...shared, ...honest]);
    assert.ok(isValid(chosen, [...shared, ...honest]));
    assert.equal(chosen.length, 3);
  });

  it('of nothing is nothing', () => {
    assert.deepEqual(assignSigners([]), []);
  });
});
