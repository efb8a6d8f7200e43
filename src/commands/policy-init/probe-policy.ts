import type {
  KeyTrustSpec,
  Material,
  NotationTrustSpec,
  Policy,
  SignerRule,
  SigstoreTrustSpec,
  TrustSpec,
} from '../../policy/policy.ts';
import type { PolicyInitOptions } from './options.ts';

const AT = { file: 'inputs' } as const;

/** Whom the inputs trust, by names that read well in a policy: `sigstore`, `github`, `key`, `key-2`, `notation`. */
export function buildProbeTrust(
  options: Pick<PolicyInitOptions, 'trustedRoot' | 'key' | 'notationCa'>,
): ReadonlyMap<string, TrustSpec> {
  const files = (paths: readonly string[]): Material[] => paths.map((path) => ({ kind: 'file', path, at: AT }));
  const named = new Set(options.trustedRoot.filter(isNamedRoot));
  const roots = files(options.trustedRoot.filter((root) => !isNamedRoot(root)));
  const specs: TrustSpec[] = [
    ...[...named].map((root): SigstoreTrustSpec => {
      const name = root === 'github' ? 'github' : 'sigstore';
      return { kind: 'sigstore', name, root, refresh: false, at: AT };
    }),
    ...roots.map(
      (root, at): SigstoreTrustSpec => ({ kind: 'sigstore', name: numbered('root', at), root, refresh: false, at: AT }),
    ),
    ...files(options.key).map(
      (key, at): KeyTrustSpec => ({ kind: 'key', name: numbered('key', at), key, log: 'none', at: AT }),
    ),
    ...(options.notationCa.length === 0 ? [] : [notation(files(options.notationCa))]),
  ];
  return new Map(specs.map((spec) => [spec.name, spec]));
}

function notation(ca: readonly Material[]): NotationTrustSpec {
  return { kind: 'notation', name: 'notation', ca, signingAuthority: [], tsa: [], level: 'strict', at: AT };
}

function numbered(name: string, at: number): string {
  return at === 0 ? name : `${name}-${at + 1}`;
}

function isNamedRoot(root: string): root is 'public-good' | 'github' {
  return root === 'public-good' || root === 'github';
}

/**
 * A policy that no image meets, so that a gate that judges by it looks at everything: any signature, by anybody whom
 * the trusts vouch for, of which a condition holds that never does.
 */
export function buildProbePolicy(trust: ReadonlyMap<string, TrustSpec>): Policy {
  const of = [...trust.values()].map((spec) => anybody(spec));
  return {
    origin: AT.file,
    trust,
    waivers: [],
    rules: [
      {
        name: 'everything',
        on: 'either',
        platforms: 'all',
        wanted: { kind: 'any-signature' },
        signed: true,
        signedBy: { atLeast: 1, of, at: AT },
        where: { source: 'false', evaluate: () => ({ holds: false }) },
        at: AT,
      },
    ],
  };
}

function anybody({ kind, name }: TrustSpec): SignerRule {
  const anything = { kind: 'glob', text: '**' } as const;
  switch (kind) {
    case 'key':
      return { trust: name, at: AT };
    case 'notation':
      return { trust: name, distinguishedNames: ['*'], at: AT };
    case 'sigstore':
      return { trust: name, identity: anything, issuer: anything, at: AT };
  }
}
