import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseArtifactsList, readArtifactsList } from '../../../src/commands/attach/artifacts-list.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { fc } from '../../support/fast-check.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

const A = digestOf('a');
const B = digestOf('b');

function parse(value: unknown) {
  return parseArtifactsList(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'list.json');
}

function list(...subjects: unknown[]) {
  return { version: 1, subjects };
}

describe('parseArtifactsList', () => {
  it('gives the images, in their order, each once, and no files', () => {
    const images = parse(
      list(
        { name: 'ghcr.io/acme/app:1.4', digest: A, kind: 'oci' },
        { name: 'app.tgz', digest: B, kind: 'file' },
        { name: 'ghcr.io/Acme/App:latest', digest: A, kind: 'oci' },
        { name: 'localhost:5000/other', digest: B.toUpperCase().replace('SHA256', 'sha256'), kind: 'oci' },
        { name: `ghcr.io/acme/third:1@${A}`, digest: A, kind: 'oci', more: true },
      ),
    );
    assert.deepEqual(
      images.map(({ requested }) => requested),
      [`ghcr.io/acme/app@${A}`, `localhost:5000/other@${B}`, `ghcr.io/acme/third@${A}`],
    );
    assert.deepEqual(images[0]?.reference, {
      kind: 'registry',
      registry: 'ghcr.io',
      repository: 'acme/app',
      digest: A,
    });
  });

  it('takes two tags of one image with different digests for two images', () => {
    const images = parse(
      list({ name: 'ghcr.io/a/b:1', digest: A, kind: 'oci' }, { name: 'ghcr.io/a/b:2', digest: B, kind: 'oci' }),
    );
    assert.equal(images.length, 2);
  });

  for (const text of ['', ' \n', '{"version":1,"subjects":[]}']) {
    it(`gives no images for ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parse(text), []);
    });
  }

  const oci = { name: 'ghcr.io/a/b', digest: A, kind: 'oci' };
  const uglies: readonly (readonly [what: string, value: unknown, message: RegExp])[] = [
    ['no JSON', 'x', /not valid JSON/],
    ['an array', [], /expected a JSON object/],
    ['a byte order mark', `\ufeff${JSON.stringify(list())}`, /byte order mark/],
    ['a duplicate key', '{"version":1,"version":1,"subjects":[]}', /duplicate key/],
    ['another version', { version: 2, subjects: [] }, /its version is 2, expected 1/],
    ['no version', { subjects: [] }, /its version is null/],
    ['no subjects', { version: 1 }, /subjects is not an array/],
    ['an entry that is no object', list(oci, 'x'), /subjects\[1\] is not an object/],
    ['no name', list({ ...oci, name: '' }), /subjects\[0\] has no name/],
    ['a name that is no image', list({ ...oci, name: 'a b' }), /subjects\[0\]: image "a b"/],
    ['a name that is a layout', list({ ...oci, name: 'oci-layout:x' }), /is not in a registry/],
    ['a name with another digest', list({ ...oci, name: `ghcr.io/a/b@${B}` }), /says another digest/],
    ['an unknown kind', list({ ...oci, kind: 'npm' }), /kind is "npm", expected file or oci/],
    ['a kind of every object', list({ ...oci, kind: 'constructor' }), /kind is "constructor"/],
    ['no digest', list({ ...oci, digest: undefined }), /digest is null/],
    ['a sha512 digest', list({ ...oci, digest: digestOf('a', 'sha512') }), /expected sha256/],
    ['a short digest of a file', list({ ...oci, kind: 'file', digest: 'sha256:00' }), /expected sha256/],
    ['two digests of one name', list(oci, { ...oci, digest: B }), /subjects\[1\]: "ghcr.io\/a\/b" has the digests/],
  ];
  for (const [what, value, message] of uglies) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parse(value), { code: 'artifacts-list-invalid', message });
    });
  }

  it('gives images or its own error for any JSON', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.json().map((value) => `{"version":1,"subjects":[${value}]}`),
        ),
        (text) => {
          try {
            return parse(text).every(({ reference }) => reference.digest !== undefined);
          } catch (error) {
            return error instanceof CodedError && error.code === 'artifacts-list-invalid';
          }
        },
      ),
    );
  });
});

describe('readArtifactsList', () => {
  let dir: TempDir;
  before(async () => {
    dir = await makeTempDir();
  });
  after(() => dir.remove());

  it('says undefined, not "none", where the variable is not set', async () => {
    assert.equal(await readArtifactsList({}), undefined);
    assert.equal(await readArtifactsList({ GITHUB_ARTIFACTS_LIST: ' ' }), undefined);
  });

  it('reads the file that the variable names', async () => {
    const path = join(dir.path, 'list.json');
    await writeFile(path, JSON.stringify(list({ name: 'ghcr.io/a/b', digest: A, kind: 'oci' })));
    const images = await readArtifactsList({ GITHUB_ARTIFACTS_LIST: path });
    assert.deepEqual(
      images?.map(({ requested }) => requested),
      [`ghcr.io/a/b@${A}`],
    );
  });

  it('fails where the file cannot be read, or is beyond all measure', async () => {
    const missing = readArtifactsList({ GITHUB_ARTIFACTS_LIST: join(dir.path, 'missing') });
    await assert.rejects(missing, { code: 'artifacts-list-invalid', message: /cannot be read: ENOENT/ });
    const large = join(dir.path, 'large');
    await writeFile(large, '');
    await truncate(large, 5 * 1024 * 1024);
    await assert.rejects(readArtifactsList({ GITHUB_ARTIFACTS_LIST: large }), {
      code: 'artifacts-list-invalid',
      message: /5242880 bytes, more than/,
    });
  });
});
