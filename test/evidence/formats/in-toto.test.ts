import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectBytes } from '../../../src/evidence/detect.ts';
import { base64, bytesOf, envelope, PREDICATE_TYPE, statement } from '../samples.ts';

const ANNOTATIONS = { 'in-toto.io/predicate-type': PREDICATE_TYPE };

describe('in-toto statements', () => {
  it('give their predicate type to manifest and layer, as BuildKit names it', () => {
    const detection = detectBytes(bytesOf(statement()));
    assert.ok(detection.kind === 'in-toto');
    assert.deepEqual(detection.annotations, ANNOTATIONS);
    assert.deepEqual(detection.layerAnnotations, ANNOTATIONS);
    assert.equal(detection.predicateType, PREDICATE_TYPE);
  });

  it('are recognised in version 0.1, too', () => {
    assert.equal(detectBytes(bytesOf(statement({ _type: 'https://in-toto.io/Statement/v0.1' }))).kind, 'in-toto');
  });

  const uglies: readonly (readonly [what: string, extra: Record<string, unknown>, reason: RegExp])[] = [
    ['no predicate type', { predicateType: '' }, /predicateType is missing/],
    ['a predicate type that is no text', { predicateType: 1 }, /predicateType is missing/],
    ['no subject', { subject: undefined }, /subject is not an array/],
    ['a subject without digest', { subject: [{ name: 'x' }] }, /subject\[0\] is not an object with a digest map/],
    ['a digest that is no text', { subject: [{ digest: { sha256: 1 } }] }, /subject\[0\]/],
  ];
  for (const [what, extra, reason] of uglies) {
    it(`are not recognised with ${what}, with the reason`, () => {
      const detection = detectBytes(bytesOf(statement(extra)));
      assert.ok(detection.kind === 'unknown');
      assert.match(detection.reason, /looks like in-toto statement/);
      assert.match(detection.reason, reason);
    });
  }
});

describe('DSSE envelopes', () => {
  it('are read with the payload type of one predicate, too, and in either base64 alphabet', () => {
    const payload = Buffer.from(bytesOf(statement({ note: '\u00ff\u00fe?>~' }))).toString('base64url');
    const detection = detectBytes(
      bytesOf(envelope({ payloadType: 'application/vnd.in-toto.provenance+json', payload })),
    );
    assert.ok(detection.kind === 'dsse');
    assert.deepEqual(detection.annotations, ANNOTATIONS);
    assert.equal(detection.claim.kind, 'subjects');
  });

  it('have no predicate type where the payload is no statement', () => {
    const detection = detectBytes(bytesOf(envelope({ payloadType: 'text/plain', payload: base64('x') })));
    assert.ok(detection.kind === 'dsse');
    assert.deepEqual(detection.annotations, {});
    assert.equal(detection.predicateType, undefined);
  });

  const uglies: readonly (readonly [what: string, extra: Record<string, unknown>, reason: RegExp])[] = [
    ['no signature', { signatures: [] }, /signatures is not an array with entries/],
    ['a payload that is no text', { payload: {} }, /payloadType and payload are not strings/],
  ];
  for (const [what, extra, reason] of uglies) {
    it(`are not recognised with ${what}, with the reason`, () => {
      const detection = detectBytes(bytesOf(envelope(extra)));
      assert.ok(detection.kind === 'unknown');
      assert.match(detection.reason, reason);
    });
  }
});
