import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import {
  decodeStrictUtf8,
  type JsonSpan,
  parseStrictJson,
  parseStrictJsonObject,
  scanJson,
} from '../../src/oci/strict-json.ts';
import { fc } from '../support/fast-check.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): unknown => parseStrictJson(text, { what: 'it' });

function isInvalid(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof CodedError && error.code === 'json-invalid' && message.test(error.message);
}

describe('parseStrictJson', () => {
  const GOODIES = [
    'null',
    'true',
    '0',
    '-1.5e-7',
    '""',
    '"\\u0000\\"\\\\"',
    '[]',
    '{}',
    ' \t\r\n{ } \n',
    '[1,[2,[3]],{"a":[]}]',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a","b":"a"}',
    '{"":1," ":2}',
    '{"a\\\\":1,"a":2}',
    '{"a\\"":1,"a":2}',
    '{"[":"{","]":"}"}',
    '{"\\u00e9":1,"e":2}',
    '"\ud83d\ude00"',
  ];
  for (const text of GOODIES) {
    it(`reads ${JSON.stringify(text)} as JSON.parse does`, () => assert.deepEqual(parse(text), JSON.parse(text)));
  }

  const UGLIES: readonly [text: string, message: RegExp][] = [
    ['', /^it is not valid JSON/],
    ['{}{}', /not valid JSON/],
    ['{} x', /not valid JSON/],
    ['{"a":1,}', /not valid JSON/],
    ["{'a':1}", /not valid JSON/],
    ['{"a" 1}', /not valid JSON/],
    ['[1 2]', /not valid JSON/],
    ['"open', /not valid JSON/],
    ['"open\\"', /not valid JSON/],
    ['{"a":"open}', /not valid JSON/],
    ['[', /not valid JSON/],
    [']', /not valid JSON/],
    ['}', /not valid JSON/],
    ['[}', /not valid JSON/],
    ['{"a":1]', /not valid JSON/],
    [',', /not valid JSON/],
    ['NaN', /not valid JSON/],
    ['01', /not valid JSON/],
    ['"\t"', /not valid JSON/],
    ['\u00a0{}', /not valid JSON/],
    ['{"a":1,"a":1}', /^it: duplicate key "a" at offset 7$/],
    ['{"a":{},"b":[],"a":2}', /duplicate key "a"/],
    ['{"x":{"a":1,"b":2,"a":3}}', /duplicate key "a"/],
    ['[{"a":1,"a":2}]', /duplicate key "a"/],
    ['{"a":[{"b":1}],"a":1}', /duplicate key "a"/],
    ['{"a":1,"\\u0061":2}', /duplicate key "a"/],
    ['{"__proto__":1,"__proto__":2}', /duplicate key "__proto__"/],
    ['{"":1,"":2}', /duplicate key ""/],
    ['{"a":"}","a":1}', /duplicate key "a"/],
  ];
  for (const [text, message] of UGLIES) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parse(text), isInvalid(message)));
  }

  it('counts levels of arrays and objects', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    assert.doesNotThrow(() => parse(nested(64)));
    assert.throws(() => parse(nested(65)), isInvalid(/deeper than 64 levels/));
    assert.throws(() => parse('{"a":'.repeat(1_000_000)), isInvalid(/deeper than 64 levels/));
    assert.doesNotThrow(() => parseStrictJson('[[]]', { what: 'it', maxDepth: 2 }));
    assert.throws(() => parseStrictJson('[[[]]]', { what: 'it', maxDepth: 2 }), isInvalid(/deeper than 2 levels/));
  });

  it('makes of __proto__ a key of its own', () => {
    const value = parse('{"__proto__":{"polluted":true}}') as object;
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('says that HTML looks like HTML', () => {
    assert.throws(
      () => parse('  <!DOCTYPE html>'),
      (error) => error instanceof CodedError && /looks like HTML/.test(error.hint ?? ''),
    );
  });
});

describe('parseStrictJsonObject', () => {
  for (const [text, got] of [
    ['[]', 'an array'],
    ['null', 'null'],
    ['"x"', 'a string'],
    ['7', 'a number'],
    ['true', 'a boolean'],
  ] as const) {
    it(`refuses ${text}`, () => {
      const message = new RegExp(`^it: expected a JSON object, got ${got}$`);
      assert.throws(() => parseStrictJsonObject(text, { what: 'it' }), isInvalid(message));
    });
  }
});

