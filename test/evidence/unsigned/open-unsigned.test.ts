import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UnsignedEvidence } from '../../../src/evidence/signed-evidence.ts';
import { openUnsigned } from '../../../src/evidence/unsigned/open-unsigned.ts';
import { fc } from '../../support/fast-check.ts';
import { bundle, bytesOf, fixture, hexOf, SUBJECT, statement } from '../samples.ts';

const SPDX = 'application/spdx+json';
const SPDX3 = 'application/spdx3+json';
const CYCLONEDX = 'application/vnd.cyclonedx+json';
const CYCLONEDX_XML = 'application/vnd.cyclonedx+xml';
const IN_TOTO = 'application/vnd.in-toto+json';

function open(bytes: Uint8Array | string, artifactType: string, mediaType = artifactType): UnsignedEvidence {
  const document = {
    bytes: typeof bytes === 'string' ? bytesOf(bytes) : bytes,
    mediaType,
    annotations: {},
    what: 'layer',
  };
  return openUnsigned(document, artifactType);
}

function spdx(extra: object): Uint8Array {
  return bytesOf({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'app', ...extra });
}

function cyclonedx(extra: object): Uint8Array {
  return bytesOf({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, ...extra });
}

function cyclonedxXml(content: string): string {
  return `<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.5">${content}</bom>\n`;
}

function spdx3(...elements: object[]): Uint8Array {
  return bytesOf({ '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': elements });
}

function predicate(predicateType: string, content: unknown): Uint8Array {
  return bytesOf(statement({ predicateType, predicate: content }));
}

const TAG_VALUE = 'SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n';

type Good = readonly [what: string, bytes: Uint8Array | string, artifactType: string, contentType: string | undefined];

const GOODIES: readonly Good[] = [
  ['SPDX 2 JSON', fixture('spdx-2.3.json'), SPDX, SPDX],
  ['SPDX 2 JSON of files alone', spdx({ packages: [], files: [{ fileName: './a', SPDXID: 'SPDXRef-a' }] }), SPDX, SPDX],
  ['SPDX 3 JSON', spdx3({ type: 'software_Package', name: 'zlib' }), SPDX3, SPDX3],
  ['SPDX 3 JSON under the older type', spdx3({ type: 'software_File' }), SPDX, SPDX3],
  [
    'SPDX 3 of one element',
    bytesOf({ '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', type: 'ai_AIPackage' }),
    SPDX3,
    SPDX3,
  ],
  ['SPDX tag-value', `${TAG_VALUE}PackageName: zlib\n`, 'text/spdx', 'text/spdx'],
  [
    'SPDX tag-value of files alone',
    `${TAG_VALUE}FileName: ./a\nFileComment: <text>two\nlines</text>\n`,
    'text/spdx',
    'text/spdx',
  ],
  ['CycloneDX JSON', fixture('cyclonedx.json'), CYCLONEDX, CYCLONEDX],
  ['a CycloneDX VEX', fixture('cyclonedx-vex.json'), CYCLONEDX, CYCLONEDX],
  [
    'CycloneDX of an image in which nothing was found',
    cyclonedx({ metadata: { component: { type: 'container', name: 'app' } }, components: [] }),
    CYCLONEDX,
    CYCLONEDX,
  ],
  ['CycloneDX of a service', cyclonedx({ services: [{ name: 'api' }] }), CYCLONEDX, CYCLONEDX],
  ['CycloneDX XML', fixture('cyclonedx.xml'), CYCLONEDX_XML, CYCLONEDX_XML],
  [
    'CycloneDX XML with a prefix',
    '<b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.5"><b:component type="library"/></b:bom>',
    CYCLONEDX_XML,
    CYCLONEDX_XML,
  ],
  ['SARIF', fixture('report.sarif'), 'application/sarif+json', 'application/sarif+json'],
  ['OpenVEX', fixture('openvex.json'), 'application/vnd.openvex+json', 'application/vnd.openvex+json'],
  ['CSAF', fixture('csaf.json'), 'application/csaf+json', 'application/csaf+json'],
  ['an SBOM under a type that says nothing', fixture('spdx-2.3.json'), 'application/vnd.example.report', SPDX],
  ['a document of no known kind', 'anything', 'application/vnd.example.report', undefined],
  ['the empty JSON object of an artifact without files', '{}', 'application/vnd.example.report', undefined],
];

