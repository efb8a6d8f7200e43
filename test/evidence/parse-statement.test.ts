import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { MAX_SUBJECTS, parseStatement } from '../../src/evidence/parse-statement.ts';
import { fc } from '../support/fast-check.ts';

const HEX = 'a'.repeat(64);
const GOOD = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: HEX } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: {} },
};

function parse(value: unknown): ReturnType<typeof parseStatement> {
  return parseStatement(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'the payload');
}

describe('parseStatement', () => {
  it('takes a v1 and a v0.1 statement over', () => {
    assert.deepEqual(parse(GOOD), {
      type: GOOD._type,
      predicateType: GOOD.predicateType,
      subjects: [{ name: 'app', digest: { sha256: HEX } }],
      predicate: GOOD.predicate,
    });
    assert.equal(
      parse({ ...GOOD, _type: 'https://in-toto.io/Statement/v0.1' }).type,
      'https://in-toto.io/Statement/v0.1',
    );
  });

  it('needs neither a name nor a predicate', () => {
    const { predicate, ...rest } = GOOD;
    assert.ok(predicate);
    const statement = parse({ ...rest, subject: [{ digest: { sha256: HEX } }] });
    assert.equal(statement.predicate, null);
    assert.equal(statement.subjects[0]?.name, undefined);
  });

  it('keeps __proto__ an ordinary key of a digest set', () => {
    const text = JSON.stringify(GOOD).replace('"sha256"', '"__proto__"');
    assert.deepEqual(Object.keys(parse(text).subjects[0]?.digest ?? {}), ['__proto__']);
  });

  const uglies: readonly (readonly [title: string, value: unknown, says: RegExp])[] = [
    ['no JSON', '{"_type"', /not valid JSON/],
    ['an array', [GOOD], /expected a JSON object/],
    ['a duplicate key', JSON.stringify(GOOD).replace('{', '{"predicateType":"x",'), /duplicate key/],
    ['another version', { ...GOOD, _type: 'https://in-toto.io/Statement/v2' }, /_type/],
    ['a prefix of the type', { ...GOOD, _type: 'https://in-toto.io/Statement/' }, /_type/],
    ['a type with more behind', { ...GOOD, _type: `${GOOD._type}#` }, /_type/],
    ['no type', { ...GOOD, _type: undefined }, /_type is missing/],
    ['no predicateType', { ...GOOD, predicateType: undefined }, /predicateType is missing/],
    ['an empty predicateType', { ...GOOD, predicateType: '' }, /predicateType/],
    ['a predicateType that is a list', { ...GOOD, predicateType: [GOOD.predicateType] }, /predicateType/],
    ['a predicateType without end', { ...GOOD, predicateType: 'x'.repeat(3000) }, /longer/],
    ['no subject', { ...GOOD, subject: undefined }, /subject is not an array/],
    ['an empty subject', { ...GOOD, subject: [] }, /subject is not an array with entries/],
    ['a subject that is an object', { ...GOOD, subject: GOOD.subject[0] }, /subject is not an array/],
    ['a subject without digest', { ...GOOD, subject: [...GOOD.subject, { name: 'b' }] }, /subject\[1\] has no digest/],
    ['a subject with no digests', { ...GOOD, subject: [{ digest: {} }] }, /subject\[0\] has no digest/],
    ['a digest that is a number', { ...GOOD, subject: [{ digest: { sha256: 1 } }] }, /no text/],
    ['an empty digest', { ...GOOD, subject: [{ digest: { sha256: '' } }] }, /no text/],
    ['a name that is a number', { ...GOOD, subject: [{ name: 1, digest: { sha256: HEX } }] }, /name/],
    ['too many subjects', { ...GOOD, subject: Array(MAX_SUBJECTS + 1).fill(GOOD.subject[0]) }, /more than/],
    [
      'too many digests',
      { ...GOOD, subject: [{ digest: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, 'x'])) }] },
      /more than/,
    ],
    ['a deep predicate', `${JSON.stringify(GOOD).slice(0, -1)},"x":${'['.repeat(70)}${']'.repeat(70)}}`, /nested/],
  ];
  for (const [title, value, says] of uglies) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => parse(value),
        (error) => error instanceof CodedError && error.code === 'json-invalid' && says.test(error.message),
      );
    });
  }

  it('refuses bytes that are not UTF-8', () => {
    const bytes = Buffer.from(JSON.stringify(GOOD));
    bytes[bytes.indexOf('app')] = 0xff;
    assert.throws(() => parseStatement(bytes, 'the payload'), /not valid UTF-8/);
  });

  it('throws nothing but its code, whatever JSON it gets', () => {
    fc.assert(
      fc.property(
        fc.record({ _type: fc.constant(GOOD._type), subject: fc.jsonValue(), predicateType: fc.string() }),
        (value) => {
          try {
            assert.ok(parse(value).subjects.length > 0);
          } catch (error) {
            assert.ok(error instanceof CodedError && error.code === 'json-invalid', String(error));
          }
        },
      ),
    );
  });
});
