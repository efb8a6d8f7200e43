import { parseDistinguishedName } from '../evidence/notation/distinguished-name.ts';
import type { NotationSigner } from '../evidence/signer.ts';
import type { SignerRow } from './signer-row.ts';

/**
 * Trusted identities (Notary Project trust-store-trust-policy.md "Trusted Identities Constraints"): one of the names
 * must be a subset of the leaf's attributes, equal in each; `*` is any. None is given: nobody is accepted.
 */
export function distinguishedNameRow(names: readonly string[] | undefined, signer: NotationSigner): SignerRow {
  return {
    field: 'distinguished name',
    expected: names === undefined || names.length === 0 ? 'a name, which the policy does not give' : names.join(' or '),
    found: signer.identity,
    matches: (names ?? []).some((name) => isSubset(name, signer)),
  };
}

function isSubset(name: string, { attributes }: NotationSigner): boolean {
  if (name === '*') return true;
  const wanted = parseDistinguishedName(name);
  if ('reason' in wanted || wanted.length === 0) return false;
  return wanted.every(({ type, value }) => attributes.some((one) => one.type === type && one.value === value));
}
