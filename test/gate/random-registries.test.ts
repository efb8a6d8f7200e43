import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Verdict } from '../../src/policy/verdict.ts';
import { fc } from '../support/fast-check.ts';
import { judge, sampleRule, signedByKeys } from '../support/judging.ts';
import {
  type ChangingRegistry,
  type RandomRegistry,
  type RandomSubject,
  randomRegistry,
  startChangingRegistry,
} from '../support/random-registry.ts';

const RUNS = { numRuns: 1000, endOnFailure: true };

type Gate = (registry: RandomRegistry) => Promise<Verdict>;

/** Whether a document is there and can be had whole. */
function isReadable(registry: RandomRegistry, at: number, kind: 'good' | string): boolean {
  if (kind === 'gone') return true;
  // it is read from where it belongs, and refused for its subject before its blob is asked for
  const foreign = kind === 'of another subject';
  const { faults } = registry.subjects[foreign ? (at + 1) % 3 : at] as RandomSubject;
  const fault = faults[foreign ? 'good' : (kind as 'good')];
  return fault === undefined || (foreign && fault === 'blob');
}

/** What the gate must answer: found by looking at the description alone. */
function expected(registry: RandomRegistry): Verdict {
  const { on, isNested, subjects } = registry;
  const containers = (platform: number): number[] => (isNested && platform === 2 ? [3, 0] : [0]);
  const cells =
    on === 'index'
      ? [[0]]
      : [1, 2].map((platform) => (on === 'either' ? [platform, ...containers(platform)] : [platform]));
  const verdicts = cells.map((places): Verdict => {
    const platform = subjects[places[0] ?? 0];
    if (platform?.manifest !== 'there') return 'unknown';
    if (places[0] === 2 && isNested && subjects[3]?.manifest !== 'there') return 'unknown';
    const looked = places.map((at) => ({ at, subject: subjects[at] as RandomSubject }));
    const isMet = looked.some(
      ({ at, subject }) =>
        subject.list === 'answers' &&
        subject.listed.some(({ kind }) => kind === 'good') &&
        isReadable(registry, at, 'good'),
    );
    if (isMet) return 'pass';
    const isRead = looked.every(
      ({ at, subject }) =>
        subject.list === 'answers' &&
        subject.attestationTag === 'answers' &&
        subject.listed.every(({ kind }) => isReadable(registry, at, kind)),
    );
    return isRead ? 'fail' : 'unknown';
  });
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('unknown') ? 'unknown' : 'pass';
}

describe('the gate, whatever a registry holds and fails at', () => {
  let world: ChangingRegistry;
  const closers: (() => unknown)[] = [];
  before(async () => {
    world = await startChangingRegistry({ after: (close) => void closers.push(close as () => unknown) });
  });
  after(async () => {
    for (const close of closers.toReversed()) await close();
  });

  /** As it is; `trusts` are those that its rule accepts. */
  const gateWith =
    (trusts: (world: ChangingRegistry) => Parameters<typeof judge>[3]): Gate =>
    async (registry) => {
      const tag = world.become(registry);
      const accepted = trusts(world);
      const rule = sampleRule({ on: registry.on, signedBy: signedByKeys(...accepted) });
      return (await judge(world.store, { tag }, [rule], accepted)).verdict.verdict;
    };
  const gate = gateWith(({ key }) => [key.trust]);

  const holds = (of: Gate): Promise<void> =>
    fc.assert(
      fc.asyncProperty(randomRegistry, async (registry) => assert.equal(await of(registry), expected(registry))),
      RUNS,
    );

  it('passes where verified evidence is there, fails where it is not, and does not know what could not be read', () =>
    holds(gate));

  it('was asked about registries of every verdict', () => {
    const counts = { pass: 0, fail: 0, unknown: 0 };
    for (const registry of fc.sample(randomRegistry, RUNS)) counts[expected(registry)] += 1;
    for (const count of Object.values(counts)) assert.ok(count >= 100, JSON.stringify(counts));
  });

  /** Gates that fail open. */
  const PLANTED: Readonly<Record<string, Gate>> = {
    'takes what it does not know for a pass': async (registry) => {
      const verdict = await gate(registry);
      return verdict === 'unknown' ? 'pass' : verdict;
    },
    'passes what has nothing attached': async (registry) =>
      registry.subjects.slice(0, 3).every(({ listed }) => listed.length === 0) ? 'pass' : gate(registry),
    'takes the key of a stranger': gateWith(({ key, stranger }) => [key.trust, stranger.trust]),
    'takes an index inside the index that cannot be read for one that can': (registry) =>
      gate({
        ...registry,
        subjects: registry.subjects.map((one, at) => (at === 3 ? { ...one, manifest: 'there' } : one)),
      }),
    'takes a list that cannot be had for an empty one': (registry) =>
      gate({
        ...registry,
        subjects: registry.subjects.map((one) =>
          one.list === 'fails' ? { ...one, list: 'answers', listed: [] } : one,
        ),
      }),
  };
  for (const [title, planted] of Object.entries(PLANTED)) {
    it(`goes red where it ${title}`, () => assert.rejects(holds(planted), /Property failed/));
  }
});
