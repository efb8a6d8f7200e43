import type { ComparedBaseline } from '../../commands/verify/result.ts';
import type { JsonReader } from './json-reader.ts';
import { readError } from './read-error.ts';

/** What an image was compared with, of a report. Throws `report-invalid`. */
export function readBaseline(one: JsonReader): ComparedBaseline {
  const members = one.object('requested', 'digest', 'losses', 'undecided', 'error');
  return {
    requested: members.requested.text(),
    digest: members.digest.optional((digest) => digest.digest()),
    losses: members.losses.list(readLoss),
    undecided: members.undecided.list((cell) => {
      const { rule, column, side } = cell.object('rule', 'column', 'side');
      return { rule: rule.text(), column: column.text(), side: side.word(['image', 'baseline']) };
    }),
    error: members.error.optional(readError),
  };
}

function readLoss(one: JsonReader): ComparedBaseline['losses'][number] {
  const { kind, rule, column, what } = one.object('kind', 'rule', 'column', 'what');
  return {
    kind: kind.word(['platform', 'type', 'signer']),
    rule: rule.optional((name) => name.text()),
    column: column.text(),
    what: what.text(),
  };
}
