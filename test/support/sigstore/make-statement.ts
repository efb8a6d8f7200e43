import type { Digest } from '../../../src/oci/digest.ts';

export interface StatementParts {
  /** Digests of the subjects, `sha256:<hex>`. */
  readonly subject: Digest | readonly Digest[];
  /** Default `https://slsa.dev/provenance/v1`. */
  readonly predicateType?: string;
  /** Default a small SLSA v1 provenance. */
  readonly predicate?: unknown;
  /** Default `https://in-toto.io/Statement/v1`. */
  readonly type?: string;
  readonly name?: string;
}

export interface StatementJson {
  readonly _type: string;
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

export const SLSA_V1 = 'https://slsa.dev/provenance/v1';

/** An in-toto statement about manifests. */
export function makeStatement(parts: StatementParts): StatementJson {
  const { subject, type = 'https://in-toto.io/Statement/v1', name = 'ghcr.io/acme/app' } = parts;
  const digests = typeof subject === 'string' ? [subject] : subject;
  return {
    _type: type,
    subject: digests.map((digest) => {
      const colon = digest.indexOf(':');
      return { name, digest: { [digest.slice(0, colon)]: digest.slice(colon + 1) } };
    }),
    predicateType: parts.predicateType ?? SLSA_V1,
    predicate: parts.predicate ?? slsaPredicate(),
  };
}

export interface SlsaParts {
  /** Default `acme/app`. */
  readonly repository?: string;
  readonly workflow?: string;
  readonly ref?: string;
  /** ISO 8601. */
  readonly finishedOn?: string;
}

/** As actions/attest-build-provenance writes it. */
export function slsaPredicate(parts: SlsaParts = {}): Record<string, unknown> {
  const { repository = 'acme/app', workflow = '.github/workflows/release.yml', ref = 'refs/tags/v1.4.0' } = parts;
  const uri = `https://github.com/${repository}`;
  return {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow: { ref, repository: uri, path: workflow } },
      internalParameters: { github: { event_name: 'push', repository_id: '1001', repository_owner_id: '2002' } },
      resolvedDependencies: [{ uri: `git+${uri}@${ref}`, digest: { gitCommit: 'a'.repeat(40) } }],
    },
    runDetails: {
      builder: { id: `${uri}/${workflow}@${ref}` },
      metadata: {
        invocationId: `${uri}/actions/runs/77/attempts/1`,
        ...(parts.finishedOn !== undefined && { finishedOn: parts.finishedOn }),
      },
    },
  };
}
