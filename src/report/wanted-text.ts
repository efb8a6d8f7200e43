import type { Rule } from '../policy/policy.ts';
import { plural } from './plural.ts';
import { signedByText } from './signed-by-text.ts';

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

/**
 * What a rule asks for: `a verified statement of https://slsa.dev/provenance/v1, signed by
 * acme/app/.github/workflows/release.yml, at most 30 days old`. Not escaped.
 */
export function wantedText(rule: Rule): string {
  if (rule.asked !== undefined) return rule.asked;
  const age = rule.maxAge === undefined ? '' : `, at most ${duration(rule.maxAge)} old`;
  const condition = rule.where === undefined ? '' : `, where ${rule.where.source}`;
  return `${kindText(rule)}${signersText(rule)}${age}${condition}`;
}

function kindText({ wanted, signed, referrer }: Rule): string {
  if (wanted.kind === 'any-signature') return 'a verified signature';
  const types = wanted.types.join(' or ');
  const isVouched = signed || referrer !== undefined;
  if (wanted.kind === 'predicate-type') return `a ${isVouched ? 'verified ' : ''}statement of ${types}`;
  return isVouched ? `${types}, signed` : `${types}, signed or not`;
}

/** By whom, where the rule names anybody; the signature on the artifact itself apart from that. */
function signersText({ wanted, signedBy, referrer }: Rule): string {
  // that it is signed is said already
  const lead = wanted.kind === 'artifact-type' ? ' by' : ', signed by';
  const signed = signedBy === undefined ? '' : `${lead} ${signedByText(signedBy)}`;
  if (referrer === undefined) return signed;
  const vouched = signedByText(referrer.signedBy);
  return signedBy === undefined ? `${lead} ${vouched}` : `${signed}, and with a signature on it by ${vouched}`;
}

function duration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? ([1, 'second'] as const);
  return plural(seconds / size, name);
}
