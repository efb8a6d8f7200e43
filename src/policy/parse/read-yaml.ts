import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import type { SourceLocation } from '../../errors/coded-error.ts';
import type { PolicyProblem } from '../policy-problems.ts';
import { locateInScalar } from './locate-in-scalar.ts';
import { locator } from './locator.ts';
import type { MapNode, PolicyNode, ScalarNode } from './policy-node.ts';

/** Nodes of the tree, aliases replaced: what a policy of some thousand lines has. */
const MAX_NODES = 20_000;
const MAX_ALIASES = 100;
const MAX_DEPTH = 32;

export type YamlOutcome =
  | { readonly root: PolicyNode; readonly problems?: undefined }
  | { readonly root?: undefined; readonly problems: readonly PolicyProblem[] };

/**
 * YAML 1.2 (core schema; JSON is such) -> tree. Refused are duplicate keys, tags, other versions by directive, several
 * documents and what unfolds without bound. A file that is no YAML has no other problems.
 */
export function readYaml(text: string, file: string): YamlOutcome {
  const locate = locator(text, file);
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false, // looked for below, in linear time
      prettyErrors: false,
    });
    if (!Array.isArray(documents) || documents.length === 0)
      return { problems: [{ message: 'the policy is empty', location: locate(0) }] };
    return readDocuments(documents, text, locate);
  } catch (thrown) {
    // the parser recurses: a RangeError is a file of thousands of brackets
    if (!(thrown instanceof RangeError)) throw thrown;
    return { problems: [{ message: 'the policy is nested too deeply', location: locate(0) }] };
  }
}

function readDocuments(
  documents: readonly Document.Parsed[],
  text: string,
  locate: (offset: number) => SourceLocation,
): YamlOutcome {
  const [document, second] = documents;
  const complaints = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const problems = complaints.map(({ message, pos }) => ({
    message: `not valid YAML: ${message}`,
    location: locate(pos[0]),
  }));
  if (second !== undefined) {
    problems.push({ message: 'expected one document, got several', location: locate(second.range[0]) });
  }
  const version = document?.directives?.yaml.explicit ? document.directives.yaml.version : '1.2';
  if (version !== '1.2') problems.push({ message: `expected YAML 1.2, got ${version}`, location: locate(0) });
  if (document === undefined || problems.length > 0) return { problems };
  const builder = new TreeBuilder(document, text, locate);
  const root = builder.build(document.contents, document.range[0], 0);
  return builder.problems.length > 0 ? { problems: builder.problems } : { root };
}

class TreeBuilder {
  readonly problems: PolicyProblem[] = [];
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #locate: (offset: number) => SourceLocation;
  #nodes = 0;
  #aliases = 0;

  constructor(document: Document.Parsed, text: string, locate: (offset: number) => SourceLocation) {
    this.#document = document;
    this.#text = text;
    this.#locate = locate;
  }

  /** `offset`: where a value that is not there would stand. */
  build(node: Node | null | undefined, offset: number, depth: number): PolicyNode {
    const start = node?.range?.[0] ?? offset;
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      return this.#refuse(start, depth > MAX_DEPTH ? 'the policy is nested too deeply' : 'the policy is too large');
    }
    if (node?.tag !== undefined) return this.#refuse(start, `the tag ${node.tag} has no meaning here`);
    if (isAlias(node)) {
      if (++this.#aliases > MAX_ALIASES) return this.#refuse(start, `more than ${MAX_ALIASES} aliases are used`);
      const target = node.resolve(this.#document);
      if (target === undefined) return this.#refuse(start, `there is no anchor ${JSON.stringify(node.source)} above`);
      return this.build(target, start, depth + 1);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(isNode(item) ? item : null, start, depth + 1));
      return { kind: 'list', items, at: this.#locate(start) };
    }
    if (isMap(node)) return this.#buildMap(node.items, start, depth);
    return this.#buildScalar(isScalar(node) ? node : undefined, start);
  }

  #buildMap(pairs: readonly Pair<unknown, unknown>[], start: number, depth: number): MapNode {
    const keys = new Set<string>();
    const entries: MapNode['entries'][number][] = [];
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? key.value : undefined;
      const keyStart = isNode(key) ? (key.range?.[0] ?? start) : start;
      if (typeof name !== 'string' || !isScalar(key) || key.tag !== undefined) {
        this.#refuse(keyStart, 'expected a text as key');
      } else if (keys.has(name)) {
        this.#refuse(keyStart, `the key ${JSON.stringify(name)} stands here a second time`);
      } else {
        keys.add(name);
        const child = this.build(isNode(value) ? value : null, key.range?.[1] ?? keyStart, depth + 1);
        entries.push({ key: name, at: this.#locate(keyStart), value: child });
      }
    }
    return { kind: 'map', entries, at: this.#locate(start) };
  }

  #buildScalar(scalar: Scalar | undefined, start: number): ScalarNode {
    const value = scalar?.value;
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
    return {
      kind: 'scalar',
      value: plain || typeof value === 'boolean' ? value : null,
      source: scalar?.source ?? '',
      at: this.#locate(start),
      locate: (offset) =>
        this.#locate(locateInScalar(this.#text, scalar?.range ?? [start, start, start], value, offset)),
    };
  }

  #refuse(offset: number, message: string): ScalarNode {
    const at = this.#locate(offset);
    if (this.problems.length < 1000) this.problems.push({ message, location: at });
    return { kind: 'scalar', value: null, source: '', at, locate: () => at };
  }
}
