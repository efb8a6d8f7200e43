import { parseDistinguishedName } from '../evidence/notation/distinguished-name.ts';
import type { Signer } from '../evidence/signer.ts';
import type { Platform } from '../oci/descriptor.ts';
import { formatPlatform } from '../oci/platform.ts';
import { writeSignerEntry } from './identity-help.ts';
import type { Material, RuleLevel, TrustSpec } from './policy.ts';
import { MAX_PATTERN_LENGTH } from './text-matcher.ts';
import { isArtifactType, isPredicateType } from './wanted-types.ts';

/** What was found on an image, as a policy could ask for it again. */
export interface PolicyObservations {
  /** For people. */
  readonly image: string;
  readonly digest: string;
  readonly date: Date;
  /** Those that verified something. */
  readonly trust: readonly TrustSpec[];
  readonly rules: readonly ObservedRule[];
  /** What was seen and is not in the rules, and why. */
  readonly remarks: readonly string[];
}

export interface ObservedRule {
  readonly wanted:
    | { readonly kind: 'predicate-type' | 'artifact-type'; readonly type: string }
    | { readonly kind: 'any-signature' };
  readonly on: RuleLevel;
  /** Where it was on some platforms only. */
  readonly platforms?: readonly Platform[] | undefined;
  /** Verified; none: it is there and not signed, or not by anybody who is trusted. */
  readonly signers: readonly ObservedSigner[];
}

export interface ObservedSigner {
  readonly trust: string;
  readonly signer: Signer;
}

const MAX_TYPE = 512;
const MAX_SIGNERS = 50;

/** Observations -> a policy file with comments, that asks for what was found, signed by whom it was signed. */
export function writePolicy({ image, digest, date, trust, rules, remarks }: PolicyObservations): string {
  const names = new Set<string>();
  const written = rules.map((rule) => writeRule(rule, names));
  const lines = written.flatMap((rule) => rule.lines);
  const used = new Set(written.flatMap((rule) => rule.trusts));
  const trusts = trust.filter(({ name }) => used.has(name));
  const said = [...remarks, ...written.flatMap((rule) => rule.remarks)];
  return [
    comment(`Written by oci-referrers policy init from ${image}, ${digest}, on ${date.toISOString().slice(0, 10)}.`),
    comment('It asks for what was there, signed by whom it was signed. Read it, and take out what you do not mean.'),
    comment('oci-referrers policy check says in plain words what it asks for.'),
    'version: 1',
    ...(trusts.length === 0 ? [] : ['', 'trust:', ...trusts.map(writeTrust)]),
    '',
    'rules:',
    ...lines,
    ...(said.length === 0
      ? []
      : ['', comment('Seen, and not asked for:'), ...said.map((remark) => comment(`- ${remark}`))]),
    '',
  ].join('\n');
}

interface WrittenRule {
  readonly lines: readonly string[];
  readonly trusts: readonly string[];
  readonly remarks: readonly string[];
}

/** `names`: those that are taken. */
function writeRule(rule: ObservedRule, names: Set<string>): WrittenRule {
  const { wanted, on, platforms, signers } = rule;
  const what = describeWanted(wanted);
  if (wanted.kind !== 'any-signature' && !isWritable(wanted.kind, wanted.type)) {
    return { lines: [], trusts: [], remarks: [`${what}: a policy cannot name this type`] };
  }
  const right = signers.filter(({ signer }) => canBeNamed(signer));
  const unnamed = right.length < signers.length ? [`${what}: a signer whose certificate names nobody`] : [];
  const entries = [...new Map(right.map((one) => [writeEntry(one), one.trust]))].slice(0, MAX_SIGNERS);
  if (entries.length === 0 && (signers.length > 0 || wanted.kind === 'any-signature')) {
    return { lines: [], trusts: [], remarks: unnamed };
  }
  const lines = [
    `  - name: ${quote(uniqueName(nameOf(rule), names))}`,
    ...(wanted.kind === 'any-signature' ? [] : [`    ${wanted.kind}: ${quote(wanted.type)}`]),
    ...(on === 'either' ? [] : [`    on: ${on}`]),
    ...(platforms === undefined
      ? []
      : [`    platforms: [${platforms.map((one) => quote(formatPlatform(one))).join(', ')}]`]),
    ...(entries.length === 0
      ? [comment('presence and shape are enough: nobody who is trusted has signed it', 4), '    signed: false']
      : ['    signed-by:', '      any-of:', ...entries.map(([entry]) => `        ${entry}`)]),
  ];
  return { lines, trusts: entries.map(([, trust]) => trust), remarks: unnamed };
}

