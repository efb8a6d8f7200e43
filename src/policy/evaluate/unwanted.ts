import type { EvidenceItem } from '../evidence-item.ts';

/** What a document is, that is not what a rule wants. */
export function describeOther({ artifactType, content }: EvidenceItem): string {
  if (content.kind === 'signed') {
    if (content.claim.kind === 'statement') return `its predicate type is ${content.claim.statement.predicateType}`;
    return 'it is a signature without a statement';
  }
  if (content.kind !== 'unsigned') return `its type is ${artifactType}`;
  if (content.statement !== undefined) return `its predicate type is ${content.statement.predicateType}`;
  const { contentType } = content;
  const differs = contentType !== undefined && contentType !== artifactType;
  return `its type is ${artifactType}${differs ? `, its content ${contentType}` : ''}`;
}
