import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { formatReference, formatRepository, isTag, parseReference, type Reference } from '../../src/oci/reference.ts';
import { fc } from '../support/fast-check.ts';

const D = digestOf('x');

function registry(host: string, repository: string, rest: { tag?: string; digest?: typeof D } = {}): Reference {
  return { kind: 'registry', registry: host, repository, ...rest };
}

describe('parseReference', () => {
  const GOODIES: readonly [text: string, expected: Reference][] = [
    ['ghcr.io/acme/app:1.4', registry('ghcr.io', 'acme/app', { tag: '1.4' })],
    ['ghcr.io/acme/app', registry('ghcr.io', 'acme/app', { tag: 'latest' })],
    [`ghcr.io/acme/app@${D}`, registry('ghcr.io', 'acme/app', { digest: D })],
    [`ghcr.io/acme/app:1.4@${D}`, registry('ghcr.io', 'acme/app', { tag: '1.4', digest: D })],
    ['oci://ghcr.io/acme/app:1', registry('ghcr.io', 'acme/app', { tag: '1' })],
    ['docker://ghcr.io/acme/app:1', registry('ghcr.io', 'acme/app', { tag: '1' })],
    ['  ghcr.io/a/b:1\n', registry('ghcr.io', 'a/b', { tag: '1' })],
    ['alpine', registry('docker.io', 'library/alpine', { tag: 'latest' })],
    ['alpine:3', registry('docker.io', 'library/alpine', { tag: '3' })],
    ['acme/app:3', registry('docker.io', 'acme/app', { tag: '3' })],
    ['docker.io/alpine', registry('docker.io', 'library/alpine', { tag: 'latest' })],
    ['index.docker.io/acme/app', registry('index.docker.io', 'acme/app', { tag: 'latest' })],
    ['localhost/app:1', registry('localhost', 'app', { tag: '1' })],
    ['localhost:5000/app', registry('localhost:5000', 'app', { tag: 'latest' })],
    ['localhost:5000/app:1', registry('localhost:5000', 'app', { tag: '1' })],
    ['127.0.0.1:5000/a/b/c/d:1', registry('127.0.0.1:5000', 'a/b/c/d', { tag: '1' })],
    ['[::1]:5000/app:1', registry('[::1]:5000', 'app', { tag: '1' })],
    ['[2001:db8::1]/app:1', registry('[2001:db8::1]', 'app', { tag: '1' })],
    ['GHCR.IO/acme/app:V1', registry('ghcr.io', 'acme/app', { tag: 'V1' })],
    ['r.example/a--b/c__d/e.f/g_h:1', registry('r.example', 'a--b/c__d/e.f/g_h', { tag: '1' })],
    ['oci-layout:build/oci', { kind: 'layout', directory: 'build/oci' }],
    ['oci-layout:build/oci:v1', { kind: 'layout', directory: 'build/oci', tag: 'v1' }],
    [`oci-layout:build/oci@${D}`, { kind: 'layout', directory: 'build/oci', digest: D }],
    [`oci-layout:.:v1@${D}`, { kind: 'layout', directory: '.', tag: 'v1', digest: D }],
    ['oci-layout:C:\\images', { kind: 'layout', directory: 'C:\\images' }],
    ['oci-layout:C:/images:v1', { kind: 'layout', directory: 'C:/images', tag: 'v1' }],
    ['oci-layout:a:v1', { kind: 'layout', directory: 'a', tag: 'v1' }],
    ['oci-layout:a:b/c', { kind: 'layout', directory: 'a:b/c' }],
    ['oci-layout:a@b/c:1', { kind: 'layout', directory: 'a@b/c', tag: '1' }],
    ['oci-layout:me@host:v1', { kind: 'layout', directory: 'me@host', tag: 'v1' }],
    ['oci-layout:@scope/out', { kind: 'layout', directory: '@scope/out' }],
    [`oci-layout:a@b/c:v1@${D}`, { kind: 'layout', directory: 'a@b/c', tag: 'v1', digest: D }],
  ];
  for (const [text, expected] of GOODIES) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseReference(text), { reference: expected }));
  }

  const UGLIES: readonly [text: string, message: RegExp][] = [
    ['', /it is empty$/],
    ['  ', /it is empty$/],
    ['https://ghcr.io/acme/app', /begins with a URL scheme$/],
    ['oci://https://ghcr.io/acme/app', /begins with a URL scheme$/],
    ['ghcr.io/', /"" is not a repository name$/],
    ['ghcr.io/acme/app:', /"" is not a tag$/],
    ['ghcr.io/acme/app:.x', /"\.x" is not a tag$/],
    ['ghcr.io/acme/app:a b', /"a b" is not a tag$/],
    [`ghcr.io/acme/app:${'t'.repeat(129)}`, /is not a tag$/],
    ['ghcr.io/acme//app:1', /"acme\/\/app" is not a repository name$/],
    ['ghcr.io/acme/-app', /is not a repository name$/],
    ['ghcr.io/acme/app_', /is not a repository name$/],
    ['ghcr.io/../app', /is not a repository name$/],
    ['ghcr.io/a/b?x', /is not a repository name$/],
    ['ghcr.io/acmé/app', /is not a repository name$/],
    [`r.example/${'a'.repeat(250)}`, /longer than 255$/],
    ['r.example:99999/app', /"r\.example:99999" is not a registry host$/],
    ['r.example:port/app', /is not a registry host$/],
    ['r.example:/app', /is not a registry host$/],
    ['256.1.1.1/app', /is not a registry host$/],
    ['[::g]/app:1', /is not a registry host$/],
    ['[:::]/app:1', /is not a registry host$/],
    ['user:pw.x/app', /is not a registry host$/],
    ['-r.example/app', /is not a registry host$/],
    ['.example/app', /is not a registry host$/],
    ['oci-layout:', /names no directory$/],
    ['oci-layout:@', /nothing stands after the @$/],
    ['oci-layout:a@sha256:abc', /is not a valid digest$/],
    ['oci-layout:a@b@sha256:v1', /is not a valid digest$/],
  ];
  for (const [text, message] of UGLIES) {
    it(`refuses ${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}`, () => {
      assert.throws(
        () => parseReference(text),
        (error) => {
          assert.ok(error instanceof CodedError);
          assert.match(error.code, /^(reference|digest)-invalid$/);
          assert.match(error.message, message);
          assert.equal(error.exitCode, 2);
          return true;
        },
      );
    });
  }

  for (const tail of ['@', '@sha256:12', `@${D}@${D}`, `@${D.toUpperCase()}`, '@latest']) {
    it(`refuses the digest of ghcr.io/acme/app${tail.slice(0, 20)}`, () => {
      assert.throws(() => parseReference(`ghcr.io/acme/app${tail}`), { code: 'digest-invalid' });
    });
  }

  it('says where an output that is empty may come from', () => {
    assert.throws(() => parseReference('ghcr.io/acme/app@'), {
      message: 'image "ghcr.io/acme/app@": nothing stands after the @',
      hint: /steps\.build\.outputs\.digest.*did the step push\?$/,
    });
  });

  it('lowers an upper-case name, and says what it was', () => {
    assert.deepEqual(parseReference('ghcr.io/Acme/App:V1'), {
      reference: registry('ghcr.io', 'acme/app', { tag: 'V1' }),
      loweredFrom: 'Acme/App',
    });
  });

  it('adds no tag where none is wanted, or another one', () => {
    assert.deepEqual(parseReference('r.example/a', { defaultTag: null }).reference, registry('r.example', 'a'));
    const { reference } = parseReference('r.example/a', { defaultTag: 'main' });
    assert.deepEqual(reference, registry('r.example', 'a', { tag: 'main' }));
  });

  it('reads what it writes', () => {
    const part = fc.stringMatching(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+){0,2}$/).filter((text) => text.length < 40);
    const host = fc.constantFrom('ghcr.io', 'localhost:5000', '127.0.0.1:65535', '[::1]:5000', 'r-1.example');
    const tag = fc.option(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/), { nil: undefined });
    const digest = fc.option(
      fc.string().map((text) => digestOf(text)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(host, fc.array(part, { minLength: 1, maxLength: 3 }), tag, digest, (name, parts, tagText, hash) => {
        const reference = registry(name, parts.join('/'), {
          ...(tagText !== undefined && { tag: tagText }),
          ...(hash !== undefined && { digest: hash }),
        });
        const text = formatReference(reference);
        assert.deepEqual(parseReference(text, { defaultTag: null }), { reference });
        assert.ok(text.startsWith(formatRepository(reference)));
      }),
    );
  });

  it('never throws anything but coded errors, and never gives a host that no URL can hold', () => {
    const soup = fc.stringMatching(/^[a-zA-Z0-9:/@._[\]-]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        try {
          const { reference } = parseReference(text);
          if (reference.kind === 'registry') assert.ok(URL.canParse(`https://${reference.registry}/v2/`));
        } catch (error) {
          assert.ok(error instanceof CodedError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('isTag', () => {
  it('takes 1 to 128 characters that do not begin with a dot or a dash', () => {
    for (const tag of ['a', '_', '0', 'a.b-c_D', 'x'.repeat(128)]) assert.ok(isTag(tag), tag);
    for (const tag of ['', '.a', '-a', 'a/b', 'a:b', 'a b', 'a\n', 'é', 'x'.repeat(129)]) assert.ok(!isTag(tag), tag);
  });
});