const UGLIES: readonly (readonly [what: string, bytes: Uint8Array | string, artifactType: string, why: RegExp])[] = [
  ['nothing', '', SPDX, /^it is empty$/],
  ['nothing, of no known type', '', 'application/vnd.example.report', /^it is empty$/],
  ['white space', ' \r\n\t', 'application/vnd.example.report', /^it is empty$/],
  [
    'an empty object',
    '{}',
    SPDX,
    /declared as application\/spdx\+json, but it is JSON of no known format, with no keys/,
  ],
  [
    'HTML',
    '<html><body>log in</body></html>',
    SPDX,
    /declared as application\/spdx\+json, but it is XML with the root element "html"/,
  ],
  ['text', 'not found', CYCLONEDX, /text of no known format/],
  ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), SPDX, /gzip-compressed/],
  ['SPDX without packages', spdx({ packages: [] }), SPDX, /^it describes nothing: it has no package, file or snippet$/],
  ['SPDX whose list was left out', spdx({}), SPDX, /describes nothing/],
  ['SPDX whose packages are no list', spdx({ packages: { name: 'zlib' } }), SPDX, /describes nothing/],
  [
    'SPDX whose only package has no name',
    spdx({ packages: [{ SPDXID: 'SPDXRef-a' }, { name: ' ' }, null, 'zlib'] }),
    SPDX,
    /describes nothing/,
  ],
  ['SPDX with a key twice', '{"spdxVersion":"SPDX-2.3","spdxVersion":"SPDX-2.3","SPDXID":"a"}', SPDX, /duplicate key/],
  ['SPDX 3 without packages', fixture('spdx-3.0.json'), SPDX3, /describes nothing/],
  [
    'SPDX 2 under the type of SPDX 3',
    fixture('spdx-2.3.json'),
    SPDX3,
    /declared as application\/spdx3\+json, but its content is application\/spdx\+json/,
  ],
  [
    'tag-value without packages',
    fixture('spdx-2.3.spdx'),
    'text/spdx',
    /describes nothing: it has no package and no file/,
  ],
  [
    'tag-value whose package has no name',
    `${TAG_VALUE}PackageName: \nSPDXID: SPDXRef-a\n`,
    'text/spdx',
    /describes nothing/,
  ],
  [
    'tag-value that ends within a text',
    `${TAG_VALUE}PackageName: a\nPackageComment: <text>one`,
    'text/spdx',
    /cut off/,
  ],
  [
    'tag-value under the type of JSON',
    `${TAG_VALUE}PackageName: a\n`,
    SPDX,
    /declared as application\/spdx\+json, but its content is text\/spdx/,
  ],
  [
    'CycloneDX under the type of SPDX',
    fixture('cyclonedx.json'),
    SPDX,
    /its content is application\/vnd\.cyclonedx\+json/,
  ],
  [
    'CycloneDX without components',
    cyclonedx({ metadata: {}, components: [], dependencies: [] }),
    CYCLONEDX,
    /^it describes nothing: it has no component, service or vulnerability$/,
  ],
  [
    'CycloneDX whose subject has no name',
    cyclonedx({ metadata: { component: { type: 'container', name: '' } } }),
    CYCLONEDX,
    /describes nothing/,
  ],
  ['CycloneDX XML without components', cyclonedxXml('<components/>'), CYCLONEDX_XML, /describes nothing/],
  [
    'CycloneDX XML that is one element',
    '<bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>',
    CYCLONEDX_XML,
    /describes nothing/,
  ],
  [
    'CycloneDX XML with components in comments alone',
    cyclonedxXml('<!-- <component type="x"> --><![CDATA[<component >]]>'),
    CYCLONEDX_XML,
    /describes nothing/,
  ],
  [
    'CycloneDX XML that is cut off',
    cyclonedxXml('<component type="library">').replace('</bom>\n', ''),
    CYCLONEDX_XML,
    /cut off/,
  ],
  [
    'CycloneDX XML that only seems to end',
    `${cyclonedxXml('<component type="x"/>')}<more>`,
    CYCLONEDX_XML,
    /cut off, or something follows/,
  ],
  ['SARIF without a run', bytesOf({ version: '2.1.0', runs: [] }), 'application/sarif+json', /^it has no run$/],
  ['SARIF whose run is null', bytesOf({ version: '2.1.0', runs: [null] }), 'application/sarif+json', /^it has no run$/],
  [
    'OpenVEX without statements',
    bytesOf({ '@context': 'https://openvex.dev/ns/v0.2.0', statements: [] }),
    'application/vnd.openvex+json',
    /no statement/,
  ],
  [
    'CSAF without a version',
    bytesOf({ document: { category: 'csaf_vex' } }),
    'application/csaf+json',
    /csaf_version is missing/,
  ],
  [
    'what is no statement',
    bytesOf({ _type: 'https://example.com' }),
    IN_TOTO,
    /declared as application\/vnd\.in-toto\+json, but/,
  ],
  [
    'an SBOM under the type of a predicate',
    fixture('spdx-2.3.json'),
    'application/vnd.in-toto.spdx+json',
    /but its content is application\/spdx\+json/,
  ],
  [
    'a statement of an unknown version',
    bytesOf(statement({ _type: 'https://in-toto.io/Statement/v9' })),
    IN_TOTO,
    /its _type is/,
  ],
  ['a statement about nothing', bytesOf(statement({ subject: [] })), IN_TOTO, /subject/],
  [
    'a statement with an empty SBOM',
    predicate('https://spdx.dev/Document', { spdxVersion: 'SPDX-2.3', SPDXID: 'a', packages: [] }),
    IN_TOTO,
    /^its predicate is an SBOM, and it describes nothing/,
  ],
  [
    'a statement with an SBOM without content',
    predicate('https://cyclonedx.org/bom/v1.4', {}),
    IN_TOTO,
    /^its predicate is an SBOM, and is empty$/,
  ],
  ['a statement whose SBOM was left out', predicate('https://spdx.dev/Document/v2.3', undefined), IN_TOTO, /is empty/],
  [
    'a bundle',
    bytesOf(bundle()),
    'application/vnd.example.report',
    /signed evidence \(sigstore-bundle\) that was not read as such/,
  ],
];

