import { decodeForScan } from '../decode-text.ts';
import { buildEvidence, nearMiss, type Recognition } from '../detection.ts';
import { readXmlRoot, type XmlRootReading } from '../xml-root.ts';

export const CYCLONEDX_XML_TITLE = 'CycloneDX XML';

const NAMESPACE = 'http://cyclonedx.org/schema/bom/';

/** CycloneDX in XML, by the namespace of its root element. `whole` false: these are only the first bytes. */
export function recogniseCyclonedxXml(bytes: Uint8Array, whole: boolean): Recognition {
  const text = decodeForScan(bytes);
  const root = readXmlRoot(text);
  if ('reason' in root) return text.includes(NAMESPACE) ? nearMiss(root.reason) : undefined;
  if (root.localName !== 'bom') return undefined;
  if (root.namespace?.startsWith(NAMESPACE) !== true) {
    return nearMiss(`the namespace of its root element is not ${NAMESPACE}<version>`);
  }
  if (whole && !root.selfClosing && !text.includes(`</${root.name}`)) {
    return nearMiss(`its root element does not end: the file seems to be cut off`);
  }
  return buildEvidence({ kind: 'cyclonedx-xml', artifactType: 'application/vnd.cyclonedx+xml' });
}

/** What the root element is, to say so of XML that is not recognised. */
export function describeXml(head: Uint8Array): string {
  const root: XmlRootReading = readXmlRoot(decodeForScan(head));
  if ('reason' in root) return `it is XML, but ${root.reason}`;
  const namespace = root.namespace === undefined ? 'no namespace' : `the namespace ${JSON.stringify(root.namespace)}`;
  return `it is XML with the root element ${JSON.stringify(root.localName)} and ${namespace}`;
}
