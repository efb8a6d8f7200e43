import type { SignedBy, SignerRule } from '../policy.ts';
import { describeNode, type MapNode, type PolicyNode } from './policy-node.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readSigner } from './read-signer.ts';
import type { TrustSection } from './read-trust.ts';

/** Entries of one `signed-by`. */
const MAX_SIGNERS = 50;

/** One signer; `any-of: [...]`; or `at-least: n` with `of: [...]`. */
export async function readSignedBy(
  reader: PolicyReader,
  node: PolicyNode,
  trust: TrustSection,
): Promise<SignedBy | undefined> {
  if (node.kind !== 'map') {
    const hint = node.kind === 'list' ? 'Put any-of: before the list, or at-least: and of:.' : FORMS;
    return reader.refuse(
      node.at,
      `signed-by: expected a signer, any-of, or at-least and of; got ${describeNode(node)}`,
      hint,
    );
  }
  const has = (key: string): boolean => node.entries.some((entry) => entry.key === key);
  if (has('any-of')) return readAnyOf(reader, node, trust);
  if (has('at-least') || has('of')) return readAtLeast(reader, node, trust);
  const signer = await readSigner(reader, node, trust);
  return signer && { atLeast: 1, of: [signer], at: node.at };
}

const FORMS = 'As in signed-by: { trust: release-key }.';

async function readAnyOf(reader: PolicyReader, node: MapNode, trust: TrustSection): Promise<SignedBy | undefined> {
  const fields = reader.fields(node, ['any-of'], 'signed-by with any-of');
  const of = fields?.['any-of'] && (await readSigners(reader, fields['any-of'], trust));
  return of && { atLeast: 1, of, at: node.at };
}

async function readAtLeast(reader: PolicyReader, node: MapNode, trust: TrustSection): Promise<SignedBy | undefined> {
  const fields = reader.fields(node, ['at-least', 'of'], 'signed-by with at-least');
  const count = fields?.['at-least'];
  if (fields?.of === undefined || count === undefined) {
    return reader.refuse(
      node.at,
      `signed-by: expected both at-least and of; ${count === undefined ? 'at-least' : 'of'} is not there`,
    );
  }
  const of = await readSigners(reader, fields.of, trust);
  const atLeast = count.kind === 'scalar' && /^[1-9][0-9]?$/.test(count.source) ? Number(count.source) : undefined;
  if (atLeast === undefined)
    return reader.refuse(count.at, `at-least: expected a whole number from 1, got ${describeNode(count)}`);
  const entries = fields.of.kind === 'list' ? fields.of.items.length : 1;
  if (atLeast > entries) {
    return reader.refuse(
      count.at,
      `at-least: ${atLeast} of ${entries} can never be met`,
      `Add signers, or write at-least: ${entries}.`,
    );
  }
  return of && { atLeast, of, at: node.at };
}

async function readSigners(
  reader: PolicyReader,
  node: PolicyNode,
  trust: TrustSection,
): Promise<readonly SignerRule[] | undefined> {
  if (node.kind !== 'list') return reader.refuse(node.at, `expected a list of signers, got ${describeNode(node)}`);
  if (node.items.length === 0) return reader.refuse(node.at, 'expected a list of signers, got an empty one');
  if (node.items.length > MAX_SIGNERS)
    return reader.refuse(node.at, `expected at most ${MAX_SIGNERS} signers, got ${node.items.length}`);
  const signers: SignerRule[] = [];
  const seen = new Set<string>();
  for (const item of node.items) {
    const signer = await readSigner(reader, item, trust);
    if (signer === undefined) continue;
    const { at, ...meaning } = signer;
    const key = JSON.stringify(meaning);
    if (seen.has(key)) reader.refuse(at, 'the same signer stands here a second time');
    seen.add(key);
    signers.push(signer);
  }
  return signers.length === 0 ? undefined : signers;
}
