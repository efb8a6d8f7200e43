import type { Waiver } from '../policy.ts';
import type { PolicyNode } from './policy-node.ts';
import type { PolicyReader } from './policy-reader.ts';

export const WAIVER_KEYS = ['rule', 'image', 'until', 'reason'] as const;

/** One entry of `waivers`; all four keys are needed. A rule of that name need not be there: the report says so. */
export async function readWaiver(reader: PolicyReader, node: PolicyNode): Promise<Waiver | undefined> {
  const fields = reader.fields(node, WAIVER_KEYS, 'a waiver');
  if (fields === undefined) return undefined;
  for (const name of WAIVER_KEYS) {
    if (fields[name] === undefined)
      reader.refuse(node.at, `a waiver needs ${WAIVER_KEYS.join(', ')}; ${name} is not there`);
  }
  const rule = fields.rule && reader.line(fields.rule, 'the name of a rule');
  const image = fields.image && (await reader.pattern(fields.image, 'image'));
  const until = fields.until && readDay(reader, fields.until);
  const reason = fields.reason && reader.line(fields.reason, 'the reason', 500);
  if (rule === undefined || image === undefined || until === undefined || reason === undefined) return undefined;
  return { rule: rule.text, image, until, reason: reason.text, at: node.at };
}

/** A day of the calendar, as ISO 8601 writes it. */
function readDay(reader: PolicyReader, node: PolicyNode): string | undefined {
  const text = node.kind === 'scalar' ? node.source : '';
  const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  if (day !== undefined && isReal) return text;
  return reader.refuse(
    node.at,
    'until: expected a day of the calendar such as 2027-01-31, the last one on which it holds',
  );
}
