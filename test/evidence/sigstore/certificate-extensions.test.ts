import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCertificateExtensions } from '../../../src/evidence/sigstore/certificate-extensions.ts';

const FULCIO = '1.3.6.1.4.1.57264.1';
const SAN = '2.5.29.17';
const pair = (oid: string, value: Uint8Array) => ({
  oid: { id: oid.split('.').map(Number) },
  value: Buffer.from(value),
});
const tlv = (tag: number, ...parts: readonly (string | Uint8Array)[]): Buffer => {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([tag, value.byteLength]), value]);
};
const raw = (arc: number, text: string | Uint8Array) => pair(`${FULCIO}.${arc}`, Buffer.from(text as string));
const utf8 = (arc: number, text: string | Uint8Array) => pair(`${FULCIO}.${arc}`, tlv(0x0c, text));
const san = (...names: readonly Uint8Array[]) => pair(SAN, tlv(0x30, ...names));
const email = (text: string | Uint8Array): Buffer => tlv(0x81, text);
const uri = (text: string | Uint8Array): Buffer => tlv(0x86, text);

describe('readCertificateExtensions', () => {
  it('reads .1 to .6 as the text itself, and .8 and after as DER', () => {
    const read = readCertificateExtensions([
      raw(1, 'https://issuer.example'),
      raw(5, 'acme/app'),
      utf8(8, 'https://issuer.example'),
      utf8(12, 'https://github.com/acme/app'),
      utf8(22, 'public'),
    ]);
    assert.deepEqual(read, {
      identity: undefined,
      issuer: 'https://issuer.example',
      fulcio: {
        '1': 'https://issuer.example',
        '5': 'acme/app',
        '8': 'https://issuer.example',
        '12': 'https://github.com/acme/app',
        '22': 'public',
      },
    });
  });

  it('takes the issuer from .8, else from .1, else there is none', () => {
    const issuer = (...oids: Parameters<typeof readCertificateExtensions>[0]): unknown => {
      const read = readCertificateExtensions(oids);
      return 'reason' in read ? read : read.issuer;
    };
    assert.equal(issuer(raw(1, 'old'), utf8(8, 'new')), 'new');
    assert.equal(issuer(raw(1, 'old')), 'old');
    assert.equal(issuer(), undefined);
  });

  const names: readonly (readonly [string, ReturnType<typeof pair>, string | undefined])[] = [
    ['a mail address', san(email('a@acme.example')), 'a@acme.example'],
    ['a URI', san(uri('https://acme.example/x')), 'https://acme.example/x'],
    ['two names', san(email('a@acme.example'), uri('https://acme.example')), undefined],
    ['the same name twice', san(uri('https://acme.example'), uri('https://acme.example')), undefined],
    ['a DNS name', san(tlv(0x82, 'acme.example')), undefined],
    ['an OtherName', san(tlv(0xa0, tlv(0x06, Buffer.from([0x2b])), tlv(0xa0, tlv(0x0c, 'x')))), undefined],
    ['no name', san(), undefined],
    ['an empty name', san(email('')), undefined],
    // 0xe1 without its highest bit is `a`: it must not become another name
    ['a name beyond ASCII', san(email(Buffer.from([0xe1, 0x40, 0x62]))), undefined],
    ['a name with a zero byte', san(email('a@acme.example\0.evil')), undefined],
    ['a name with a line break', san(uri('https://acme.example\n')), undefined],
    ['what is no ASN.1', pair(SAN, Buffer.from([0x30, 0x7f])), undefined],
  ];
  for (const [title, extension, expected] of names) {
    it(`of ${title} takes ${expected === undefined ? 'no identity' : 'it'}`, () => {
      const read = readCertificateExtensions([extension]);
      assert.ok(!('reason' in read));
      assert.equal(read.identity, expected);
    });
  }

  const refused: readonly (readonly [string, Parameters<typeof readCertificateExtensions>[0], RegExp])[] = [
    [
      'an extension twice',
      [utf8(12, 'https://github.com/acme/app'), utf8(12, 'https://github.com/evil/app')],
      /57264\.1\.12 twice/,
    ],
    ['two sets of names', [san(email('a@b')), san(email('c@d'))], /2\.5\.29\.17 twice/],
    ['an issuer that is no UTF8String', [pair(`${FULCIO}.8`, tlv(0x16, 'https://issuer.example'))], /\.8 is no text/],
    ['an issuer without its tag', [pair(`${FULCIO}.8`, Buffer.from('https://issuer.example'))], /\.8 is no text/],
    ['an issuer that is no UTF-8', [utf8(8, Buffer.from([0xff]))], /\.8 is no text/],
    ['an old issuer that is no UTF-8', [raw(1, Buffer.from([0xc3, 0x28]))], /\.1 is no text/],
    [
      'bytes after the text',
      [pair(`${FULCIO}.8`, Buffer.concat([tlv(0x0c, 'x'), Buffer.from([0])]))],
      /\.8 is no text/,
    ],
  ];
  for (const [title, oids, says] of refused) {
    it(`refuses ${title}`, () => {
      const read = readCertificateExtensions(oids);
      assert.ok('reason' in read);
      assert.match(read.reason, says);
    });
  }

  it('passes over the extensions of tomorrow that are no text, and those of others', () => {
    const read = readCertificateExtensions([
      pair(`${FULCIO}.99`, Buffer.from([0x01, 0x01, 0xff])),
      pair('1.3.6.1.4.1.57264.2.8', tlv(0x0c, 'x')),
      pair(`${FULCIO}.8.1`, tlv(0x0c, 'x')),
    ]);
    assert.deepEqual(read, { identity: undefined, issuer: undefined, fulcio: {} });
  });
});
