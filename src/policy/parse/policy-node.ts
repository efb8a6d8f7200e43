import type { SourceLocation } from '../../errors/coded-error.ts';

/** A policy's text as a tree of values, each with its place; aliases are replaced by what they stand for. */
export type PolicyNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
  /** As it is written, without quotes: `1.10` stays `1.10`. */
  readonly source: string;
  readonly at: SourceLocation;
  /** Where a character of a text stands in the file. */
  readonly locate: (offset: number) => SourceLocation;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly PolicyNode[];
  readonly at: SourceLocation;
}

export interface MapNode {
  readonly kind: 'map';
  /** Each key once. */
  readonly entries: readonly { readonly key: string; readonly at: SourceLocation; readonly value: PolicyNode }[];
  readonly at: SourceLocation;
}

/** `a list`, `nothing`, `the number 5`: for messages that say what was found. */
export function describeNode(node: PolicyNode): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a mapping';
  switch (typeof node.value) {
    case 'string':
      return JSON.stringify(node.value.length > 100 ? `${node.value.slice(0, 100)}…` : node.value);
    case 'number':
    case 'bigint':
      return `the number ${node.source.slice(0, 100)}`;
    case 'boolean':
      return node.source;
    default:
      return 'nothing';
  }
}
