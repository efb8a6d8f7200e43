import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { detectBytes } from '../../../src/evidence/detect.ts';
import type { Detection } from '../../../src/evidence/detection.ts';
import { bytesOf, certificateChain, fixture, notationCose, notationJws } from '../samples.ts';

const [LEAF, ROOT] = certificateChain();
const KEY = 'io.cncf.notary.x509chain.thumbprint#S256';

function thumbprint(der: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(der ?? '')
    .digest('hex');
}

function reasonOf(detection: Detection): string {
  return detection.kind === 'unknown' ? detection.reason : `recognised as ${detection.kind}`;
}

describe('Notation signatures', () => {
  it('give the thumbprints of their chain, leaf first, without which notation does not find them', () => {
    const expected = JSON.stringify([thumbprint(LEAF), thumbprint(ROOT)]);
    for (const bytes of [bytesOf(notationJws()), notationCose()]) {
      const detection = detectBytes(bytes);
      assert.ok(detection.kind === 'notation-jws' || detection.kind === 'notation-cose');
      assert.deepEqual(detection.annotations, { [KEY]: expected });
    }
  });

  it('may have a single certificate in COSE that is not in an array', () => {
    const detection = detectBytes(notationCose({ chain: LEAF }));
    assert.ok(detection.kind === 'notation-cose');
    assert.equal(detection.annotations[KEY], JSON.stringify([thumbprint(LEAF)]));
  });

  const jwsUglies: readonly (readonly [what: string, header: unknown, reason: RegExp])[] = [
    ['no chain', {}, /header.x5c is not an array/],
    ['an empty chain', { x5c: [] }, /chain is empty/],
    ['a chain of numbers', { x5c: [1] }, /certificate 1 of its chain is not an X.509 certificate/],
    ['a certificate that is PEM', { x5c: ['-----BEGIN CERTIFICATE-----'] }, /header.x5c is not an array of base64/],
    ['PEM in base64', { x5c: [Buffer.from(fixture('notation-chain.pem')).toString('base64')] }, /certificate 1 of its/],
    ['a certificate that is none', { x5c: [LEAF?.toString('base64'), 'MAA='] }, /certificate 2 of its chain/],
  ];
  for (const [what, header, reason] of jwsUglies) {
    it(`are not recognised as JWS with ${what}, with the reason`, () => {
      assert.match(reasonOf(detectBytes(bytesOf(notationJws({ header })))), reason);
    });
  }

  it('leave the JWS of others alone', () => {
    const foreign = Buffer.from(JSON.stringify({ alg: 'ES256', cty: 'JWT' })).toString('base64url');
    for (const protectedHeader of [foreign, '{}', 'bm9wZQ']) {
      assert.match(reasonOf(detectBytes(bytesOf(notationJws({ protected: protectedHeader })))), /no known format/);
    }
  });

  const coseUglies: readonly (readonly [what: string, bytes: Uint8Array, reason: RegExp])[] = [
    ['another content type', notationCose({ contentType: 'text/plain' }), /its content type is "text\/plain"/],
    ['a chain that is text', notationCose({ chain: 'x' }), /x5chain is not a list of certificates/],
    ['an empty chain', notationCose({ chain: [] }), /x5chain is not a list of certificates/],
    ['a certificate that is none', notationCose({ chain: [LEAF, Buffer.from('0x')] }), /certificate 2 of its chain/],
    ['bytes after it', notationCose({ trailing: Buffer.from([0]) }), /1 bytes follow the value/],
    ['its end cut off', notationCose().subarray(0, 40), /it is cut off/],
    ['three parts', Buffer.from([0xd2, 0x83, 0x40, 0xa0, 0x40]), /not the four parts/],
    ['a payload that is detached', Buffer.from([0xd2, 0x84, 0x40, 0xa0, 0xf6, 0x40]), /not the four parts/],
    [
      'an empty protected header',
      Buffer.from([0xd2, 0x84, 0x40, 0xa0, 0x40, 0x40]),
      /protected header is not a CBOR map/,
    ],
  ];
  for (const [what, bytes, reason] of coseUglies) {
    it(`are not recognised as COSE with ${what}, with the reason`, () => {
      assert.match(reasonOf(detectBytes(bytes)), reason);
    });
  }
});
