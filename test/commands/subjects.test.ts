import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSubjects, requireSubjects, targetOf } from '../../src/commands/subjects.ts';
import { hasCode } from '../../src/errors/coded-error.ts';
import { formatReference } from '../../src/oci/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;
const OTHER = `sha256:${'b'.repeat(64)}` as const;

function formatted(inputs: Parameters<typeof parseSubjects>[0]): string[] {
  return parseSubjects(inputs).subjects.map((subject) => formatReference(subject.reference));
}

describe('parseSubjects', () => {
  it('reads one image a line and keeps the order', () => {
    assert.deepEqual(
      formatted({ image: ['ghcr.io/acme/app:1.4', '', ' oci://localhost:5000/x ', 'oci-layout:out:v1'] }),
      ['ghcr.io/acme/app:1.4', 'localhost:5000/x:latest', 'oci-layout:out:v1'],
    );
  });

  it('takes a line once, however often it is given', () => {
    assert.deepEqual(formatted({ image: ['ghcr.io/acme/app', 'ghcr.io/acme/app:latest', 'ghcr.io/acme/app:1'] }), [
      'ghcr.io/acme/app:latest',
      'ghcr.io/acme/app:1',
    ]);
  });

  it('pins every line with subject-digest and makes one subject of the tags of one repository', () => {
    const image = [
      'ghcr.io/acme/app:1.4',
      'ghcr.io/acme/app:latest',
      'docker.io/acme/app:1.4',
      `ghcr.io/acme/app@${DIGEST}`,
    ];
    const { subjects } = parseSubjects({ image, subjectDigest: DIGEST });
    assert.deepEqual(
      subjects.map((subject) => [formatReference(subject.reference), subject.requested]),
      [
        [`ghcr.io/acme/app@${DIGEST}`, `ghcr.io/acme/app:1.4@${DIGEST}`],
        [`docker.io/acme/app@${DIGEST}`, `docker.io/acme/app:1.4@${DIGEST}`],
      ],
    );
  });

  it('makes one subject of lines that carry the same digest themselves', () => {
    const image = [`ghcr.io/acme/app:1@${DIGEST}`, `ghcr.io/acme/app:2@${DIGEST}`, `ghcr.io/acme/app@${OTHER}`];
    assert.deepEqual(formatted({ image }), [`ghcr.io/acme/app:1@${DIGEST}`, `ghcr.io/acme/app@${OTHER}`]);
  });

  it('reads subject-name with subject-digest and drops a tag of the name', () => {
    assert.deepEqual(formatted({ subjectName: 'ghcr.io/acme/app:1.4', subjectDigest: DIGEST }), [
      `ghcr.io/acme/app@${DIGEST}`,
    ]);
  });

  it('pins an OCI layout, too', () => {
    assert.deepEqual(formatted({ image: ['oci-layout:out:v1'], subjectDigest: DIGEST }), [`oci-layout:out@${DIGEST}`]);
  });

  it('lowers an upper-case name and says so once', () => {
    const parsed = parseSubjects({ image: ['ghcr.io/Acme/App:V1', 'ghcr.io/Acme/App:V2'] });
    assert.deepEqual(
      parsed.subjects.map((subject) => formatReference(subject.reference)),
      ['ghcr.io/acme/app:V1', 'ghcr.io/acme/app:V2'],
    );
    assert.deepEqual(
      parsed.warnings.map((warning) => warning.code),
      ['name-lowered'],
    );
    assert.match(parsed.warnings[0]?.message ?? '', /"Acme\/App".*ghcr\.io\/acme\/app/);
  });

  const UGLIES: readonly [string, Parameters<typeof parseSubjects>[0], string][] = [
    ['an unparsable reference', { image: ['ghcr.io/acme/app:not a tag'] }, 'reference-invalid'],
    ['a bad digest in a line', { image: ['ghcr.io/acme/app@sha256:abc'] }, 'digest-invalid'],
    ['a bad subject-digest', { image: ['ghcr.io/acme/app'], subjectDigest: 'sha256:ABC' }, 'digest-invalid'],
    ['a line with another digest', { image: [`ghcr.io/acme/app@${OTHER}`], subjectDigest: DIGEST }, 'input-conflict'],
    ['image and subject-name', { image: ['a/b'], subjectName: 'a/b', subjectDigest: DIGEST }, 'input-conflict'],
    ['subject-name alone', { subjectName: 'ghcr.io/acme/app' }, 'input-conflict'],
    ['subject-name with an empty digest', { subjectName: 'ghcr.io/acme/app', subjectDigest: '' }, 'input-conflict'],
    [
      'registry-username with images of two registries',
      { image: ['a.example/x', 'oci-layout:out', 'b.example/x'], registryUsername: 'u' },
      'input-conflict',
    ],
    ['subject-digest alone', { subjectDigest: DIGEST }, 'input-conflict'],
  ];
  for (const [title, inputs, code] of UGLIES) {
    it(`refuses ${title} with ${code}`, () => {
      assert.throws(() => parseSubjects(inputs), { code });
    });
  }
});

describe('registry-username', () => {
  it('goes with images of one registry, whatever its name, and with layouts', () => {
    const image = ['docker.io/acme/app', 'index.docker.io/acme/app', 'acme/app:2', 'oci-layout:out'];
    assert.equal(formatted({ image, registryUsername: 'u' }).length, 4);
  });

  it('names the registries where there are two, and what to do', () => {
    const image = ['a.example/x:1', 'b.example/x:1', 'a.example/y:1'];
    assert.throws(
      () => parseSubjects({ image, registryUsername: 'u' }),
      (error) =>
        hasCode(error, 'input-conflict') &&
        error.message.endsWith('are in 2: a.example, b.example') &&
        /docker login/.test(error.hint ?? ''),
    );
    assert.equal(formatted({ image }).length, 3, 'without it there is nothing to divide');
  });
});

describe('requireSubjects', () => {
  it('says image-missing when nothing names an image', () => {
    for (const inputs of [{}, { image: [] }, { image: ['', '  '] }, { subjectName: ' ' }]) {
      assert.equal(parseSubjects(inputs).subjects.length, 0);
      assert.throws(
        () => requireSubjects(inputs),
        (error) => hasCode(error, 'image-missing') && error.exitCode === 2 && error.hint !== undefined,
      );
    }
  });
});

describe('targetOf', () => {
  it('prefers the digest to the tag', () => {
    assert.deepEqual(targetOf({ kind: 'registry', registry: 'r', repository: 'x', tag: 't', digest: DIGEST }), DIGEST);
    assert.deepEqual(targetOf({ kind: 'registry', registry: 'r', repository: 'x', tag: 't' }), { tag: 't' });
  });
});
