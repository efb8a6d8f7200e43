import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { hasCode } from '../../../src/errors/coded-error.ts';
import { parseCertificates } from '../../../src/evidence/keys/certificates.ts';
import { fc } from '../../support/fast-check.ts';
import { makeNotationChain, type NotationChain } from '../../support/notation/notation-chain.ts';
import { slipsOf } from '../../support/slips.ts';

const DAY = 24 * 3_600_000;
const VECTORS = process.env['VECTORS_DIR'] ?? '';

/** Of the signature, the last element of a certificate: three bits that do not count, and are set all the same. */
function withUnusedBits(der: Buffer): Buffer {
  const changed = Buffer.from(der);
  // a bit string up to the end, without unused bits, that holds a sequence
  const at = der.findIndex(
    (_, i) => der[i] === 0x03 && der[i + 1] === der.byteLength - i - 2 && der[i + 2] === 0 && der[i + 3] === 0x30,
  );
  assert.notEqual(at, -1);
  changed[at + 2] = 3;
  changed[changed.byteLength - 1] = 0xff;
  return changed;
}

describe('parseCertificates', () => {
  let chain: NotationChain;
  before(() => {
    chain = makeNotationChain({ notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) });
  });

  it('reads one certificate, and several in their order', () => {
    const one = parseCertificates(chain.root.pem, 'root.pem');
    assert.deepEqual(
      one.map(({ raw }) => raw),
      [chain.root.der],
    );
    const all = parseCertificates(chain.certificates.map(({ pem }) => pem).join(''), 'chain.pem');
    assert.deepEqual(
      all.map(({ raw }) => raw),
      chain.certificates.map(({ der }) => der),
    );
  });

  it('passes over text around the blocks, other line ends and missing ones', () => {
    const text = `subject=C = US\n${chain.root.pem.trimEnd().replaceAll('\n', '\r\n')}\r\n\r\nbag attributes\n${chain.leaf.pem.trimEnd()}`;
    assert.equal(parseCertificates(text, 'store.pem').length, 2);
  });

  const pem = (label: string, body: string): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  const uglies: readonly (readonly [what: string, text: () => string, message: RegExp])[] = [
    ['nothing', () => '', /^store\.pem holds no certificate$/],
    ['text', () => 'not a certificate', /holds no certificate/],
    ['DER', () => chain.root.der.toString('latin1'), /holds no certificate/],
    [
      'a block that does not end',
      () => chain.root.pem.replace(/-----END.*/, ''),
      /CERTIFICATE that begins on line 1 does not end/,
    ],
    ['a second block that does not end', () => `${chain.root.pem}-----BEGIN CERTIFICATE-----\nAAAA`, /does not end/],
    ['a block in a block', () => `-----BEGIN CERTIFICATE-----\n${chain.root.pem}`, /line 2 is in the wrong place/],
    [
      'an end without a beginning',
      () => `-----END CERTIFICATE-----\n${chain.root.pem}`,
      /line 1 is in the wrong place/,
    ],
    [
      'an end of another kind',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END PUBLIC KEY-----\n',
      /line 3 is in the wrong place/,
    ],
    ['a public key', () => pem('PUBLIC KEY', 'AAAA'), /line 1 is a PUBLIC KEY, not a CERTIFICATE/],
    [
      'a private key after the certificate',
      () => `${chain.root.pem}${pem('EC PRIVATE KEY', 'AAAA')}`,
      /is a private key$/,
    ],
    ['what is not base64', () => pem('CERTIFICATE', 'A*AA'), /is not base64/],
    ['an empty block', () => pem('CERTIFICATE', ''), /is not base64/],
    ['what is no certificate', () => pem('CERTIFICATE', 'MAMCAQE='), /cannot be read as an X\.509 certificate/],
    [
      'bytes after the certificate',
      () => pem('CERTIFICATE', Buffer.concat([chain.root.der, Buffer.of(0)]).toString('base64')),
      /bytes after the certificate/,
    ],
    [
      'a signature with unused bits that are set',
      () => pem('CERTIFICATE', withUnusedBits(chain.root.der).toString('base64')),
      /is not DER/,
    ],
    [
      'a truncated certificate',
      () => pem('CERTIFICATE', chain.root.der.subarray(0, 200).toString('base64')),
      /cannot be read/,
    ],
    ['501 certificates', () => chain.root.pem.repeat(501), /holds 501 certificates, more than 500/],
  ];
  for (const [what, text, message] of uglies) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => parseCertificates(text(), 'store.pem'),
        (error) => hasCode(error, 'certificate-invalid') && message.test(error.message),
      );
    });
  }

  it('says how DER is converted', () => {
    for (const text of [chain.root.der.toString('latin1'), chain.root.der.toString('utf8')]) {
      assert.throws(() => parseCertificates(text, 'store.der'), { hint: /openssl x509 -inform der/ });
    }
  });

  it('reads the trust store of the real vectors', { skip: VECTORS === '' ? 'VECTORS_DIR is not set' : false }, () => {
    const text = readFileSync(join(VECTORS, 'notation/truststore/valid-trust-store/NotationTestRoot.pem'), 'utf8');
    assert.match(parseCertificates(text, 'NotationTestRoot.pem')[0]?.subject ?? '', /CN=Notation Test Root/);
  });
});

describe('parseCertificates, any text', () => {
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
  const { certificates } = makeNotationChain(validity);
  const whole = certificates.map(({ pem }) => pem).join('');
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .base64String({ maxLength: 400 })
      .map((body) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`),
    slipsOf(whole),
    slipsOf(certificates[0]?.pem ?? ''),
  );

  it('gives the certificates of all its blocks, each whole, or certificate-invalid', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const found = parseCertificates(text, 'store.pem');
          assert.ok(found.length > 0);
          // no block is passed over: a store would trust less, or a chain be another one
          assert.equal(found.length, (text.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length);
          const bytes = Buffer.from(text.replaceAll(/-----[A-Z ]+-----/g, '').replaceAll(/\s/g, ''));
          assert.ok(found.every(({ raw }) => bytes.includes(raw.toString('base64').replaceAll('=', '').slice(0, -1))));
        } catch (thrown) {
          assert.ok(hasCode(thrown, 'certificate-invalid'), String(thrown));
        }
      }),
      { numRuns: 500 },
    );
  });
});