describe('openUnsigned', () => {
  for (const [what, bytes, artifactType, contentType] of GOODIES) {
    it(`counts ${what}`, () => {
      const { malformed, ...opened } = open(bytes, artifactType);
      assert.equal(malformed, undefined);
      assert.deepEqual([opened.signed, opened.contentType], [false, contentType]);
    });
  }

  for (const [what, bytes, artifactType, why] of UGLIES) {
    it(`does not count ${what}`, () => assert.match(open(bytes, artifactType).malformed ?? 'counted', why));
  }

  it('gives the statement of a bare attestation, as BuildKit attaches one', () => {
    const sbom = JSON.parse(Buffer.from(fixture('spdx-2.3.json')).toString('utf8')) as unknown;
    const bytes = predicate('https://spdx.dev/Document', sbom);
    const opened = open(bytes, 'application/vnd.docker.attestation.manifest.v1+json', IN_TOTO);
    assert.equal(opened.malformed, undefined);
    assert.equal(opened.kind, 'in-toto');
    assert.equal(opened.statement?.predicateType, 'https://spdx.dev/Document');
    assert.deepEqual(opened.statement?.subjects[0]?.digest, { sha256: hexOf(SUBJECT) });
  });

  it('looks at no predicate that it does not know', () => {
    for (const content of [{ Data: `${TAG_VALUE}PackageName: a` }, { any: 'thing' }]) {
      assert.equal(open(predicate('https://spdx.dev/Document', content), IN_TOTO).malformed, undefined);
    }
    assert.equal(open(predicate('https://slsa.dev/provenance/v1', {}), IN_TOTO).malformed, undefined);
  });

  it('looks into the text and the wrapper in which cosign puts an SBOM', () => {
    const of = (content: unknown): string | undefined =>
      open(predicate('https://spdx.dev/Document', content), IN_TOTO).malformed;
    const whole = `${TAG_VALUE}PackageName: a`;
    for (const content of [whole, 'a text of no known form', { Data: whole, Timestamp: '' }, { Data: whole, more: 1 }])
      assert.equal(of(content), undefined, JSON.stringify(content));
    const empty = { spdxVersion: 'SPDX-2.3', SPDXID: 'a', packages: [] };
    for (const content of [' ', { Data: '', Timestamp: '' }, { Data: {} }])
      assert.match(of(content) ?? '', /is empty$/);
    for (const content of [TAG_VALUE, { Data: TAG_VALUE }, { Data: empty, Timestamp: '' }])
      assert.match(of(content) ?? '', /describes nothing/, JSON.stringify(content));
  });

  it('goes by the layer where the artifact type says nothing, and by the artifact type first', () => {
    const artifact = 'application/vnd.example.report';
    assert.match(open('{}', artifact, `${SPDX}; charset=utf-8`).malformed ?? '', /declared as application\/spdx\+json/);
    assert.match(
      open(fixture('cyclonedx.json'), 'Application/SPDX+json', CYCLONEDX).malformed ?? '',
      /declared as application\/spdx/,
    );
    assert.equal(open(fixture('spdx-2.3.json'), SPDX, 'application/octet-stream').malformed, undefined);
  });

  for (const [name, type] of [
    ['spdx-2.3.json', SPDX],
    ['cyclonedx.json', CYCLONEDX],
    ['cyclonedx.xml', CYCLONEDX_XML],
    ['report.sarif', 'application/sarif+json'],
    ['openvex.json', 'application/vnd.openvex+json'],
    ['csaf.json', 'application/csaf+json'],
  ] as const) {
    it(`does not count ${name} cut off anywhere`, () => {
      const bytes = Buffer.from(Buffer.from(fixture(name)).toString('utf8').trimEnd());
      assert.equal(open(bytes, type).malformed, undefined);
      for (let length = 0; length < bytes.length; length++) {
        const { malformed } = open(bytes.subarray(0, length), type);
        assert.ok(malformed !== undefined, `${length} of ${bytes.length} bytes`);
      }
    });
  }

  it('takes no longer than a document is long, whatever is commented out in it', () => {
    const started = performance.now();
    const bytes = cyclonedxXml(`${'<!---->'.repeat(150_000)}${'<![CDATA[]]>'.repeat(90_000)}<component/>`);
    assert.equal(open(bytes, CYCLONEDX_XML).malformed, undefined);
    // some ten milliseconds; minutes where each comment makes the rest be searched again
    assert.ok(performance.now() - started < 10_000);
  });

  it('throws for no document', () => {
    const type = fc.constantFrom(
      SPDX,
      CYCLONEDX,
      CYCLONEDX_XML,
      IN_TOTO,
      'text/spdx',
      'application/vnd.example.report',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(bytesOf),
      fc
        .record({ spdxVersion: fc.constant('SPDX-2.3'), SPDXID: fc.constant('a'), packages: fc.jsonValue() })
        .map(bytesOf),
      fc
        .record({
          bomFormat: fc.constant('CycloneDX'),
          specVersion: fc.constant('1.6'),
          metadata: fc.jsonValue(),
          components: fc.jsonValue(),
        })
        .map(bytesOf),
    );
    fc.assert(fc.property(bytes, type, (document, artifactType) => void open(document, artifactType)));
  });
});
