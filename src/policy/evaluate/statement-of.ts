import type { Statement } from '../../evidence/statement.ts';
import type { EvidenceItem } from '../evidence-item.ts';

/** The statement that a document is or holds, whether anybody's signature on it counts or not; undefined where it is none. */
export function statementOf({ content }: EvidenceItem): Statement | undefined {
  if (content.kind === 'unsigned') return content.statement;
  return content.kind === 'signed' && content.claim.kind === 'statement' ? content.claim.statement : undefined;
}
