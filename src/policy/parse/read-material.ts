import type { Material } from '../policy.ts';
import type { PolicyNode } from './policy-node.ts';
import type { PolicyReader } from './policy-reader.ts';

const SHA256 = /^(?:sha256:)?([0-9a-f]{64})$/;
const MAX_PATH = 1024;
const MAX_INLINE = 256 * 1024;

/** A path, `{ file, sha256 }`, or the content itself: PEM, or JSON for a trusted root. `what`: `a PEM file`. */
export function readMaterial(reader: PolicyReader, node: PolicyNode, what: string): Material | undefined {
  if (node.kind === 'map') return readPinned(reader, node, what);
  const text = reader.text(node, `${what} or its content`, MAX_INLINE);
  if (text === undefined) return undefined;
  if (isInline(text.text)) return { kind: 'inline', text: text.text, at: node.at };
  return readPath(reader, node, what);
}

/** One, or a list. */
export function readMaterials(reader: PolicyReader, node: PolicyNode | undefined, what: string): readonly Material[] {
  const nodes = node === undefined ? undefined : reader.oneOrMore(node, what);
  return (nodes ?? []).flatMap((item) => readMaterial(reader, item, what) ?? []);
}

function readPinned(reader: PolicyReader, node: PolicyNode, what: string): Material | undefined {
  const fields = reader.fields(node, ['file', 'sha256'], what);
  if (fields === undefined) return undefined;
  if (fields.file === undefined) return reader.refuse(node.at, `expected file: the path of ${what}`);
  const path = readPath(reader, fields.file, what);
  if (fields.sha256 === undefined) return path;
  // without quotes one of digits alone is a number to YAML
  const pin = fields.sha256.kind === 'scalar' ? SHA256.exec(fields.sha256.source)?.[1] : undefined;
  if (pin === undefined) {
    return reader.refuse(fields.sha256.at, 'expected the SHA-256 of the file: 64 hex digits in lower case');
  }
  return path && { ...path, sha256: pin };
}

function readPath(
  reader: PolicyReader,
  node: PolicyNode,
  what: string,
): Extract<Material, { readonly kind: 'file' }> | undefined {
  const path = reader.line(node, `the path of ${what}`, MAX_PATH);
  return path && { kind: 'file', path: path.text, at: node.at };
}

/** Whether a text is the content itself and no path: PEM begins with dashes, a trusted root with a brace. */
export function isInline(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith('-----BEGIN ') || start.startsWith('{');
}
