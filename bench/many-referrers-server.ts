/**
 * A registry whose one image has as many referrers as asked, in pages of 500; answers from memory, for list-many.ts
 * and peers/.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../src/oci/media-types.ts';

const count = Number(process.argv[2]);
const PAGE = 500;
const descriptor = (name: string, size: number) => ({ mediaType: OCI_MANIFEST, digest: digestOf(name), size });
const image = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: { ...descriptor('config', 6), mediaType: 'application/vnd.oci.image.config.v1+json' },
  layers: [],
});
const subject = digestOf(image);
const bytesOf = new Map<string, string>();
const entries = Array.from({ length: count }, (_, i) => {
  const artifactType = i % 2 === 0 ? 'application/spdx+json' : 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const annotations = {
    'org.opencontainers.image.created': '2026-11-22T00:00:00Z',
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1',
  };
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: { ...descriptor('{}', 2), mediaType: 'application/vnd.oci.empty.v1+json' },
    layers: [{ ...descriptor(`layer ${i}`, 700), mediaType: artifactType }],
    subject: { mediaType: OCI_MANIFEST, digest: subject, size: Buffer.byteLength(image) },
    annotations,
  });
  const entry = { ...descriptor(manifest, Buffer.byteLength(manifest)), artifactType, annotations };
  bytesOf.set(entry.digest, manifest);
  return entry;
});

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const answer = (status: number, type: string, body: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
  };
  if (url.pathname === '/v2/') return answer(200, 'application/json', '{}');
  if (url.pathname.includes('/referrers/')) {
    const from = Number(url.searchParams.get('from') ?? 0);
    const manifests = entries.slice(from, from + PAGE);
    const next: Record<string, string> =
      from + PAGE < count ? { link: `<${url.pathname}?from=${from + PAGE}>; rel="next"` } : {};
    return answer(200, OCI_INDEX, JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }), next);
  }
  if (url.pathname.endsWith(`/manifests/${subject}`)) return answer(200, OCI_MANIFEST, image);
  const referrer = bytesOf.get(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  if (referrer !== undefined) return answer(200, OCI_MANIFEST, referrer);
  if (url.pathname.endsWith('/tags/list')) return answer(200, 'application/json', '{"name":"many","tags":[]}');
  return answer(404, 'application/json', '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ host: `127.0.0.1:${(server.address() as AddressInfo).port}`, subject });
});
