import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Economy } from '../../src/net/types.ts';
import { renderEconomyLine } from '../../src/report/economy-line.ts';
import { formatBytes } from '../../src/report/format-bytes.ts';

const NONE = { main: 0, auth: 0, 'look-up': 0, 'read-back': 0, settle: 0, proof: 0 };

describe('renderEconomyLine', () => {
  it('tells safety reads, tokens and proofs apart from the work', () => {
    const economy: Economy = {
      requests: 14,
      rounds: 5,
      retries: 0,
      bytesSent: 1_234_567,
      bytesReceived: 20_111,
      byPurpose: { ...NONE, main: 6, auth: 1, 'look-up': 1, 'read-back': 1, settle: 1, proof: 4 },
    };
    assert.equal(
      renderEconomyLine(economy),
      '14 requests in 5 rounds (1 for tokens, 3 safety reads, 4 proofs), 1.2 MB up, 20 kB down, 0 retries',
    );
  });

  it('says nothing of what there was none of, and counts one as one', () => {
    const economy: Economy = {
      requests: 1,
      rounds: 1,
      retries: 1,
      bytesSent: 0,
      bytesReceived: 999,
      byPurpose: { ...NONE, main: 1 },
    };
    assert.equal(renderEconomyLine(economy), '1 request in 1 round, 0 B up, 999 B down, 1 retry');
  });
});

describe('formatBytes', () => {
  const ROWS: readonly [number, string][] = [
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_951, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_500_000_000, '1.5 GB'],
    [5e15, '5000 TB'],
  ];
  for (const [bytes, text] of ROWS) {
    it(`shows ${bytes} bytes as ${text}`, () => assert.equal(formatBytes(bytes), text));
  }
});
