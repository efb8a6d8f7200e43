import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import { BAD, GOOD } from './parse/samples.ts';

const root = new URL('../../', import.meta.url);

/** What the parser refuses and a schema cannot: it depends on other places of the file, or on a language of its own. */
const BEYOND: readonly RegExp[] = [
  /there is a rule named/,
  /there is no trust/,
  /expected signed-by: whose signature counts/,
  /says little without who it is for/,
  /an identity means nothing without its issuer/,
  /identity: expected one text/,
  /is a key, and a key has no/,
  /Notary Project/,
  /expected a distinguished name/,
  /can never be met/,
  /is no RE2 expression/,
  /where: an expression sees no|sees no "y"/,
  /2027-02-29/,
  /repository-id: 0x12/, // a number to YAML
  /max-age: 99999w/,
];

/** What an editor would check: the data of a text that is YAML; undefined for one that is not. */
function dataOf(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', version: '1.2', merge: false, prettyErrors: false });
  if (document.errors.length + document.warnings.length > 0) return undefined;
  try {
    return document.toJS();
  } catch {
    return undefined; // an alias of nothing, or too many
  }
}

describe('the JSON Schema of policies', () => {
  let validate: ValidateFunction;

  before(async () => {
    const schema = JSON.parse(await readFile(new URL('schema/policy-v1.schema.json', root), 'utf8'));
    validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(
      schema,
    );
  });

  const check = (data: unknown): boolean => validate(data);

  for (const [title, text] of Object.entries(GOOD)) {
    it(`accepts what the parser accepts: ${title}`, () => {
      const valid = check(dataOf(text.replace(/^\ufeff/, '')));
      assert.ok(valid, JSON.stringify(validate.errors));
    });
  }

  let compared = 0;
  for (const [text, words, line, column] of BAD) {
    it(`says of a policy what the parser says: ${words.source} at ${line}:${column}`, (context) => {
      const data = text.length > 10_000 ? undefined : dataOf(text);
      // no YAML, or refused for how it is written; editors see that without a schema
      if (
        data === undefined ||
        data === null ||
        /the tag|expected a text as key|aliases|nested too|YAML 1/.test(words.source)
      ) {
        return context.skip('not a question for a schema');
      }
      compared++;
      const isBeyond = BEYOND.some((one) => one.test(`${words.source} ${text}`));
      assert.equal(check(data), isBeyond, `${isBeyond ? 'a schema can say it' : 'the schema accepts'} ${text}`);
    });
  }
  it('was compared on most of the bad ones', () => assert.ok(compared > 90, `${compared}`));

  it('accepts the policies of the examples and of the reference, which parse', async () => {
    const names = (await readdir(new URL('examples/policies/', root))).filter((name) => name.endsWith('.yml'));
    const examples = await Promise.all(
      names.map((name) => readFile(new URL(`examples/policies/${name}`, root), 'utf8')),
    );
    const reference = await readFile(new URL('docs/policy.md', root), 'utf8');
    const written = [...reference.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
    const policies = written.filter((text) => /^version: 1$/m.test(text));
    assert.ok(examples.length > 0 && policies.length >= 2);
    for (const text of [...examples, ...policies]) {
      assert.ok((await parsePolicy(text, { file: 'policy.yml' })).rules.length > 0);
      assert.ok(check(dataOf(text)), JSON.stringify(validate.errors));
    }
  });

  it('describes every key, for editors', async () => {
    const schema = JSON.parse(await readFile(new URL('schema/policy-v1.schema.json', root), 'utf8'));
    const bare: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties' && !/\/(if|then)$/.test(path)) {
          for (const [name, property] of Object.entries(value as Record<string, object | boolean>)) {
            const described =
              typeof property === 'object' && ('description' in property || '$ref' in property || 'type' in property);
            if (!described) bare.push(`${path}/${name}`);
          }
        }
        visit(value, `${path}/${key}`);
      }
    };
    visit(schema, '');
    assert.deepEqual(bare, []);
  });
});
