import type { ImageScope } from './evidence-item.ts';
import type { Policy, Rule, Waiver } from './policy.ts';
import { matchesPattern } from './text-matcher.ts';
import type { VerdictNotice } from './verdict.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The waiver that lets a rule's cells of this image through now; undefined: none does. */
export function findWaiver(policy: Policy, rule: Rule, image: ImageScope, now: Date): Waiver | undefined {
  return policy.waivers.find(
    (waiver) => waiver.rule === rule.name && waivesImage(waiver, image) && isActive(waiver, now),
  );
}

/**
 * Whether a waiver is for this image, as it was asked for (`ghcr.io/acme/app:1.4`) or by its repository alone: a
 * waiver that names no tag is for every tag. A tag beside a digest is nobody's word, since the digest alone is judged:
 * written before any other, it would borrow the waiver of that tag.
 */
export function waivesImage({ image: pattern }: Waiver, image: ImageScope): boolean {
  return namesOf(image).some((name) => matchesPattern(pattern, name));
}

function namesOf({ requested, repository, digest }: ImageScope): string[] {
  const pin = `@${digest}`;
  if (!requested.endsWith(pin)) return [requested, repository];
  const name = requested.slice(0, -pin.length);
  // a tag as distribution-spec "Pulling manifests" has it; a port has a path behind it, a layout no tag beside a digest
  const tag = name === repository ? null : /:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.exec(name);
  return [tag === null ? requested : `${name.slice(0, tag.index)}${pin}`, repository];
}

/** Until the end of its day, UTC. A day that cannot be read is over. */
export function isActive({ until }: Waiver, now: Date): boolean {
  const end = endOf(until);
  return end !== undefined && now.getTime() < end;
}

/** Waivers of this image that are over, and waivers of rules that the policy does not have. */
export function waiverNotices(policy: Policy, image: ImageScope, now: Date): VerdictNotice[] {
  return policy.waivers.flatMap((waiver): VerdictNotice[] => {
    const { rule, until, at } = waiver;
    if (!policy.rules.some(({ name }) => name === rule)) {
      const message = `a waiver is for the rule ${JSON.stringify(rule)}, which the policy does not have: it waives nothing`;
      return [{ code: 'waiver-unknown-rule', message, at }];
    }
    if (!waivesImage(waiver, image) || isActive(waiver, now)) return [];
    const message = `the waiver of the rule ${JSON.stringify(rule)} for ${image.requested} ended on ${until}`;
    return [{ code: 'waiver-expired', message, at }];
  });
}

/** Says that cells were waived, why, and for how long. */
export function waivedNotice({ rule, until, reason, at }: Waiver, image: ImageScope, now: Date): VerdictNotice {
  const days = Math.ceil(((endOf(until) ?? 0) - now.getTime()) / DAY);
  const left = days <= 1 ? 'its last day' : `${days} days left`;
  const message = `the rule ${JSON.stringify(rule)} is waived for ${image.requested} until ${until} (${left}): ${reason}`;
  return { code: 'waived', message, at };
}

/** Says that a waiver is not needed any more. */
export function unusedNotice({ rule, until, at }: Waiver, image: ImageScope): VerdictNotice {
  const message = `the waiver of the rule ${JSON.stringify(rule)} for ${image.requested} until ${until} is not needed: the rule is met`;
  return { code: 'waiver-unused', message, at };
}

/** The first instant after a day; undefined for what is no day of the calendar. */
function endOf(day: string): number | undefined {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day)) return undefined;
  const start = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day) return undefined;
  return start + DAY;
}
