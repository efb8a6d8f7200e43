import { decodeForScan } from '../decode-text.ts';
import { readXmlRoot } from '../xml-root.ts';

/** SPDX 2.3 §7.1, §8.1: tags of a package and a file. */
const SPDX_TAG = /^(?:PackageName|FileName):[ \t]*[^ \t\r\n]/m;
const CYCLONEDX_ELEMENT = /<(?:[A-Za-z_][\w.-]*:)?(?:component|service|vulnerability)[\s/>]/;

/**
 * Why an SPDX document in tag-value form is not fit to be counted. One that is cut off between two lines reads like a
 * shorter one: only a text of several lines (`<text>`) that does not end gives it away.
 */
export function checkSpdxTagValue(bytes: Uint8Array): string | undefined {
  const text = decodeForScan(bytes);
  if (text.lastIndexOf('<text>') > text.lastIndexOf('</text>')) return 'it is cut off: a <text> does not end';
  return SPDX_TAG.test(text) ? undefined : 'it describes nothing: it has no package and no file';
}

/** The same for CycloneDX in XML, which is scanned, not parsed: its root must end, and nothing may follow. */
export function checkCyclonedxXml(bytes: Uint8Array): string | undefined {
  const text = withoutComments(decodeForScan(bytes));
  const root = readXmlRoot(text);
  if ('reason' in root) return root.reason;
  const end = text.lastIndexOf(`</${root.name}`);
  const tail = end < 0 ? '' : text.slice(end + root.name.length + 2).trim();
  if (!root.selfClosing && tail !== '>') return 'it is cut off, or something follows its root element';
  return CYCLONEDX_ELEMENT.test(text)
    ? undefined
    : 'it describes nothing: it has no component, service or vulnerability';
}

/** What is commented out, or is text of a CDATA section, describes nothing. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  const nextHidden = [finder(text, '<!--', '-->'), finder(text, '<![CDATA[', ']]>')];
  for (let at = 0; at < text.length; ) {
    const [first] = nextHidden.map((find) => find(at)).sort((a, b) => a.start - b.start);
    const { start, close } = first ?? { start: text.length, close: '' };
    if (start > at) parts.push(text.slice(at, start));
    const end = start === text.length ? -1 : text.indexOf(close, start);
    at = end < 0 ? text.length : end + close.length;
  }
  return parts.join('');
}

interface Hidden {
  /** Where it begins; the text's length: nowhere. */
  readonly start: number;
  readonly close: string;
}

/** Finds a mark from a place on, asked for places that only grow: a text of nothing but the other mark is not searched again for each of them. */
function finder(text: string, open: string, close: string): (from: number) => Hidden {
  let start = -1;
  return (from) => {
    if (start < from) {
      const found = text.indexOf(open, from);
      start = found < 0 ? text.length : found;
    }
    return { start, close };
  };
}
