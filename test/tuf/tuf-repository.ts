import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

/** Canonical JSON as TUF signs it (http://wiki.laptop.org/go/Canonical_JSON): only backslash and quote are escaped. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${canonicalJson(key)}:${canonicalJson((value as Json)[key])}`).join(',')}}`;
}

interface SigningKey {
  readonly id: string;
  readonly json: Json;
  readonly privateKey: KeyObject;
}

export interface TufRepository {
  /** Version 1 of the root: what a client begins with. */
  readonly initialRoot: string;
  /** Path from the mirror's URL -> content. */
  readonly files: Map<string, string>;
}

export interface RepositoryOptions {
  readonly target: string;
  /** Of the timestamp; default in a day. */
  readonly expires?: Date;
  /** Signs targets with a key that the root does not name. */
  readonly strangeTargets?: boolean;
}

/** A TUF repository (specification 1.0.33) with one target, `trusted_root.json`, signed by keys made here. */
export function buildRepository({ target, expires, strangeTargets = false }: RepositoryOptions): TufRepository {
  const [rootKey, onlineKey, strange] = [makeKey(), makeKey(), makeKey()];
  const day = new Date(Date.now() + 86_400_000);
  const role = (key: SigningKey): Json => ({ keyids: [key.id], threshold: 1 });
  const common = (type: string, until = day): Json => ({
    _type: type,
    spec_version: '1.0.31',
    version: 1,
    expires: `${until.toISOString().slice(0, 19)}Z`,
  });
  const root = signed(
    {
      ...common('root'),
      consistent_snapshot: true,
      keys: { [rootKey.id]: rootKey.json, [onlineKey.id]: onlineKey.json },
      roles: { root: role(rootKey), targets: role(onlineKey), snapshot: role(onlineKey), timestamp: role(onlineKey) },
    },
    rootKey,
  );
  const hash = createHash('sha256').update(target).digest('hex');
  const targets = signed(
    {
      ...common('targets'),
      targets: { 'trusted_root.json': { length: Buffer.byteLength(target), hashes: { sha256: hash } } },
    },
    strangeTargets ? strange : onlineKey,
  );
  const snapshot = signed({ ...common('snapshot'), meta: { 'targets.json': { version: 1 } } }, onlineKey);
  const timestamp = signed({ ...common('timestamp', expires), meta: { 'snapshot.json': { version: 1 } } }, onlineKey);
  return {
    initialRoot: root,
    files: new Map([
      ['/timestamp.json', timestamp],
      ['/1.snapshot.json', snapshot],
      ['/1.targets.json', targets],
      [`/targets/${hash}.trusted_root.json`, target],
    ]),
  };
}

function makeKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const json = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
  return { id: createHash('sha256').update(canonicalJson(json)).digest('hex'), json, privateKey };
}

function signed(metadata: Json, key: SigningKey): string {
  const signature = sign(undefined, Buffer.from(canonicalJson(metadata)), key.privateKey).toString('hex');
  return JSON.stringify({ signatures: [{ keyid: key.id, sig: signature }], signed: metadata });
}
