import { CodedError } from '../../errors/coded-error.ts';
import type { Signer } from '../../evidence/signer.ts';
import { LET_GO, type Statement } from '../../evidence/statement.ts';
import type { JsonObject, JsonValue } from '../../oci/strict-json.ts';
import type { EvidenceItem, ImageScope } from '../evidence-item.ts';
import type { ExpressionInput } from '../expression.ts';
import { readGithubClaims } from '../github-claims.ts';

/**
 * What `where` may look at. `predicate` and `statement` are null where the evidence is no statement, `signer` is null
 * where nobody signed; what is not known is left out, so that `has()` says so. Throws `internal` where the predicate was
 * let go.
 */
export function buildExpressionInput(
  item: EvidenceItem,
  statement: Statement | undefined,
  signer: Signer | undefined,
  image: ImageScope,
): ExpressionInput {
  return {
    predicate: statement === undefined ? null : predicateOf(statement),
    statement: statement === undefined ? null : statementInput(statement),
    signer: signer === undefined ? null : signerInput(signer),
    referrer: withoutUndefined({
      digest: item.referrer,
      artifactType: item.artifactType,
      annotations: { ...item.annotations },
      sources: [...item.sources],
      origin: item.origin,
      subject: item.subject,
    }),
    image: { requested: image.requested, repository: image.repository, digest: image.digest, kind: image.kind },
  };
}

/** As in-toto writes it. */
function statementInput(statement: Statement): JsonObject {
  const { type, predicateType, subjects } = statement;
  return {
    _type: type,
    predicateType,
    subject: subjects.map(({ name, digest }) => withoutUndefined({ name, digest: { ...digest } })),
    predicate: predicateOf(statement),
  };
}

function predicateOf({ predicate }: Statement): JsonValue {
  if (predicate !== LET_GO) return predicate;
  throw new CodedError('internal', 'a condition would look into a predicate that was let go');
}

function signerInput(signer: Signer): JsonObject {
  const { kind, fingerprint } = signer;
  switch (signer.kind) {
    case 'key':
      return { kind, fingerprint };
    case 'notation':
      return { kind, fingerprint, identity: signer.identity, scheme: signer.scheme };
    case 'certificate': {
      const { identity, issuer, extensions } = signer;
      const claims = readGithubClaims(signer);
      const github = claims && withoutUndefined({ ...claims });
      return withoutUndefined({ kind, fingerprint, identity, issuer, extensions: { ...extensions }, github });
    }
  }
}

function withoutUndefined(values: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
