import { describeSigner } from '../describe-signer.ts';
import type { EvidenceItem } from '../evidence-item.ts';
import { explainMismatch } from '../identity-help.ts';
import type { SignerRule } from '../policy.ts';
import type { CandidateJudgement } from '../verdict.ts';
import type { SignedContent } from './wanted.ts';

/** Trusts of the policy that verified a signature, but that the rule does not name: the likely mistake in a policy. */
export function otherTrust(
  item: EvidenceItem,
  { outcomes }: SignedContent,
  wanted: readonly SignerRule[],
): CandidateJudgement[] {
  const names = [...new Set(wanted.map(({ trust }) => trust))];
  return [...outcomes].flatMap(([trust, outcome]): CandidateJudgement[] => {
    if (names.includes(trust) || !outcome.verified) return [];
    const { signer, root, times, notes } = outcome;
    const reason = `signed by ${describeSigner(signer)} under the trust ${JSON.stringify(trust)}, which the rule does not name`;
    const row = { field: 'trust', expected: names.join(' or ') || 'none', found: trust, matches: false };
    const mismatch = explainMismatch({ matches: false, rows: [row] }, signer, { trust });
    return [{ item, state: 'untrusted-identity', reason, trust, signer, root, times, notes, mismatch }];
  });
}
