import { describeDuration } from './duration.ts';
import { describeSignerRule, describeTrust } from './explain-signer.ts';
import type { Policy, Rule, SignedBy, Wanted } from './policy.ts';
import { predicateAliases } from './predicate-alias.ts';
import { describePattern } from './signer-row.ts';

/**
 * What a policy asks for, in plain words: a paragraph for each rule, then the trusts and the waivers. Texts of the
 * policy stand in it as they are: renderers escape.
 */
export function explainPolicy(policy: Policy): string {
  const { rules, trust, waivers, origin } = policy;
  const count = rules.length === 1 ? 'its one rule is met' : `all of its ${rules.length} rules are met`;
  return [
    `${origin}: an image passes when ${count}. What could not be looked at leaves the verdict unknown, which does not pass.`,
    ...rules.map((rule, at) => explainRule(rule, at + 1, policy)),
    ...(trust.size === 0
      ? []
      : [['Whom it trusts:', ...[...trust.values()].map((one) => `- ${describeTrust(one)}`)].join('\n')]),
    ...(waivers.length === 0 ? [] : [['What it lets through:', ...waivers.map(describeWaiver)].join('\n')]),
  ].join('\n\n');
}

function explainRule(rule: Rule, number: number, policy: Policy): string {
  const { name, maxAge, where, signed, signedBy, referrer } = rule;
  return [
    `${number}. ${name}`,
    `${describeScope(rule)} must have ${describeWanted(rule.wanted, signed && (signedBy !== undefined || referrer === undefined))}.`,
    ...(signed ? [] : ['Nobody needs to have signed it: that it is there, and of the right shape, is enough.']),
    ...(signedBy === undefined ? [] : describeSignedBy('It must be signed by', signedBy, policy)),
    ...(signed && signedBy === undefined && referrer === undefined
      ? [`It must be signed by ${[...policy.trust.keys()].map((key) => `the key of trust ${key}`).join(' or ')}.`]
      : []),
    ...(referrer === undefined
      ? []
      : describeSignedBy('The artifact must itself have a referrer, a signature on it by', referrer.signedBy, policy)),
    ...(maxAge === undefined ? [] : [describeAge(maxAge, rule, policy)]),
    ...(where === undefined ? [] : [`This must hold of it: ${where.source.trim()}`]),
    ...notesOn(rule, policy).map((note) => `Note: ${note}`),
  ].join('\n   ');
}

function describeScope({ on, platforms }: Rule): string {
  const which =
    platforms === 'all'
      ? 'platform'
      : `of the platforms ${platforms.map(({ os, architecture, variant }) => [os, architecture, variant].filter(Boolean).join('/')).join(', ')}`;
  switch (on) {
    case 'index':
      return 'The index (or the image, where it has none)';
    case 'each-platform':
      return `Each ${which} itself`;
    case 'either':
      return `Each ${which}, or the index that contains it,`;
  }
}

function describeWanted(wanted: Wanted, signed: boolean): string {
  switch (wanted.kind) {
    case 'any-signature':
      return 'a verified signature of any kind';
    case 'predicate-type':
      return `${signed ? 'a verified' : 'a'} statement of type ${wanted.types.join(' or ')}`;
    case 'artifact-type': {
      const artifact = `an artifact of type ${wanted.types.join(' or ')}`;
      if (!signed) return artifact;
      const aliases = wanted.types.some((type) => predicateAliases(type).length > 0);
      return aliases
        ? `${artifact}, as a verified statement or with a verified signature on it`
        : `${artifact}, which is a verified signature itself or has one on it`;
    }
  }
}

function describeSignedBy(lead: string, { atLeast, of }: SignedBy, policy: Policy): string[] {
  const [only, ...others] = of;
  const describe = (rule: SignedBy['of'][number]): string => describeSignerRule(rule, policy.trust.get(rule.trust));
  if (only !== undefined && others.length === 0) return [`${lead} ${describe(only)}.`];
  const all = atLeast === of.length;
  const number = atLeast === 1 ? 'one of these' : all ? 'all of these' : `at least ${atLeast} of these`;
  const apart = atLeast === 1 ? '' : ', each another signer with another signature';
  return [`${lead} ${number}${apart}:`, ...of.map((rule) => `- ${describe(rule)}`)];
}

function describeAge(maxAge: number, { signedBy, referrer }: Rule, policy: Policy): string {
  const used = [...(signedBy?.of ?? []), ...(referrer?.signedBy.of ?? [])].map(({ trust }) => policy.trust.get(trust));
  const names = used.length > 0 ? used : [...policy.trust.values()];
  const keys = names.some((trust) => trust?.kind === 'key')
    ? ' A signature by a key proves no time: there the time that the signed statement gives counts, or none does.'
    : '';
  return `It must be at most ${describeDuration(maxAge)} old, by the smallest time that its signature proves.${keys}`;
}

/** What one would not expect of a rule. */
function notesOn({ wanted, signedBy }: Rule, { trust }: Policy): string[] {
  const notation = (signedBy?.of ?? []).filter((rule) => trust.get(rule.trust)?.kind === 'notation');
  if (wanted.kind !== 'predicate-type' || notation.length === 0) return [];
  return [
    'a Notary Project signature carries no statement, so nothing can meet the entries of such a trust here; referrer asks for one on the artifact that holds a statement.',
  ];
}

function describeWaiver({ rule, image, until, reason }: Policy['waivers'][number]): string {
  return `- until ${until} (UTC, that day included) images ${describePattern(image)} need not meet "${rule}": ${reason}`;
}
