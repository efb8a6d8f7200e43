import type { SourceLocation } from '../../errors/coded-error.ts';
import { nearName } from '../../errors/near-name.ts';
import type { PolicyProblem } from '../policy-problems.ts';
import { compilePattern } from '../text-matcher.ts';
import type { TextPattern } from '../text-pattern.ts';
import { describeNode, type PolicyNode } from './policy-node.ts';

/** A text of the policy with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: SourceLocation;
}

/** The fields of a mapping that were there. */
export type Fields<Name extends string> = Partial<Record<Name, PolicyNode>>;

const MAX_LIST = 200;

/** Reads values out of the tree; what is wrong is noted and read as undefined, so that one run finds every problem. */
export class PolicyReader {
  readonly problems: PolicyProblem[] = [];

  refuse(at: SourceLocation, message: string, hint?: string): undefined {
    this.problems.push({ message, location: at, ...(hint !== undefined && { hint }) });
    return undefined;
  }

  /** A mapping with no other keys than these. `what` names it: `a rule`. */
  fields<const Name extends string>(node: PolicyNode, known: readonly Name[], what: string): Fields<Name> | undefined {
    if (node.kind !== 'map') {
      return this.refuse(node.at, `expected ${what}, a mapping of ${known.join(', ')}; got ${describeNode(node)}`);
    }
    const fields: Fields<Name> = {};
    for (const { key, at, value } of node.entries) {
      const name = known.find((one) => one === key);
      if (name !== undefined) fields[name] = value;
      else this.refuse(at, `${what} has no key ${JSON.stringify(key)}`, this.#nearHint(key, known));
    }
    return fields;
  }

  text(node: PolicyNode, what: string, limit = 4096): PlacedText | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      const quoted = node.kind === 'scalar' && node.value !== null ? 'Put it in quotes.' : undefined;
      return this.refuse(node.at, `expected ${what}, got ${describeNode(node)}`, quoted);
    }
    const text = node.value;
    if (text.trim() === '') return this.refuse(node.at, `expected ${what}, got an empty text`);
    if (text.length > limit) {
      return this.refuse(node.at, `expected ${what} of at most ${limit} characters, got ${text.length}`);
    }
    return { text, at: node.at };
  }

  /** A text of one line that can be shown anywhere. */
  line(node: PolicyNode, what: string, limit = 200): PlacedText | undefined {
    const line = this.text(node, what, limit);
    if (line === undefined || !hasControl(line.text)) return line;
    return this.refuse(node.at, `expected ${what} on one line, without control characters`);
  }

  /** One, or a list of at least one. */
  oneOrMore(node: PolicyNode, what: string): readonly PolicyNode[] | undefined {
    if (node.kind !== 'list') return [node];
    if (node.items.length === 0) return this.refuse(node.at, `expected ${what}, got an empty list`);
    if (node.items.length <= MAX_LIST) return node.items;
    return this.refuse(node.at, `expected at most ${MAX_LIST} items, got ${node.items.length}`);
  }

  choice<const Value extends string>(node: PolicyNode, values: readonly Value[], what: string): Value | undefined {
    const got = node.kind === 'scalar' ? node.source : undefined;
    const value = values.find((one) => one === got);
    if (value !== undefined) return value;
    return this.refuse(
      node.at,
      `${what}: expected one of ${values.join(', ')}, got ${describeNode(node)}`,
      got && this.#nearHint(got, values),
    );
  }

  flag(node: PolicyNode, what: string): boolean | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    return this.refuse(node.at, `${what}: expected true or false, got ${describeNode(node)}`);
  }

  /** A glob if it has a wildcard, else exact; or an RE2 expression. */
  async pattern(node: PolicyNode, what: string, kind?: 'regexp'): Promise<TextPattern | undefined> {
    const found = this.line(node, what, Number.POSITIVE_INFINITY);
    if (found === undefined) return undefined;
    const pattern = await compilePattern(found.text, kind);
    return 'problem' in pattern ? this.refuse(found.at, `${what}: ${pattern.problem}`) : pattern;
  }

  #nearHint(text: string, values: readonly string[]): string {
    const near = nearName(text, values);
    return near === undefined ? `Known: ${values.join(', ')}.` : `Did you mean ${near}?`;
  }
}

function hasControl(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
  });
}
