import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyTrust, Trust } from '../../src/evidence/trust.ts';
import { type ImageJudgement, type JudgeRequest, judgeImage } from '../../src/gate/judge-image.ts';
import { memoizeStore } from '../../src/gate/memoizing-store.ts';
import { digestOf } from '../../src/oci/digest.ts';
import type { Policy, Rule } from '../../src/policy/policy.ts';
import type { CandidateState, ImageVerdict } from '../../src/policy/verdict.ts';
import { REFERRER_SOURCES } from '../../src/referrers/types.ts';
import type { Store } from '../../src/store/store.ts';
import { SLSA_V1 } from './sigstore/make-statement.ts';

/** A key pair, and the trust in its public half. */
export interface TrustedKey {
  readonly privateKey: KeyObject;
  readonly trust: KeyTrust;
}

export function makeTrustedKey(name = 'release-key'): TrustedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fingerprint = digestOf(publicKey.export({ type: 'spki', format: 'der' }));
  return { privateKey, trust: { kind: 'key', name, key: publicKey, fingerprint, log: 'none' } };
}

const AT = { file: 'policy.yml', line: 1, column: 1 };

/** A rule for SLSA provenance by any trusted key, with parts replaced. */
export function sampleRule(parts: Partial<Rule> = {}): Rule {
  const wanted = { kind: 'predicate-type', types: [SLSA_V1] } as const;
  return { name: 'provenance', on: 'either', platforms: 'all', wanted, signed: true, at: AT, ...parts };
}

export function samplePolicy(rules: readonly Rule[], trusts: readonly Trust[] = []): Policy {
  const specs = trusts.map(({ name }) => {
    const key = { kind: 'inline', text: '', at: AT } as const;
    return [name, { kind: 'key', name, key, log: 'none', at: AT }] as const;
  });
  return { origin: 'policy.yml', trust: new Map(specs), rules, waivers: [] };
}

/** `signedBy` of a rule: at least one of the trusted keys. */
export function signedByKeys(...trusts: readonly Trust[]): NonNullable<Rule['signedBy']> {
  return { atLeast: 1, of: trusts.map(({ name }) => ({ trust: name, at: AT })), at: AT };
}

/** Judges what a tag or digest of a store names by rules, over all sources, with a memory of its own. */
export function judge(
  store: Store,
  target: JudgeRequest['target'],
  rules: readonly Rule[],
  trusts: readonly Trust[],
  request: Partial<JudgeRequest> = {},
): Promise<ImageJudgement> {
  return judgeImage({
    store: memoizeStore(store),
    requested: `${store.name}:${typeof target === 'string' ? target : target.tag}`,
    target,
    policy: samplePolicy(rules, trusts),
    trusts: async () => new Map(trusts.map((trust) => [trust.name, trust])),
    sources: REFERRER_SOURCES,
    now: new Date(),
    signal: new AbortController().signal,
    ...request,
  });
}

/** `linux/amd64: pass`, ... of a rule, by default the first. */
export function cellsOf({ rules }: ImageVerdict, rule = rules[0]?.rule.name): string[] {
  const cells = rules.find((one) => one.rule.name === rule)?.cells ?? [];
  return cells.map(({ column, state }) => `${column}: ${state}`);
}

/** The states of everything that was looked at and did not count, each once. */
export function rejectedStates({ rules }: ImageVerdict): CandidateState[] {
  return [
    ...new Set(rules.flatMap(({ cells }) => cells.flatMap(({ rejected }) => rejected.map(({ state }) => state)))),
  ];
}
