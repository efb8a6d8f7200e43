import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import {
  DETECT_HEAD_BYTES,
  detectableFormats,
  detectBytes,
  detectEvidence,
  MAX_DETECT_BYTES,
} from '../../src/evidence/detect.ts';
import { type Detection, EVIDENCE_KINDS, type Evidence } from '../../src/evidence/detection.ts';
import { isMediaType } from '../../src/oci/artifact-type.ts';
import { fc } from '../support/fast-check.ts';
import { bundle, bytesOf, envelope, fixture, notationCose, notationJws, simplesigning, statement } from './samples.ts';

type Good = readonly [what: string, bytes: Uint8Array, kind: string, artifactType: string, mediaType?: string];

const GOODIES: readonly Good[] = [
  ['a Sigstore bundle', bytesOf(bundle()), 'sigstore-bundle', 'application/vnd.dev.sigstore.bundle.v0.3+json'],
  ['a DSSE envelope', bytesOf(envelope()), 'dsse', 'application/vnd.dsse.envelope.v1+json'],
  ['an in-toto statement', bytesOf(statement()), 'in-toto', 'application/vnd.in-toto+json'],
  [
    'a Notation JWS',
    bytesOf(notationJws()),
    'notation-jws',
    'application/vnd.cncf.notary.signature',
    'application/jose+json',
  ],
  ['a Notation COSE', notationCose(), 'notation-cose', 'application/vnd.cncf.notary.signature', 'application/cose'],
  [
    'a simplesigning payload',
    bytesOf(simplesigning()),
    'simplesigning',
    'application/vnd.dev.cosign.simplesigning.v1+json',
  ],
  ['CycloneDX JSON', fixture('cyclonedx.json'), 'cyclonedx-json', 'application/vnd.cyclonedx+json'],
  ['a CycloneDX VEX', fixture('cyclonedx-vex.json'), 'cyclonedx-json', 'application/vnd.cyclonedx+json'],
  ['CycloneDX XML', fixture('cyclonedx.xml'), 'cyclonedx-xml', 'application/vnd.cyclonedx+xml'],
  ['SPDX 2 JSON', fixture('spdx-2.3.json'), 'spdx-json', 'application/spdx+json'],
  ['SPDX tag-value', fixture('spdx-2.3.spdx'), 'spdx-tag-value', 'text/spdx'],
  ['SPDX 3 JSON', fixture('spdx-3.0.json'), 'spdx3-json', 'application/spdx3+json'],
  ['SARIF', fixture('report.sarif'), 'sarif', 'application/sarif+json'],
  ['OpenVEX', fixture('openvex.json'), 'openvex', 'application/vnd.openvex+json'],
  ['CSAF', fixture('csaf.json'), 'csaf', 'application/csaf+json'],
];

describe('detectBytes', () => {
  for (const [what, bytes, kind, artifactType, mediaType] of GOODIES) {
    it(`recognises ${what}`, () => {
      const detection = recognised(detectBytes(bytes));
      assert.equal(detection.kind, kind);
      assert.equal(detection.artifactType, artifactType);
      assert.equal(detection.mediaType, mediaType ?? artifactType);
      assert.ok(isMediaType(detection.artifactType), 'an artifact type has no parameters');
    });
  }

  it('has a sample of every kind', () => {
    assert.deepEqual([...new Set(GOODIES.map(([, , kind]) => kind))].sort(), [...EVIDENCE_KINDS].sort());
  });

  it('takes a document that wraps another one for the wrapper', () => {
    const wrapped = { ...statement(), ...envelope(), ...bundle() };
    assert.equal(detectBytes(bytesOf(wrapped)).kind, 'sigstore-bundle');
    assert.equal(detectBytes(bytesOf({ ...statement(), ...envelope() })).kind, 'dsse');
  });

  it('does not mind blanks around JSON', () => {
    assert.equal(detectBytes(bytesOf(`\n\t ${JSON.stringify(statement())}\r\n`)).kind, 'in-toto');
  });
});

