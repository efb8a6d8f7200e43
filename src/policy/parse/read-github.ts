import { COMMIT, expectedShape, type GithubClaimName } from '../github-shapes.ts';
import { namesOwner } from '../match-signer-github.ts';
import type { GithubIdentity } from '../policy.ts';
import type { TextPattern } from '../text-pattern.ts';
import type { PolicyNode } from './policy-node.ts';
import type { PolicyReader } from './policy-reader.ts';

export const GITHUB_KEYS = [
  'repository',
  'repository-id',
  'owner-id',
  'ref',
  'commit',
  'workflow',
  'signer-workflow',
  'signer-repository',
  'signer-commit',
  'runner',
  'trigger',
] as const;
export const RUNNERS = ['github-hosted', 'self-hosted'] as const;

/** `github:`, the claims of a workflow. Values that no workflow has are refused: they would never match. */
export async function readGithub(reader: PolicyReader, node: PolicyNode): Promise<GithubIdentity | undefined> {
  const fields = reader.fields(node, GITHUB_KEYS, 'github');
  if (fields === undefined) return undefined;
  const pattern = async (name: GithubClaimName): Promise<TextPattern | undefined> => {
    const field = fields[name];
    const found = field && (await reader.pattern(field, name));
    const expected = found && expectedShape(name, found.text);
    if (field === undefined || found === undefined || expected === undefined) return found;
    return reader.refuse(field.at, `${name}: expected ${expected}; got ${JSON.stringify(found.text)}`);
  };
  const id = (name: 'repository-id' | 'owner-id'): string | undefined => {
    const field = fields[name];
    return field && readId(reader, field, name);
  };
  const commit = (name: 'commit' | 'signer-commit'): string | undefined => {
    const field = fields[name];
    return field && readCommit(reader, field, name);
  };
  const github: GithubIdentity = {
    repository: await pattern('repository'),
    repositoryId: id('repository-id'),
    ownerId: id('owner-id'),
    ref: await pattern('ref'),
    commit: commit('commit'),
    workflow: await pattern('workflow'),
    signerWorkflow: await pattern('signer-workflow'),
    signerRepository: await pattern('signer-repository'),
    signerCommit: commit('signer-commit'),
    runner: fields.runner && reader.choice(fields.runner, RUNNERS, 'runner'),
    trigger: await pattern('trigger'),
  };
  const given = Object.values(fields).some((field) => field !== undefined);
  if (!given || (!namesOwner(github) && !NAMING.some((name) => fields[name] !== undefined))) {
    reader.refuse(
      node.at,
      'github: this accepts the workflows of every repository on GitHub',
      'Say whose: repository: owner/name.',
    );
  }
  return Object.fromEntries(Object.entries(github).filter(([, value]) => value !== undefined));
}

const NAMING = ['repository', 'repository-id', 'owner-id', 'signer-workflow', 'signer-repository'] as const;

function readCommit(reader: PolicyReader, node: PolicyNode, name: string): string | undefined {
  const found = reader.text(node, `${name}: ${COMMIT.expected}`);
  if (found === undefined || COMMIT.fits(found.text)) return found?.text;
  return reader.refuse(node.at, `${name}: expected ${COMMIT.expected}; got ${JSON.stringify(found.text)}`);
}

/** Digits, with or without quotes. */
function readId(reader: PolicyReader, node: PolicyNode, name: string): string | undefined {
  if (node.kind === 'scalar' && /^[1-9][0-9]{0,19}$/.test(node.source)) return node.source;
  return reader.refuse(
    node.at,
    `${name}: expected the number that GitHub gave it`,
    'gh api repos/OWNER/NAME --jq ".id, .owner.id" prints both.',
  );
}
