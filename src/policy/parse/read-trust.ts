import { nearName } from '../../errors/near-name.ts';
import { NOTATION_LEVELS } from '../../evidence/trust.ts';
import type { KeyTrustSpec, NotationTrustSpec, SigstoreTrustSpec, TrustSpec } from '../policy.ts';
import type { MapNode, PolicyNode } from './policy-node.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readMaterial, readMaterials } from './read-material.ts';

/** Roots by name; anything else is a file. */
export const NAMED_ROOTS = ['public-good', 'github'] as const;
/** Of these, the ones that name a log. */
const LOG_ROOTS = ['public-good'] as const;
export const KEY_LOGS = ['none', 'required'] as const;
export const TRUST_KINDS = ['root', 'key', 'notation'] as const;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface TrustSection {
  /** Those that could be read. */
  readonly trust: ReadonlyMap<string, TrustSpec>;
  /** Every name that is there, so that one broken entry does not make all that use it unknown, too. */
  readonly names: ReadonlySet<string>;
}

/** `trust:`: a mapping of names to roots, keys and trust stores. */
export function readTrust(reader: PolicyReader, node: PolicyNode | undefined): TrustSection {
  const trust = new Map<string, TrustSpec>();
  const names = new Set<string>();
  if (node === undefined) return { trust, names };
  if (node.kind !== 'map') {
    reader.refuse(node.at, 'trust: expected a mapping of names to whom they stand for', TRUST_HINT);
    return { trust, names };
  }
  for (const { key, at, value } of node.entries) {
    names.add(key);
    if (!NAME.test(key)) reader.refuse(at, 'expected a name of letters, digits, dots, dashes, underscores');
    const spec = readTrustSpec(reader, key, value);
    if (spec !== undefined) trust.set(key, spec);
  }
  return { trust, names };
}

const TRUST_HINT =
  'As in sigstore: { root: public-good }, release-key: { key: cosign.pub }, corp: { notation: { ca: ca.pem } }.';

function readTrustSpec(reader: PolicyReader, name: string, node: PolicyNode): TrustSpec | undefined {
  const what = `trust ${JSON.stringify(name)}`;
  if (node.kind !== 'map') return reader.refuse(node.at, `${what}: expected a root, a key or notation`, TRUST_HINT);
  const kinds = TRUST_KINDS.filter((kind) => node.entries.some(({ key }) => key === kind));
  const [kind, second] = kinds;
  if (second !== undefined)
    return reader.refuse(node.at, `${what} has both ${kinds.join(' and ')}`, 'Make it two trusts.');
  if (kind === undefined) {
    reader.fields(node, [...TRUST_KINDS, 'refresh', 'log', 'log-root'], what);
    return reader.refuse(node.at, `${what}: expected one of ${TRUST_KINDS.join(', ')}`, TRUST_HINT);
  }
  switch (kind) {
    case 'root':
      return readSigstore(reader, name, node);
    case 'key':
      return readKey(reader, name, node);
    case 'notation':
      return readNotation(reader, name, node);
  }
}

function readSigstore(reader: PolicyReader, name: string, node: MapNode): SigstoreTrustSpec | undefined {
  const fields = reader.fields(node, ['root', 'refresh'], 'a Sigstore trust');
  const root = fields?.root && readRoot(reader, fields.root, 'root');
  const refresh = (fields?.refresh && readRefresh(reader, fields.refresh, root)) ?? false;
  if (root === undefined) return undefined;
  return { kind: 'sigstore', name, root, refresh, at: node.at };
}

function readRefresh(
  reader: PolicyReader,
  node: PolicyNode,
  root: SigstoreTrustSpec['root'] | undefined,
): boolean | undefined {
  const refresh = reader.flag(node, 'refresh');
  if (refresh !== true || root === undefined || typeof root === 'string') return refresh;
  return reader.refuse(
    node.at,
    'refresh: a file cannot be fetched',
    'Leave it out, or name a root: public-good or github.',
  );
}

/** `key`: under which it stands. */
function readRoot(
  reader: PolicyReader,
  node: PolicyNode,
  key: 'root' | 'log-root',
): SigstoreTrustSpec['root'] | undefined {
  if (node.kind === 'scalar') {
    const named = NAMED_ROOTS.find((root) => root === node.value);
    if (named !== undefined) return named;
    if (typeof node.value === 'string' && /^[A-Za-z_ -]+$/.test(node.value)) {
      const allowed = key === 'root' ? NAMED_ROOTS : LOG_ROOTS;
      const near = nearName(node.value, allowed);
      const hint =
        near === undefined
          ? 'For a file write its path with a folder or an ending: ./root.json.'
          : `Did you mean ${near}?`;
      return reader.refuse(
        node.at,
        `${key}: expected ${allowed.join(', ')} or a file, got ${JSON.stringify(node.value)}`,
        hint,
      );
    }
  }
  return readMaterial(reader, node, 'a trusted_root.json');
}

function readKey(reader: PolicyReader, name: string, node: MapNode): KeyTrustSpec | undefined {
  const fields = reader.fields(node, ['key', 'log', 'log-root', 'refresh'], 'a key');
  const key = fields?.key && readMaterial(reader, fields.key, 'a PEM public key');
  const log = fields?.log === undefined ? 'none' : reader.choice(fields.log, KEY_LOGS, 'log');
  const root = fields?.['log-root'];
  const refresh = fields?.refresh;
  if (log === 'none' && (root !== undefined || refresh !== undefined)) {
    const what = root === undefined ? 'refresh' : 'log-root';
    return reader.refuse(
      (root ?? refresh ?? node).at,
      `${what}: without log: required no log is asked for`,
      `Add log: required, or leave ${what} out.`,
    );
  }
  const logRoot = root && readLogRoot(reader, root);
  const isFresh = refresh && readRefresh(reader, refresh, logRoot);
  return (
    key &&
    log && { kind: 'key', name, key, log, ...(logRoot && { logRoot }), ...(isFresh && { refresh: true }), at: node.at }
  );
}

function readLogRoot(reader: PolicyReader, node: PolicyNode): KeyTrustSpec['logRoot'] {
  const root = readRoot(reader, node, 'log-root');
  if (root !== 'github') return root;
  return reader.refuse(node.at, 'log-root: the root github names no log', 'Expected public-good or a file.');
}

function readNotation(reader: PolicyReader, name: string, node: MapNode): NotationTrustSpec | undefined {
  const outer = reader.fields(node, ['notation'], 'a Notary Project trust');
  if (outer?.notation === undefined) return undefined;
  const fields = reader.fields(outer.notation, ['ca', 'signing-authority', 'tsa', 'level'], 'notation');
  if (fields === undefined) return undefined;
  const level = fields.level === undefined ? 'strict' : reader.choice(fields.level, NOTATION_LEVELS, 'level');
  if (fields.ca === undefined && fields['signing-authority'] === undefined) {
    reader.refuse(outer.notation.at, 'notation: expected ca or signing-authority, the certificates to trust');
  }
  const ca = readMaterials(reader, fields.ca, 'a PEM file of certificates');
  const signingAuthority = readMaterials(reader, fields['signing-authority'], 'a PEM file of certificates');
  const tsa = readMaterials(reader, fields.tsa, 'a PEM file of certificates');
  return level && { kind: 'notation', name, ca, signingAuthority, tsa, level, at: node.at };
}