describe('decodeStrictUtf8', () => {
  const UGLIES: readonly [title: string, bytes: readonly number[]][] = [
    ['a lone continuation byte', [0x80]],
    ['a sequence cut short', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a value beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ];
  for (const [title, bytes] of UGLIES) {
    it(`refuses ${title}`, () => {
      assert.throws(() => decodeStrictUtf8(Uint8Array.from(bytes), 'it'), isInvalid(/^it is not valid UTF-8$/));
    });
  }

  it('refuses a byte order mark at the beginning, and reads one further on', () => {
    assert.throws(() => decodeStrictUtf8(encode('\ufeff{}'), 'it'), isInvalid(/byte order mark/));
    assert.equal(decodeStrictUtf8(encode('"\ufeff"'), 'it'), '"\ufeff"');
  });
});

/** Every value to the third level with its path and its text, found the simple way. */
function spansOf(text: string): Map<string, string> {
  const spans = new Map<string, string>();
  scanJson(text, { what: 'it' }, (path, { start, end }: JsonSpan) => {
    spans.set(JSON.stringify(path), text.slice(start, end));
  });
  return spans;
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root);
}

function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (path.length === 3 || typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

describe('scanJson', () => {
  it('reports the span of each value', () => {
    assert.deepEqual(
      spansOf('{ "a" : [1, "x,]" ,{"b":null}], "c":true }'),
      new Map([
        ['["a",0]', '1'],
        ['["a",1]', '"x,]"'],
        ['["a",2,"b"]', 'null'],
        ['["a",2]', '{"b":null}'],
        ['["a"]', '[1, "x,]" ,{"b":null}]'],
        ['["c"]', 'true'],
        ['[]', '{ "a" : [1, "x,]" ,{"b":null}], "c":true }'],
      ]),
    );
  });

  const indent = fc.constantFrom(undefined, 1, '\t', ' \n\r');
  const json = fc.json({ maxDepth: 6 }).map((text) => JSON.parse(text) as unknown);

  it('agrees with JSON.parse on every document without duplicates', () => {
    fc.assert(
      fc.property(json, indent, (value, space) => {
        const text = JSON.stringify(value, null, space);
        assert.deepEqual(parse(text), JSON.parse(text));
        assert.deepEqual(parseStrictJson(encode(text), { what: 'it' }), JSON.parse(text));
      }),
    );
  });

  it('reports spans that hold exactly the values at their paths, and all of them', () => {
    fc.assert(
      fc.property(json, indent, (value, space) => {
        const text = JSON.stringify(value, null, space);
        const root: unknown = JSON.parse(text);
        const spans = spansOf(text);
        for (const [path, span] of spans) assert.deepEqual(JSON.parse(span), valueAt(root, JSON.parse(path)));
        const expected = pathsOf(root).map((path) => JSON.stringify(path));
        assert.deepEqual(new Set(spans.keys()), new Set(expected));
      }),
    );
  });

  it('finds a key that stands twice in any object at any depth, however it is escaped', () => {
    const escaped = (key: string): string =>
      `"${[...key].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
    const key = fc.stringMatching(/^[a-z"\\{}[\]:,]{0,4}$/);
    fc.assert(
      fc.property(json, key, fc.boolean(), fc.nat(8), (value, name, isEscaped, depth) => {
        const first = JSON.stringify(name);
        const inner = `{${first}:${JSON.stringify(value)},"another":[],${isEscaped ? escaped(name) : first}:1}`;
        const text = '[{"x":'.repeat(depth) + inner + '}]'.repeat(depth);
        fc.pre(name !== 'another');
        assert.throws(() => parse(text), isInvalid(/duplicate key/));
      }),
    );
  });

  it('never throws anything but coded errors, whatever the bytes', () => {
    const soup = fc.stringMatching(/^[[\]{}":,\\ a1\n]{0,30}$/);
    fc.assert(
      fc.property(fc.oneof(soup.map(encode), fc.uint8Array()), (bytes) => {
        let expected: unknown;
        try {
          expected = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
        } catch {
          assert.throws(() => parseStrictJson(bytes, { what: 'it' }), isInvalid(/./));
          return;
        }
        try {
          assert.deepEqual(parseStrictJson(bytes, { what: 'it' }), expected);
        } catch (error) {
          assert.ok(isInvalid(/duplicate key|byte order mark/)(error), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
