import { nearName } from '../../errors/near-name.ts';
import { parseDistinguishedName } from '../../evidence/notation/distinguished-name.ts';
import { GITHUB_ISSUER } from '../github-claims.ts';
import type { SignerRule, TrustSpec } from '../policy.ts';
import type { TextPattern } from '../text-pattern.ts';
import type { PolicyNode } from './policy-node.ts';
import type { Fields, PolicyReader } from './policy-reader.ts';
import { readGithub } from './read-github.ts';
import type { TrustSection } from './read-trust.ts';

export const SIGNER_KEYS = ['trust', 'identity', 'identity-regexp', 'issuer', 'github'] as const;

type SignerFields = Fields<(typeof SIGNER_KEYS)[number]>;

/** One entry of `signed-by`: a trust, and who of those that it vouches for. */
export async function readSigner(
  reader: PolicyReader,
  node: PolicyNode,
  trust: TrustSection,
): Promise<SignerRule | undefined> {
  const fields = reader.fields(node, SIGNER_KEYS, 'a signer');
  if (fields === undefined) return undefined;
  if (fields.trust === undefined) {
    return reader.refuse(node.at, 'expected trust: the name of one that trust: defines', trustHint(trust));
  }
  const name = reader.line(fields.trust, 'the name of a trust');
  if (name === undefined) return undefined;
  const spec = trust.trust.get(name.text);
  if (spec === undefined) {
    // one that is there and broken has been reported
    if (trust.names.has(name.text)) return undefined;
    return reader.refuse(name.at, `there is no trust ${JSON.stringify(name.text)}`, trustHint(trust, name.text));
  }
  return await readers[spec.kind](reader, node, fields, name.text);
}

function trustHint({ names }: TrustSection, wanted = ''): string {
  const near = nearName(wanted, names);
  if (near !== undefined) return `Did you mean ${near}?`;
  return names.size === 0
    ? 'Define it: trust: { sigstore: { root: public-good } }.'
    : `Defined: ${[...names].slice(0, 10).join(', ')}.`;
}

type SignerReader = (
  reader: PolicyReader,
  node: PolicyNode,
  fields: SignerFields,
  trust: string,
) => Promise<SignerRule | undefined>;

const readers: Readonly<Record<TrustSpec['kind'], SignerReader>> = {
  sigstore: readCertificateSigner,
  key: readKeySigner,
  notation: readNotationSigner,
};

async function readCertificateSigner(
  reader: PolicyReader,
  node: PolicyNode,
  fields: SignerFields,
  trust: string,
): Promise<SignerRule | undefined> {
  const identity = await readIdentity(reader, fields);
  const github = fields.github && (await readGithub(reader, fields.github));
  const issuer = await readIssuer(reader, fields);
  const names = fields.identity ?? fields['identity-regexp'] ?? fields.github;
  if (names === undefined) {
    return reader.refuse(
      node.at,
      `a certificate of trust ${JSON.stringify(trust)} says little without who it is for`,
      IDENTITY_HINT,
    );
  }
  if (issuer === undefined && fields.issuer === undefined && fields.github === undefined) {
    return reader.refuse(
      names.at,
      'an identity means nothing without its issuer',
      'Add issuer: "https://…", or issuer: none for a certificate that has none.',
    );
  }
  return {
    trust,
    ...(identity && { identity }),
    issuer: issuer ?? { kind: 'exact', text: GITHUB_ISSUER },
    ...(github && { github }),
    at: node.at,
  };
}

export const IDENTITY_HINT =
  'Add github: { repository: owner/name, workflow: .github/workflows/release.yml }, or identity: and issuer:.';

async function readIdentity(reader: PolicyReader, fields: SignerFields): Promise<TextPattern | undefined> {
  const regexp = fields['identity-regexp'];
  if (fields.identity !== undefined && regexp !== undefined) {
    return reader.refuse(regexp.at, 'identity and identity-regexp cannot stand together', 'Keep one of them.');
  }
  if (regexp !== undefined) return reader.pattern(regexp, 'identity-regexp', 'regexp');
  if (fields.identity === undefined) return undefined;
  if (fields.identity.kind === 'list') {
    return reader.refuse(fields.identity.at, 'identity: expected one text', 'For several make entries of any-of.');
  }
  return reader.pattern(fields.identity, 'identity');
}

async function readIssuer(reader: PolicyReader, fields: SignerFields): Promise<TextPattern | 'none' | undefined> {
  if (fields.issuer === undefined) return undefined;
  const issuer = await reader.pattern(fields.issuer, 'issuer');
  if (issuer?.text !== 'none') return issuer;
  if (fields.github === undefined) return 'none';
  return reader.refuse(fields.issuer.at, 'a workflow of GitHub has an issuer', 'Leave issuer: none out.');
}

async function readKeySigner(
  reader: PolicyReader,
  node: PolicyNode,
  fields: SignerFields,
  trust: string,
): Promise<SignerRule> {
  for (const name of SIGNER_KEYS) {
    const field = fields[name];
    if (name === 'trust' || field === undefined) continue;
    reader.refuse(
      field.at,
      `${name}: the trust ${JSON.stringify(trust)} is a key, and a key has no ${name}`,
      `Leave ${name} out.`,
    );
  }
  return { trust, at: node.at };
}

async function readNotationSigner(
  reader: PolicyReader,
  node: PolicyNode,
  fields: SignerFields,
  trust: string,
): Promise<SignerRule | undefined> {
  for (const name of ['identity-regexp', 'issuer', 'github'] as const) {
    const field = fields[name];
    if (field === undefined) continue;
    reader.refuse(
      field.at,
      `${name}: the trust ${JSON.stringify(trust)} is of the Notary Project, whose signers have none`,
      `Leave ${name} out; identity takes distinguished names.`,
    );
  }
  if (fields.identity === undefined) {
    return reader.refuse(
      node.at,
      'a Notary Project signer needs an identity',
      'As in identity: "C=US, O=Acme"; "*" accepts every certificate of the trust store.',
    );
  }
  const nodes = reader.oneOrMore(fields.identity, 'a distinguished name') ?? [];
  const distinguishedNames = nodes.flatMap((item) => readDistinguishedName(reader, item) ?? []);
  return distinguishedNames.length === 0 ? undefined : { trust, distinguishedNames, at: node.at };
}

function readDistinguishedName(reader: PolicyReader, node: PolicyNode): string | undefined {
  const line = reader.line(node, 'a distinguished name such as "C=US, O=Acme"', 1024);
  if (line === undefined || line.text === '*') return line?.text;
  const name = parseDistinguishedName(line.text);
  if (!('reason' in name)) return line.text;
  return reader.refuse(line.at, `expected a distinguished name such as "C=US, O=Acme": ${name.reason}`);
}
