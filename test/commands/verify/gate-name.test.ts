import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyRepositoryOf, parseSubjects } from '../../../src/commands/subjects.ts';
import { gateKey, gateName } from '../../../src/commands/verify/gate-name.ts';

const OWN_STEP = '__acme_oci-referrers_verify';
const ENV = {
  GITHUB_WORKFLOW: 'ci',
  GITHUB_JOB: 'gate',
  GITHUB_ACTION: OWN_STEP,
  GITHUB_ACTION_REPOSITORY: 'acme/oci-referrers',
};
const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/platform-team/payments/checkout-service';
const OLD = `sha256:${'1'.repeat(64)}`;
const NEW = `sha256:${'2'.repeat(64)}`;

interface Gate {
  readonly images: readonly string[];
  readonly matrixJob?: string;
  readonly shard?: number;
  readonly env?: Readonly<Record<string, string>>;
}

function parts({ images, matrixJob, shard, env }: Gate): Parameters<typeof gateKey> {
  const part = shard === undefined ? undefined : { number: shard, of: 8, total: 100, list: OLD };
  return [
    { repository: onlyRepositoryOf(parseSubjects({ image: images }).subjects), shard: part },
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
  'whose shard has images of one repository today': [
    { images: ['r.io/a/app:1', 'r.io/a/app:2'], shard: 1 },
    { images: ['r.io/a/app:1', 'r.io/a/db:1'], shard: 1 },
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
  workflow: [{ images: ['r.io/a/app:1'] }, { images: ['r.io/a/app:1'], env: { GITHUB_WORKFLOW: 'release' } }],
  'step of a job': [{ images: ['r.io/a/app:1'] }, { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: 'second' } }],
  'step without an id': [
    { images: ['r.io/a/app:1'] },
    { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: `${OWN_STEP}_2` } },
  ],
  'step that runs a command': [
    { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: '__run_2' } },
    { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: `${OWN_STEP}_2` } },
  ],
  'step that has what the runner makes up for an id': [
    { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: '__run_2' } },
    { images: ['r.io/a/app:1'], env: { GITHUB_ACTION: 'run_2' } },
  ],
  'job of a matrix over images with long names': [
    { images: [`${ECR}:1`], matrixJob: '0/4', env: { GITHUB_JOB: 'verify-before-deploy' } },
    { images: [`${ECR}:1`], matrixJob: '1/4', env: { GITHUB_JOB: 'verify-before-deploy' } },
  ],
  'image with a long name that differs at its beginning': [{ images: [`a${ECR}:1`] }, { images: [`b${ECR}:1`] }],
  'job with a name that is too long itself': [
    { images: ['r.io/a/app:1'], env: { GITHUB_JOB: `${'j'.repeat(120)}1` } },
    { images: ['r.io/a/app:1'], env: { GITHUB_JOB: `${'j'.repeat(120)}2` } },
  ],
  shard: [
    { images: ['r.io/a/app:1'], shard: 1 },
    { images: ['r.io/a/app:1'], shard: 2 },
  ],
};

for (const [what, of] of Object.entries({ 'the key of a comment': gateKey, 'the name of a check run': gateName })) {
  describe(what, () => {
    for (const [gate, [a, b]] of Object.entries(sameGate)) {
      it(`is the same in the next run of a gate ${gate}`, () => {
        assert.equal(of(...parts(a)), of(...parts(b)));
      });
    }

    for (const [gate, [a, b]] of Object.entries(otherGate)) {
      it(`is another one for each ${gate}`, () => {
        assert.notEqual(of(...parts(a)), of(...parts(b)));
      });
    }
  });
}

describe('the name of a check run', () => {
  const names: readonly (readonly [Gate, string])[] = [
    [{ images: [`r.io/a/app:1@${OLD}`] }, 'r.io/a/app'],
    [{ images: [`r.io/a/app@${OLD}`], matrixJob: '1/4' }, '2/4 / r.io/a/app'],
    [{ images: ['r.io/a:1'], shard: 3 }, 'shard 3/8'],
    [{ images: ['r.io/a:1'], env: { GITHUB_ACTION: 'second' } }, 'second / r.io/a'],
    [{ images: ['r.io/a:1'], env: { GITHUB_ACTION: '__acme_oci-referrers_2' } }, '#2 / r.io/a'],
    [{ images: ['r.io/a:1'], env: { GITHUB_ACTION: '__run_2', GITHUB_ACTION_REPOSITORY: '' } }, '#run_2 / r.io/a'],
  ];
  for (const [gate, end] of names) {
    it(`says workflow and job, and what the gate is of: ${end}`, () => {
      assert.equal(gateName(...parts(gate)), `oci-referrers verify / ci / gate / ${end}`);
    });
  }

  it('is that of the job where the images are of several repositories', () => {
    assert.equal(gateName(...parts({ images: ['r.io/a:1', 'r.io/b:1'] })), 'oci-referrers verify / ci / gate');
  });

  it("is cut at the image's beginning where it is too long, and shows all that is before it", () => {
    const env = { GITHUB_JOB: 'verify-before-deploy' };
    const name = gateName(...parts({ images: [`${ECR}:1`], matrixJob: '1/4', env }));
    assert.equal(name.length, 100);
    assert.match(
      name,
      /^oci-referrers verify \/ ci \/ verify-before-deploy \/ 2\/4 \/ \.\.\..*\/checkout-service [0-9a-f]{12}$/,
    );
    const long = { GITHUB_JOB: 'j'.repeat(120) };
    assert.equal(gateName(...parts({ images: ['r.io/a:1'], env: long })).length, 100);
  });
});
