/** The root element of an XML document. */
export interface XmlRoot {
  /** As written, with its prefix. */
  readonly name: string;
  readonly localName: string;
  /** The namespace that its start tag binds to its prefix; undefined if it binds none. */
  readonly namespace: string | undefined;
  readonly selfClosing: boolean;
}
export type XmlRootReading = XmlRoot | { readonly reason: string };

const NAME = /[^\s/>="'<]+/y;
const SPACE = /\s*/y;

/**
 * Text -> root element, by a scan over what may stand before it (XML 1.0 §2.8: declaration, comments, processing
 * instructions). No XML parser: entities are not expanded, and a DOCTYPE, which could change what attributes mean, is
 * refused.
 */
export function readXmlRoot(text: string): XmlRootReading {
  const start = skipProlog(text);
  return typeof start === 'number' ? readStartTag(text, start) : start;
}

function skipProlog(text: string): number | { readonly reason: string } {
  let at = 0;
  for (;;) {
    at = matchAt(SPACE, text, at).end;
    if (text.startsWith('<?', at)) at = endOf(text, '?>', at + 2);
    else if (text.startsWith('<!--', at)) at = endOf(text, '-->', at + 4);
    else if (/^<!doctype/i.test(text.slice(at, at + 9))) return { reason: 'it has a DOCTYPE' };
    else if (text[at] === '<') return at;
    else return { reason: 'no root element was found' };
    if (at < 0) return { reason: 'a comment or instruction before the root element does not end' };
  }
}

function readStartTag(text: string, start: number): XmlRootReading {
  const cut = { reason: 'the start tag of the root element is cut off or malformed' };
  const { value: name, end } = matchAt(NAME, text, start + 1);
  if (name === '') return cut;
  const [prefix, localName] = splitName(name);
  const binding = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  let namespace: string | undefined;
  let at = end;
  for (;;) {
    at = matchAt(SPACE, text, at).end;
    if (text.startsWith('/>', at)) return { name, localName, namespace, selfClosing: true };
    if (text[at] === '>') return { name, localName, namespace, selfClosing: false };
    const attribute = readAttribute(text, at);
    if (attribute === undefined) return cut;
    if (attribute.name === binding) namespace = attribute.value;
    at = attribute.end;
  }
}

function readAttribute(text: string, start: number): { name: string; value: string; end: number } | undefined {
  const { value: name, end } = matchAt(NAME, text, start);
  const equals = matchAt(SPACE, text, end).end;
  if (name === '' || text[equals] !== '=') return undefined;
  const open = matchAt(SPACE, text, equals + 1).end;
  const quote = text[open];
  if (quote !== '"' && quote !== "'") return undefined;
  const close = text.indexOf(quote, open + 1);
  return close < 0 ? undefined : { name, value: text.slice(open + 1, close), end: close + 1 };
}

function splitName(name: string): readonly [prefix: string, localName: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}

function matchAt(pattern: RegExp, text: string, at: number): { value: string; end: number } {
  pattern.lastIndex = at;
  const value = pattern.exec(text)?.[0] ?? '';
  return { value, end: at + value.length };
}

/** Index just past `mark`, or -1. */
function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? -1 : found + mark.length;
}