const UGLIES: readonly (readonly [what: string, bytes: Uint8Array, reason: RegExp])[] = [
  ['nothing', new Uint8Array(), /it is empty/],
  ['text', bytesOf('hello'), /text of no known format/],
  ['binary data', Buffer.from([1, 0, 2]), /binary data of no known format/],
  ['a gzip file', Buffer.from([0x1f, 0x8b, 8, 0]), /gzip-compressed/],
  ['a tar archive', Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar\0')]), /a tar archive/],
  ['JSON without known keys', bytesOf({ a: 1, b: 2 }), /JSON of no known format, with the keys "a", "b"$/],
  ['an empty object', bytesOf('{}'), /with no keys/],
  ['a JSON array', bytesOf('[{"bomFormat":"CycloneDX"}]'), /it is a JSON array/],
  [
    'a cut-off SPDX document',
    fixture('spdx-2.3.json').subarray(0, 200),
    /looks like SPDX 2 JSON, but it seems to be cut off/,
  ],
  [
    'a key that stands twice',
    bytesOf('{"bomFormat":"CycloneDX","specVersion":"1.5","specVersion":"1.6"}'),
    /looks like CycloneDX JSON, but .*duplicate key "specVersion"/,
  ],
  ['text after the JSON', bytesOf(`${JSON.stringify(statement())} x`), /looks like in-toto statement, but/],
  ['a byte order mark', bytesOf(`\ufeff${JSON.stringify(statement())}`), /byte order mark/],
  ['invalid UTF-8', Buffer.concat([bytesOf('{"bomFormat":"'), Buffer.from([0xff]), bytesOf('"}')]), /not valid UTF-8/],
  [
    'UTF-16, as PowerShell writes it',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(JSON.stringify(statement()), 'utf16le')]),
    /written in UTF-16/,
  ],
  [
    'JSON Lines',
    bytesOf(`${JSON.stringify(bundle())}\n${JSON.stringify(bundle())}\n`),
    /several JSON documents, one a line/,
  ],
  ['JSON nested beyond 64 levels', bytesOf(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`), /nested deeper than 64/],
  ['HTML', bytesOf('<!DOCTYPE html><html></html>'), /it is XML, but it has a DOCTYPE/],
  ['XML of another kind', bytesOf('<project xmlns="urn:x"/>'), /root element "project" and the namespace "urn:x"/],
  ['CycloneDX without specVersion', bytesOf({ bomFormat: 'CycloneDX' }), /CycloneDX JSON, but specVersion is missing/],
  ['SPDX 1 in JSON', bytesOf({ spdxVersion: 'SPDX-1.2' }), /its spdxVersion is "SPDX-1.2"/],
  ['SPDX 2 without SPDXID', bytesOf({ spdxVersion: 'SPDX-2.3' }), /SPDXID is missing/],
  [
    'SPDX 3 without a graph',
    bytesOf({ '@context': 'https://spdx.org/rdf/3.0.1/x' }),
    /neither a @graph array nor a type/,
  ],
  ['SARIF without runs', bytesOf({ $schema: 'https://x/sarif-2.1.0.json' }), /SARIF, but runs is not an array/],
  ['OpenVEX without statements', bytesOf({ '@context': 'https://openvex.dev/ns' }), /statements is not an array/],
  ['CSAF without a version', bytesOf({ document: { category: 'csaf_vex' } }), /document.csaf_version is missing/],
  [
    'a trusted root',
    bytesOf({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' }),
    /no known format/,
  ],
  ['another JSON-LD', bytesOf({ '@context': 'https://schema.org', '@graph': [] }), /no known format/],
];

describe('detectBytes, uglies', () => {
  for (const [what, bytes, reason] of UGLIES) {
    it(`says why the type of ${what} is not known`, () => {
      const detection = detectBytes(bytes);
      assert.equal(detection.kind, 'unknown');
      assert.match('reason' in detection ? detection.reason : '', reason);
    });
  }

  it('never throws and never gives a type that is no media type, whatever the bytes', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => bytesOf(text)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from([0xd2, 0x84]), bytes])),
      fc.string().map((text) => bytesOf(`<${text}`)),
      mutated(bytesOf(bundle())),
      mutated(bytesOf(notationJws())),
      mutated(notationCose()),
      mutated(fixture('cyclonedx.xml')),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        const detection = detectBytes(bytes);
        if (detection.kind === 'unknown') return detection.reason !== '';
        return isMediaType(detection.artifactType) && isMediaType(detection.mediaType);
      }),
      { numRuns: 500 },
    );
  });
});

describe('detectBytes, documents of millions of small ones', () => {
  const many = 120_000;

  it('looks into each line of JSON Lines, of too many for what names subjects only', () => {
    const few = bytesOf(`{}\n${JSON.stringify(statement())}\n`);
    assert.equal(detectBytes(few).claim.kind, 'every');
    const lines = '{}\n'.repeat(many);
    assert.deepEqual(detectBytes(bytesOf(lines)).claim, { kind: 'none' });
    assert.equal(detectBytes(bytesOf(`${lines}${JSON.stringify(statement())}\n`)).claim.kind, 'unreadable');
  });

  for (const [what, text] of [
    ['lines', "'{}\\n'.repeat(6_000_000)"],
    ['an array', "'[' + '{},'.repeat(2_400_000) + '{}]'"],
  ] as const) {
    it(`holds no more than ${what} of it in memory`, () => {
      const detect = new URL('../../src/evidence/detect.ts', import.meta.url).href;
      const script = `import { detectBytes } from ${JSON.stringify(detect)};
        console.log(detectBytes(Buffer.from(${text})).kind);`;
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--max-old-space-size=256', '--input-type=module', '--eval', script],
        { encoding: 'utf8' },
      );
      assert.equal(stdout.trim(), 'unknown', stderr.slice(0, 500));
    });
  }
});

describe('detectEvidence', () => {
  it('looks at the whole of a document whose head alone would not do', async () => {
    const whole = bytesOf({ ...statement(), predicate: { pad: 'x'.repeat(DETECT_HEAD_BYTES) } });
    assert.equal((await detectEvidence(sourceOf(whole))).kind, 'in-toto');
  });

  it('does not read on where the head tells', async () => {
    const tagValue = Buffer.concat([fixture('spdx-2.3.spdx'), Buffer.alloc(DETECT_HEAD_BYTES, 'x')]);
    const source = { ...sourceOf(tagValue), readAll: () => Promise.reject(new Error('was read')) };
    assert.equal((await detectEvidence(source)).kind, 'spdx-tag-value');
  });

  it('does not parse JSON over its limit, and says so', async () => {
    const head = bytesOf('{"bomFormat":"CycloneDX"');
    const source = { head, size: MAX_DETECT_BYTES + 1, readAll: () => Promise.reject(new Error('was read')) };
    const detection = await detectEvidence(source);
    assert.equal(detection.kind, 'unknown');
    assert.match(
      'reason' in detection ? detection.reason : '',
      /67108865 bytes, and content is looked at up to 64 MiB/,
    );
  });

  it('tells XML over its limit by the head', async () => {
    const source = {
      head: fixture('cyclonedx.xml'),
      size: MAX_DETECT_BYTES + 1,
      readAll: () => Promise.reject(new Error('was read')),
    };
    assert.equal((await detectEvidence(source)).kind, 'cyclonedx-xml');
  });

  it('passes on the error of a source that cannot be read', async () => {
    const source = { head: bytesOf('{'), size: 9, readAll: () => Promise.reject(new Error('disk')) };
    await assert.rejects(detectEvidence(source), /disk/);
  });
});

it('names every format that is looked for', () => {
  assert.equal(detectableFormats().length, EVIDENCE_KINDS.length);
});

function recognised(detection: Detection): Evidence {
  assert.ok(detection.kind !== 'unknown', 'reason' in detection ? detection.reason : '');
  return detection;
}

function sourceOf(whole: Uint8Array) {
  return { head: whole.subarray(0, DETECT_HEAD_BYTES), size: whole.byteLength, readAll: () => Promise.resolve(whole) };
}

/** The document with a few bytes changed, or cut. */
function mutated(bytes: Uint8Array) {
  const changes = fc.array(fc.tuple(fc.nat({ max: bytes.byteLength - 1 }), fc.nat({ max: 255 })), { maxLength: 3 });
  return fc.tuple(changes, fc.nat({ max: bytes.byteLength })).map(([list, cut]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, byte] of list) copy[at] = byte;
    return copy.subarray(0, cut % 2 === 0 ? copy.byteLength : cut);
  });
}