/** The tag of a release is its own only once: what the next one is called will match, too. */
function writeEntry({ signer, trust }: ObservedSigner): string {
  return writeSignerEntry(signer, trust).replace(/ ref: "refs\/tags\/v[0-9][^"\\/]*"/, ' ref: "refs/tags/v*"');
}

function isWritable(kind: 'predicate-type' | 'artifact-type', type: string): boolean {
  if (type.length > MAX_TYPE) return false;
  return kind === 'predicate-type' ? isPredicateType(type) && !/\p{C}/u.test(type) : isArtifactType(type);
}

function canBeNamed(signer: Signer): boolean {
  switch (signer.kind) {
    case 'key':
      return true;
    case 'notation':
      return (
        signer.identity.length <= MAX_PATTERN_LENGTH &&
        !('reason' in parseDistinguishedName(signer.identity)) &&
        !/\p{Cc}/u.test(signer.identity)
      );
    case 'certificate':
      return [signer.identity ?? '', signer.issuer ?? 'none'].every(isLine);
  }
}

/** Short enough even where every sign of its own is escaped. */
function isLine(text: string): boolean {
  return text.trim() !== '' && text.length <= MAX_PATTERN_LENGTH / 2 && !/\p{Cc}/u.test(text);
}

function nameOf({ wanted, on, platforms, signers }: ObservedRule): string {
  const where = { index: ' on the index', 'each-platform': ' on each platform', either: '' }[on];
  const some = platforms === undefined ? '' : ` (${platforms.map(formatPlatform).join(', ')})`;
  const name = `${describeWanted(wanted)}${where}${signers.length > 0 ? ', signed' : ', present'}`;
  return `${name.slice(0, 140)}${some}`.slice(0, 200);
}

function uniqueName(name: string, names: Set<string>): string {
  let unique = name;
  for (let count = 2; names.has(unique); count++) unique = `${name.slice(0, 190)} ${count}`;
  names.add(unique);
  return unique;
}

function describeWanted(wanted: ObservedRule['wanted']): string {
  return wanted.kind === 'any-signature' ? 'a signature of the image' : wanted.type;
}

function writeLog({ log, logRoot, refresh }: Extract<TrustSpec, { readonly kind: 'key' }>): string {
  const root = typeof logRoot === 'object' ? writeMaterial(logRoot) : logRoot;
  const parts = [root && `log-root: ${root}`, refresh === true && 'refresh: true'].filter(Boolean);
  return log === 'none' ? '' : [', log: required', ...parts].join(', ');
}

function writeTrust(trust: TrustSpec): string {
  switch (trust.kind) {
    case 'sigstore': {
      const root = typeof trust.root === 'string' ? trust.root : writeMaterial(trust.root);
      return `  ${trust.name}: { root: ${root}${trust.refresh ? ', refresh: true' : ''} }`;
    }
    case 'key':
      return `  ${trust.name}: { key: ${writeMaterial(trust.key)}${writeLog(trust)} }`;
    case 'notation': {
      const stores = [
        ['ca', trust.ca],
        ['signing-authority', trust.signingAuthority],
        ['tsa', trust.tsa],
      ] as const;
      const given = stores.filter(([, materials]) => materials.length > 0);
      const fields = given.map(([key, materials]) => `${key}: [${materials.map(writeMaterial).join(', ')}]`);
      return `  ${trust.name}: { notation: { ${[...fields, `level: ${trust.level}`].join(', ')} } }`;
    }
  }
}

function writeMaterial(material: Material): string {
  return quote(material.kind === 'file' ? material.path : material.text);
}

/** A double-quoted scalar (YAML 1.2.2 §7.3.1), of which JSON's strings are a part; all but plain ASCII escaped. */
function quote(text: string): string {
  return escapeUnits(JSON.stringify(text));
}

/** One line, whatever the text is. */
function comment(text: string, indent = 0): string {
  return `${' '.repeat(indent)}# ${escapeUnits(text)}`;
}

function escapeUnits(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
