import { NotationFault } from './notation-fault.ts';

export const SIGNING_SCHEMES = ['notary.x509', 'notary.x509.signingAuthority'] as const;
export type SigningScheme = (typeof SIGNING_SCHEMES)[number];

/** What the signer signed besides the payload (signature-specification.md "Signed Attributes"). */
export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** Of a signing authority, which vouches for it. What other signers say of the time proves nothing and is not read. */
  readonly authenticSigningTime: Date | undefined;
  readonly expiry: Date | undefined;
  /** The plugin that the signer wants asked. */
  readonly plugin: string | undefined;
  /** Attributes that must be understood, and are not. */
  readonly unknownCritical: readonly string[];
}

const PREFIX = 'io.cncf.notary.';
const SCHEME = `${PREFIX}signingScheme`;
const SIGNING_TIME = `${PREFIX}signingTime`;
const AUTHENTIC_SIGNING_TIME = `${PREFIX}authenticSigningTime`;
const EXPIRY = `${PREFIX}expiry`;
const PLUGIN = `${PREFIX}verificationPlugin`;
const PLUGIN_MIN_VERSION = `${PREFIX}verificationPluginMinVersion`;

/** Signed headers in either encoding. */
export interface SignedHeaders {
  /** Value of a header; undefined: there is none. */
  readonly get: (name: string) => unknown;
  /** The names that are marked critical; of COSE's integer labels as text. */
  readonly critical: readonly string[];
  /** Names that the encoding itself understands (`cty`, `3`). */
  readonly understood: readonly string[];
  /** Value of a header -> time; undefined: it is none. */
  readonly toTime: (value: unknown) => Date | undefined;
}

/**
 * Headers -> attributes. Throws a fault where one is missing, of the wrong kind, not marked critical though it must be,
 * or of the other signing scheme. One that is critical and unknown, or asks for a plugin, is told, not thrown.
 */
export function readSignedAttributes(headers: SignedHeaders): SignedAttributes {
  requirePresent(headers);
  const scheme = readScheme(headers);
  const isAuthority = scheme === 'notary.x509.signingAuthority';
  const foreign = isAuthority ? SIGNING_TIME : AUTHENTIC_SIGNING_TIME;
  if (headers.get(foreign) !== undefined) throw new NotationFault(`${foreign} must not be there under ${scheme}`);
  const authenticSigningTime = readTime(headers, AUTHENTIC_SIGNING_TIME);
  if (isAuthority && authenticSigningTime === undefined)
    throw new NotationFault(`${AUTHENTIC_SIGNING_TIME} is missing`);
  return {
    scheme,
    authenticSigningTime,
    expiry: readTime(headers, EXPIRY),
    plugin: readPlugin(headers),
    unknownCritical: unknownOf(headers),
  };
}

/** RFC 7515 §4.1.11, RFC 9052 §3.1: not empty, no name twice, and each is there. */
function requirePresent({ get, critical }: SignedHeaders): void {
  if (critical.length === 0) throw new NotationFault('crit is empty');
  if (new Set(critical).size !== critical.length) throw new NotationFault('crit has a name twice');
  const absent = critical.find((name) => get(name) === undefined);
  if (absent !== undefined) throw new NotationFault(`crit has ${quote(absent)}, which is no signed header`);
}

function unknownOf({ critical, understood }: SignedHeaders): string[] {
  const known = [...understood, SCHEME, SIGNING_TIME, AUTHENTIC_SIGNING_TIME, EXPIRY, PLUGIN, PLUGIN_MIN_VERSION];
  return critical.filter((name) => !known.includes(name));
}

function readScheme(headers: SignedHeaders): SigningScheme {
  const said = headers.get(SCHEME);
  requireCritical(headers, SCHEME);
  const scheme = SIGNING_SCHEMES.find((known) => known === said);
  if (scheme === undefined) throw new NotationFault(`the signing scheme ${quote(said)} is not known`, 'unsupported');
  return scheme;
}

function readTime(headers: SignedHeaders, name: string): Date | undefined {
  const value = headers.get(name);
  if (value === undefined) return undefined;
  requireCritical(headers, name);
  const time = headers.toTime(value);
  if (time === undefined) throw new NotationFault(`${name} is no time: ${quote(value)}`);
  return time;
}

/** Marked critical or not: what the signer wants asked and nobody asks must not count as verified. */
function readPlugin({ get }: SignedHeaders): string | undefined {
  const plugin = get(PLUGIN);
  if (plugin === undefined) return get(PLUGIN_MIN_VERSION) === undefined ? undefined : 'of no name';
  return typeof plugin === 'string' ? plugin : quote(plugin);
}

function requireCritical({ critical }: SignedHeaders, name: string): void {
  if (!critical.includes(name)) throw new NotationFault(`${name} must be there and be named in crit`);
}

function quote(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return JSON.stringify(value).slice(0, 200);
  return value === undefined ? 'missing' : 'of another kind';
}
