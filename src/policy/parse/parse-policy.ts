import type { Policy, Rule, Waiver } from '../policy.ts';
import { type PolicyProblem, PolicyProblems } from '../policy-problems.ts';
import { describeNode, type PolicyNode } from './policy-node.ts';
import { PolicyReader } from './policy-reader.ts';
import { readRule } from './read-rule.ts';
import { readTrust, type TrustSection } from './read-trust.ts';
import { readWaiver } from './read-waiver.ts';

/** Longest policy, in UTF-16 units. */
export const MAX_POLICY_LENGTH = 256 * 1024;
/** Problems that are reported of one policy. */
export const MAX_PROBLEMS = 50;

const MAX_RULES = 200;
const MAX_WAIVERS = 1000;
const TOP_KEYS = ['version', 'trust', 'rules', 'waivers'] as const;

/**
 * Policy file (YAML 1.2 or JSON, docs/policy.md) -> policy. Pure: files that it names are not looked at. `file` is its
 * name in messages. Throws PolicyProblems with every problem, in the order of the file; nothing else.
 */
export async function parsePolicy(text: string, { file }: { readonly file: string }): Promise<Policy> {
  if (text.length > MAX_POLICY_LENGTH) {
    const message = `expected a policy of at most ${MAX_POLICY_LENGTH} characters, got ${text.length}`;
    throw new PolicyProblems([{ message, location: { file, line: 1, column: 1 } }]);
  }
  const { readYaml } = await import('./read-yaml.ts');
  const yaml = readYaml(text, file);
  if (yaml.problems !== undefined) throw problemsOf(yaml.problems, file);
  const reader = new PolicyReader();
  const policy = await readPolicy(reader, yaml.root, file);
  if (policy === undefined || reader.problems.length > 0) throw problemsOf(reader.problems, file);
  return policy;
}

/** In the order of the file, each once; of very many the first ones. */
function problemsOf(problems: readonly PolicyProblem[], file: string): PolicyProblems {
  const sorted = problems.toSorted(
    (a, b) => (a.location.line ?? 0) - (b.location.line ?? 0) || (a.location.column ?? 0) - (b.location.column ?? 0),
  );
  const key = ({ message, location }: PolicyProblem): string => JSON.stringify([message, location]);
  // an anchor that is used twice is read twice
  const distinct = sorted.filter((problem, at) => at === 0 || key(problem) !== key(sorted[at - 1] ?? problem));
  const [first, ...others] = distinct.slice(0, MAX_PROBLEMS);
  return new PolicyProblems([
    first ?? { message: 'the policy cannot be read', location: { file, line: 1, column: 1 } },
    ...others,
  ]);
}

async function readPolicy(reader: PolicyReader, root: PolicyNode, file: string): Promise<Policy | undefined> {
  const fields = reader.fields(root, TOP_KEYS, 'a policy');
  if (fields === undefined) return undefined;
  checkVersion(reader, root, fields.version);
  const trust = readTrust(reader, fields.trust);
  const rules = await readRules(reader, root, fields.rules, trust);
  const waivers = fields.waivers === undefined ? [] : await readWaivers(reader, fields.waivers);
  return { origin: file, trust: trust.trust, rules, waivers };
}

function checkVersion(reader: PolicyReader, root: PolicyNode, version: PolicyNode | undefined): void {
  if (version === undefined) reader.refuse(root.at, 'expected version: 1', 'Write version: 1 as the first line.');
  else if (version.kind !== 'scalar' || version.value !== 1) {
    reader.refuse(version.at, `version: expected 1, got ${describeNode(version)}`);
  }
}

async function readRules(
  reader: PolicyReader,
  root: PolicyNode,
  node: PolicyNode | undefined,
  trust: TrustSection,
): Promise<readonly Rule[]> {
  if (node?.kind !== 'list' || node.items.length === 0) {
    const got = node === undefined ? '' : `, got ${node.kind === 'list' ? 'an empty one' : describeNode(node)}`;
    reader.refuse(node?.at ?? root.at, `rules: expected a list of rules${got}`);
    return [];
  }
  if (node.items.length > MAX_RULES)
    reader.refuse(node.at, `expected at most ${MAX_RULES} rules, got ${node.items.length}`);
  const rules: Rule[] = [];
  const names = new Set<string>();
  for (const item of node.items.slice(0, MAX_RULES)) {
    const rule = await readRule(reader, item, trust);
    if (rule === undefined) continue;
    if (names.has(rule.name)) reader.refuse(rule.at, `there is a rule named ${JSON.stringify(rule.name)} already`);
    names.add(rule.name);
    rules.push(rule);
  }
  return rules;
}

async function readWaivers(reader: PolicyReader, node: PolicyNode): Promise<readonly Waiver[]> {
  if (node.kind !== 'list') {
    reader.refuse(node.at, `waivers: expected a list, got ${describeNode(node)}`);
    return [];
  }
  if (node.items.length > MAX_WAIVERS) {
    reader.refuse(node.at, `expected at most ${MAX_WAIVERS} waivers, got ${node.items.length}`);
  }
  const waivers: Waiver[] = [];
  for (const item of node.items.slice(0, MAX_WAIVERS)) {
    const waiver = await readWaiver(reader, item);
    if (waiver !== undefined) waivers.push(waiver);
  }
  return waivers;
}
