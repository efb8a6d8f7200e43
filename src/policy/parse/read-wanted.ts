import { nearType } from '../near-type.ts';
import type { Wanted } from '../policy.ts';
import { isArtifactType, isPredicateType } from '../wanted-types.ts';
import type { PolicyNode } from './policy-node.ts';
import type { PlacedText, PolicyReader } from './policy-reader.ts';

/** `artifact-type` or `predicate-type`, one or a list; without either any signature of the image. */
export function readWanted(
  reader: PolicyReader,
  artifactType: PolicyNode | undefined,
  predicateType: PolicyNode | undefined,
): Wanted | undefined {
  if (artifactType !== undefined && predicateType !== undefined) {
    return reader.refuse(
      predicateType.at,
      'artifact-type and predicate-type cannot stand together',
      'Make two rules of it.',
    );
  }
  if (artifactType !== undefined) {
    const types = readTypes(reader, artifactType, 'an artifact type', checkArtifactType);
    return types && { kind: 'artifact-type', types };
  }
  if (predicateType !== undefined) {
    const types = readTypes(reader, predicateType, 'a predicate type', checkPredicateType);
    return types && { kind: 'predicate-type', types };
  }
  return { kind: 'any-signature' };
}

function readTypes(
  reader: PolicyReader,
  node: PolicyNode,
  what: string,
  check: (reader: PolicyReader, type: PlacedText) => void,
): readonly string[] | undefined {
  const types = (reader.oneOrMore(node, what) ?? []).flatMap((item) => reader.line(item, what, 512) ?? []);
  const seen = new Set<string>();
  for (const type of types) {
    if (seen.has(type.text)) reader.refuse(type.at, `${JSON.stringify(type.text)} stands here a second time`);
    else check(reader, type);
    seen.add(type.text);
  }
  return types.length === 0 ? undefined : types.map(({ text }) => text);
}

function checkArtifactType(reader: PolicyReader, { text, at }: PlacedText): void {
  if (isArtifactType(text)) return;
  const hint = isPredicateType(text) ? 'A URL is a predicate-type.' : nearHint(text);
  reader.refuse(
    at,
    `artifact-type: expected a media type such as application/spdx+json, got ${JSON.stringify(text)}`,
    hint,
  );
}

function checkPredicateType(reader: PolicyReader, { text, at }: PlacedText): void {
  if (text.includes('*')) {
    reader.refuse(at, 'predicate-type: compared as it is, without wildcards', 'List the types that you accept.');
  } else if (!isPredicateType(text)) {
    const hint = isArtifactType(text) ? 'A media type is an artifact-type.' : nearHint(text);
    reader.refuse(
      at,
      `predicate-type: expected a URI such as https://slsa.dev/provenance/v1, got ${JSON.stringify(text)}`,
      hint,
    );
  }
}

function nearHint(text: string): string | undefined {
  const near = nearType(text);
  return near && `Did you mean ${isPredicateType(near) ? 'predicate-type' : 'artifact-type'}: ${near}?`;
}
