import type { Trust } from '../../evidence/trust.ts';
import type { KeyTrustSpec, Material, NotationTrustSpec, SigstoreTrustSpec, TrustSpec } from '../../policy/policy.ts';
import { atLocation, type MaterialRules, type ReadMaterial, readMaterial } from './read-material.ts';

/** Gives the roots of an instance, fetched by TUF. Throws `trusted-root-fetch-failed`. */
export type FetchRoots = (
  which: 'public-good' | 'github',
) => Promise<Extract<Trust, { readonly kind: 'sigstore' }>['roots']>;

export interface LoadTrusts extends MaterialRules {
  /** Whether any rule asks this trust: nothing is fetched for one that nobody asks. */
  readonly isUsed: (name: string) => boolean;
  readonly fetchRoots: FetchRoots;
}

/** Gives every trust of a policy, by name; the same each time. */
export type LoadedTrusts = () => Promise<ReadonlyMap<string, Trust>>;

/**
 * Loads and validates whom a policy trusts. All that is at hand comes first, so that a wrong key ends the run before
 * anything is fetched; then the roots that have to be fetched. Only the embedded root, of which nothing is the user's, is
 * parsed when it is asked for: until then the first request is on its way. Throws, at the line of the policy,
 * `key-invalid`, `certificate-invalid`, `trusted-root-invalid`, what reading a file throws, and
 * `trusted-root-fetch-failed`.
 */
export async function loadTrusts(specs: ReadonlyMap<string, TrustSpec>, options: LoadTrusts): Promise<LoadedTrusts> {
  const trusts = new Map<string, Trust>();
  const all = [...specs.values()];
  const fetched = all.filter((spec) => isFetched(spec) && options.isUsed(spec.name));
  for (const spec of [...all.filter((one) => !isFetched(one) && !isEmbedded(one)), ...fetched]) {
    trusts.set(spec.name, await atLocation(spec.at, () => loadTrust(spec, options)));
  }
  let whole: Promise<ReadonlyMap<string, Trust>> | undefined;
  const complete = async (): Promise<ReadonlyMap<string, Trust>> => {
    for (const spec of all.filter(isEmbedded)) trusts.set(spec.name, await loadTrust(spec, options));
    return trusts;
  };
  return () => {
    whole ??= complete();
    return whole;
  };
}

function isEmbedded(spec: TrustSpec): boolean {
  return spec.kind === 'sigstore' && spec.root === 'public-good' && !spec.refresh;
}

function isFetched(spec: TrustSpec): boolean {
  if (spec.kind === 'key') return spec.refresh === true;
  return spec.kind === 'sigstore' && (spec.refresh || spec.root === 'github');
}

async function loadTrust(spec: TrustSpec, options: LoadTrusts): Promise<Trust> {
  switch (spec.kind) {
    case 'sigstore':
      return { kind: 'sigstore', name: spec.name, roots: await loadRoots(spec, options) };
    case 'key':
      return loadKey(spec, options);
    case 'notation':
      return loadNotation(spec, options);
  }
}

async function loadRoots(
  { root, refresh }: Pick<SigstoreTrustSpec, 'root' | 'refresh'>,
  options: LoadTrusts,
  asks: 'certificates' | 'log' = 'certificates',
): Promise<Extract<Trust, { readonly kind: 'sigstore' }>['roots']> {
  if (root === 'github') return options.fetchRoots('github');
  if (root === 'public-good') {
    if (refresh) return options.fetchRoots('public-good');
    const { publicGoodRoots } = await import('../../evidence/sigstore/public-good-roots.ts');
    return publicGoodRoots();
  }
  const { bytes, what, source } = await readMaterial(root, options);
  const { parseTrustedRoots } = await import('../../evidence/sigstore/trusted-root.ts');
  return atLocation(root.at, () => parseTrustedRoots(bytes, { label: what, source, asks }));
}

async function loadKey(spec: KeyTrustSpec, options: LoadTrusts): Promise<Trust> {
  const { name, key: material, log, logRoot = 'public-good', refresh = false } = spec;
  const { bytes, what } = await readMaterial(material, options);
  const [{ parsePublicKey }, { digestOf }] = await Promise.all([
    import('../../evidence/keys/public-key.ts'),
    import('../../oci/digest.ts'),
  ]);
  const key = await atLocation(material.at, () => parsePublicKey(textOf(bytes), what));
  const fingerprint = digestOf(key.export({ type: 'spki', format: 'der' }));
  if (log === 'none') return { kind: 'key', name, key, fingerprint, log };
  const [root] = await loadRoots({ root: logRoot, refresh }, options, 'log');
  return { kind: 'key', name, key, fingerprint, log, root };
}

async function loadNotation(spec: NotationTrustSpec, options: LoadTrusts): Promise<Trust> {
  const { parseCertificates } = await import('../../evidence/keys/certificates.ts');
  const load = async (materials: readonly Material[]): Promise<ReturnType<typeof parseCertificates>> => {
    const read = async (material: Material): Promise<ReturnType<typeof parseCertificates>> => {
      const { bytes, what }: ReadMaterial = await readMaterial(material, options);
      return atLocation(material.at, () => parseCertificates(textOf(bytes), what));
    };
    return (await Promise.all(materials.map(read))).flat();
  };
  return {
    kind: 'notation',
    name: spec.name,
    ca: await load(spec.ca),
    signingAuthority: await load(spec.signingAuthority),
    tsa: await load(spec.tsa),
    level: spec.level,
  };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
