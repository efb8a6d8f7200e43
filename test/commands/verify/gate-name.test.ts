import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gateKey, gateName } from '../../../src/commands/verify/gate-name.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';

const ENV = { GITHUB_WORKFLOW: 'ci', GITHUB_JOB: 'gate', GITHUB_ACTION: '__acme_oci-referrers_verify' };
const OLD = `sha256:${'1'.repeat(64)}`;
const NEW = `sha256:${'2'.repeat(64)}`;

interface Gate {
  readonly images: readonly string[];
  readonly matrixJob?: string;
  readonly shard?: number;
  readonly env?: Readonly<Record<string, string>>;
}

function parts({ images, matrixJob, shard, env }: Gate): Parameters<typeof gateKey> {
  const error = new CodedError('denied', 'no');
  const part = shard === undefined ? undefined : { number: shard, of: 8, total: 100, list: OLD };
  return [
    { images: images.map((requested) => ({ requested, error })), shard: part },
    { matrixJob },
    { ...ENV, ...env },
  ];
}

const sameGate: Record<string, readonly [Gate, Gate]> = {
  'whose tag changes with every commit': [{ images: ['r.io/a/app:1f2e'] }, { images: ['r.io/a/app:9d8c'] }],
  'whose digest changes with every build': [{ images: [`r.io/a/app@${OLD}`] }, { images: [`r.io/a/app:1@${NEW}`] }],
  'of a job that is the only one of its matrix': [
    { images: ['r.io/a/app:1'], matrixJob: '0/1' },
    { images: ['r.io/a/app:1'], matrixJob: '/' },
  ],
  'that gets other images of several repositories': [
    { images: ['r.io/a/app:1', 'r.io/a/db:1'] },
    { images: ['r.io/a/app:2', 'r.io/a/web:1'] },
  ],
};

const otherGate: Record<string, readonly [Gate, Gate]> = {
  'job of a matrix over digests of one repository': [
    { images: [`r.io/a/app@${OLD}`], matrixJob: '0/2' },
    { images: [`r.io/a/app@${NEW}`], matrixJob: '1/2' },
  ],
  'job of a matrix over tags': [
    { images: ['r.io/a/app:debian'], matrixJob: '0/2' },
    { images: ['r.io/a/app:alpine'], matrixJob: '1/2' },
  ],
  repository: [{ images: ['localhost:5000/app'] }, { images: ['localhost:5000/web'] }],
  job: [{ images: ['r.io/a/app:1'] }, { images: ['r.io/a/app:1'], env: { GITHUB_JOB: 'other' } }],
  'step of a job': [{ images: ['r.io/a/app:1'] }, { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: 'second' } }],
  shard: [
    { images: ['r.io/a/app:1'], shard: 1 },
    { images: ['r.io/a/app:1'], shard: 2 },
  ],
};

describe('the key of a comment', () => {
  for (const [what, [a, b]] of Object.entries(sameGate)) {
    it(`is the same in the next run of a gate ${what}`, () => {
      assert.equal(gateKey(...parts(a)), gateKey(...parts(b)));
    });
  }

  for (const [what, [a, b]] of Object.entries(otherGate)) {
    it(`is another one for each ${what}`, () => {
      assert.notEqual(gateKey(...parts(a)), gateKey(...parts(b)));
    });
  }
});

describe('the name of a check run', () => {
  it('says the job and the image, and which job of the matrix', () => {
    assert.equal(gateName(...parts({ images: [`r.io/a/app:1@${OLD}`] })), 'oci-referrers verify / gate / r.io/a/app');
    const second = parts({ images: [`r.io/a/app@${OLD}`], matrixJob: '1/4' });
    assert.equal(gateName(...second), 'oci-referrers verify / gate / r.io/a/app / 2/4');
    assert.equal(gateName(...parts({ images: ['r.io/a:1', 'r.io/b:1'] })), 'oci-referrers verify / gate');
    assert.equal(gateName(...parts({ images: ['r.io/a:1'], shard: 3 })), 'oci-referrers verify / gate / 3/8');
  });
});
