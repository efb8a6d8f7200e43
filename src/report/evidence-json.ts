import { relative, sep } from 'node:path';
import type { DownloadedDocument } from '../commands/verify/result.ts';
import { predicateTypeOf } from './evidence-text.ts';

/**
 * `evidence.json` of `verify --download`: a row for each document that an image passed by, each with all of its keys.
 * Paths are relative to the folder, with `/` on every system, so that the folder can be moved and uploaded.
 */
export function buildEvidenceJson(documents: readonly DownloadedDocument[], root: string) {
  const shown = (path: string): string => relative(root, path).split(sep).join('/');
  return documents.map(({ image, document: { judgement, cells }, file, statement }) => {
    const { item, signer, trust, voucher } = judgement;
    return {
      image,
      subject: item.subject,
      referrer: item.referrer ?? null,
      document: item.document ?? null,
      artifactType: item.artifactType,
      predicateType: predicateTypeOf(item.content) ?? null,
      // of an unsigned document: whether a signature on it made it count
      signed: item.content.kind === 'signed' || voucher !== undefined,
      signer: signer === undefined ? null : signer.kind === 'key' ? signer.fingerprint : (signer.identity ?? null),
      trust: trust ?? null,
      cells,
      file: shown(file),
      statement: statement === undefined ? null : shown(statement),
    };
  });
}
