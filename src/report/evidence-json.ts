import { relative, sep } from 'node:path';
import type { DownloadedDocument } from '../commands/verify/result.ts';
import { isSigned } from '../policy/is-signed.ts';
import type { CandidateJudgement } from '../policy/verdict.ts';
import { predicateTypeOf } from './evidence-text.ts';

/**
 * `evidence.json` of `verify --download`: a row for each document that an image passed by, each with all of its keys.
 * Paths are relative to the folder, with `/` on every system, so that the folder can be moved and uploaded.
 */
export function buildEvidenceJson(documents: readonly DownloadedDocument[], root: string) {
  const shown = (path: string): string => relative(root, path).split(sep).join('/');
  return documents.map(({ image, document: { judgement, cells }, file, statement }) => {
    const { item } = judgement;
    return {
      image,
      subject: item.subject,
      referrer: item.referrer ?? null,
      document: item.document ?? null,
      artifactType: item.artifactType,
      predicateType: predicateTypeOf(item.content) ?? null,
      ...byWhom(judgement),
      cells: cells.map(({ rule, column, judgement: here }) => ({ rule, column, ...byWhom(here) })),
      file: shown(file),
      statement: statement === undefined ? null : shown(statement),
    };
  });
}

/** By what it counted: that it holds a signature says nothing where no rule asked whose it is. */
function byWhom(judgement: CandidateJudgement) {
  const { signer, trust } = judgement;
  if (!isSigned(judgement)) return { signed: false, signer: null, trust: null };
  const name = signer?.kind === 'key' ? signer.fingerprint : signer?.identity;
  return { signed: true, signer: name ?? null, trust: trust ?? null };
}
