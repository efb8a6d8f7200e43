import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseHealState } from '../../src/action/heal-state.ts';
import { loadInputs } from '../../src/action/load-inputs.ts';
import { formatWorkflowCommand } from '../../src/action/workflow-command.ts';
import { parseRealm } from '../../src/auth/realm.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { createdFromEnv } from '../../src/commands/attach/created.ts';
import { fillPlaceholders } from '../../src/commands/attach/file-pattern.ts';
import { attachCommand } from '../../src/commands/attach/options.ts';
import { parseFilter } from '../../src/commands/list/filter-lines.ts';
import { listCommand } from '../../src/commands/list/options.ts';
import { parsePlatformChoice } from '../../src/commands/list/platform-choice.ts';
import type { CommandSpec } from '../../src/commands/option-spec.ts';
import { repairCommand } from '../../src/commands/repair/options.ts';
import { parseSubjects } from '../../src/commands/subjects.ts';
import { verifyCommand } from '../../src/commands/verify/options.ts';
import { CodedError, hasCode } from '../../src/errors/coded-error.ts';
import { assertBundleUrl } from '../../src/github/bundle-url.ts';
import { parseRepositoryName } from '../../src/github/repository-name.ts';
import type { BufferedResponse } from '../../src/net/types.ts';
import { readShortSigner } from '../../src/policy/short-signer.ts';
import { parseIdentityToken } from '../../src/sign/identity-token.ts';
import { parseSigningKey } from '../../src/sign/private-key.ts';
import { parseSigningConfig } from '../../src/sign/signing-config.ts';
import { readReferrersPage } from '../../src/store/registry/referrers-page.ts';
import { closingUrl, readUploadSession } from '../../src/store/registry/upload-session.ts';
import { fc } from '../support/fast-check.ts';

/** Of what parsers of texts read: what they divide by, and what they look for. */
const PIECES = [
  ...[
    '',
    ' ',
    '\n',
    '\0',
    '\u{2028}',
    '\u{1F600}',
    '\u{D800}',
    '/',
    ':',
    '@',
    '=',
    ',',
    '.',
    '..',
    '*',
    '?',
    '%',
    '%zz',
  ],
  ...['{', '}', '{os}', '{nope}', '[', ']', '"', "'", '\\', '--', '-', '#', '&', '__proto__', 'constructor', 'null'],
  ...['https://', 'http://', 'file://', 'r.example', 'r.example:5000', '127.0.0.1', '[::1]', 'github.com', 'acme/app'],
  ...[
    'sha256:',
    'a'.repeat(64),
    'sha512:',
    'v1',
    'linux/amd64',
    'all',
    'index',
    'refs/heads/main',
    '1700000000',
    '-1',
    ':444',
    '9999',
    '1e99',
  ],
  ...['Bearer ', 'realm="x"', 'eyJhbGciOiJub25lIn0', '-----BEGIN PRIVATE KEY-----', 'true', 'application/json'],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary-ascii' }),
  fc.constantFrom(...PIECES).map((piece) => piece.repeat(2000)),
);

/** JSON whose members are called and are what a parser looks for, or something else. */
function jsonOf(keys: readonly string[], values: readonly unknown[]): fc.Arbitrary<string> {
  const leaf = fc.oneof(fc.constantFrom<unknown>(...values, null, 0, -1, 1e300, true, '', [], {}), fc.string());
  const key = fc.constantFrom(...keys);
  const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const whole = fc.oneof(fc.dictionary(key, value, { maxKeys: 6 }), value).map((it) => JSON.stringify(it));
  const cut = fc.tuple(whole, fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1)));
  return fc.oneof({ weight: 6, arbitrary: whole }, cut, text);
}

const bytesOf = (json: string): Uint8Array => new TextEncoder().encode(json);

function response(body: string, headers: Readonly<Record<string, string>> = {}): BufferedResponse {
  const all = (name: string): string[] => (headers[name] === undefined ? [] : [headers[name]]);
  return {
    status: 200,
    headers: { get: (name) => headers[name], all },
    url: new URL('https://r.example/v2/a/x'),
    bytes: bytesOf(body),
  };
}

interface Parser {
  readonly name: string;
  /** One that is read. */
  readonly good: string;
  readonly given?: fc.Arbitrary<string>;
  /** Reads a text; what must hold of what it read is asserted here. */
  readonly read: (given: string) => unknown;
}

const REGISTRY = new URL('https://r.example');
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const NOW = new Date('2026-11-22T00:00:00Z');
const label = (name: string): string => name;
const DIGEST = `sha256:${'a'.repeat(64)}`;
const SIGNING_CONFIG = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [{ url: 'https://ca.example', majorApiVersion: 1, validFor: { start: '2026-01-01T00:00:00Z' } }],
  rekorTlogUrls: [{ url: 'https://log.example', majorApiVersion: 1, validFor: { start: '2026-01-01T00:00:00Z' } }],
  rekorTlogConfig: { selector: 'ANY' },
});

const PARSERS: readonly Parser[] = [
  {
    name: 'the realm of a challenge',
    good: 'https://auth.r.example/token?a=b#c',
    read: (given) => {
      const url = parseRealm(given, REGISTRY);
      assert.equal(url.protocol, 'https:');
      assert.equal(`${url.username}${url.password}${url.hash}`, '');
    },
  },
  {
    name: 'a bundle_url of GitHub',
    good: 'https://tmaproduction.blob.core.windows.net/attestations/1?sig=x',
    read: (given) => {
      const url = assertBundleUrl(given, new URL('https://api.github.com'));
      assert.match(url.host, /(?:^|\.)(?:github\.com|githubusercontent\.com|ghe\.com|blob\.core\.windows\.net)$/);
      assert.equal(url.protocol, 'https:');
    },
  },
  {
    name: 'owner/name of GitHub',
    good: 'acme/app',
    read: (given) => {
      const { owner, repo } = parseRepositoryName(given);
      assert.equal(`${owner}/${repo}`, given);
      // as they stand in a path, they lead nowhere else
      assert.equal(new URL(`https://x/repos/${given}/y`).pathname, `/repos/${given}/y`);
    },
  },
  {
    name: 'images of inputs',
    good: 'r.example/acme/app:v1',
    read: (given) => parseSubjects({ image: given.split('\n') }),
  },
  {
    name: 'an image that is pinned',
    good: 'r.example/acme/app',
    read: (given) => parseSubjects({ subjectName: given, subjectDigest: DIGEST }),
  },
  {
    name: 'a digest of inputs',
    good: DIGEST,
    read: (given) => parseSubjects({ subjectName: 'r.example/a', subjectDigest: given }),
  },
  { name: 'platforms of inputs', good: 'linux/amd64,index', read: (given) => parsePlatformChoice(given.split(',')) },
  {
    name: 'filters of list',
    good: 'application/x',
    read: (given) => parseFilter({ artifactType: [given], filterAnnotation: [given] }),
  },
  {
    name: 'placeholders of a file name',
    good: 'sbom.{os}-{arch}{variant}.{platform}.json',
    read: (given) => {
      const filled = fillPlaceholders(given, { os: 'linux', architecture: 'arm64', variant: 'v8' });
      assert.ok(!/\{(?:os|arch|variant|platform)\}/.test(filled));
    },
  },
  {
    name: 'a platform that an index names, in a file name',
    good: 'linux',
    read: (given) => {
      const filled = fillPlaceholders('{os}-{arch}', { os: given, architecture: 'amd64' });
      assert.match(filled, /^[A-Za-z0-9][A-Za-z0-9._-]*-amd64$/);
    },
  },
  {
    name: 'SOURCE_DATE_EPOCH',
    good: '1700000000',
    read: (given) => assert.match(createdFromEnv({ SOURCE_DATE_EPOCH: given }) ?? '0000Z', /^\d{4}[-\d:T]*Z$/),
  },
  {
    name: 'a signer of inputs',
    good: 'acme/app',
    read: (given) => readShortSigner({ signerRepo: given, sourceRepo: given }, label),
  },
  {
    name: 'an identity of inputs',
    good: 'https://issuer.example',
    read: (given) => readShortSigner({ certificateIdentity: given, certificateOidcIssuer: given }, label),
  },
  {
    name: 'a private key',
    good: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    read: (given) => parseSigningKey(given, 'it', undefined),
  },
  {
    name: 'an identity token',
    good: `e30.${Buffer.from('{"iss":"https://i","sub":"me"}').toString('base64url')}.c2ln`,
    given: jsonOf(
      ['iss', 'sub', 'email', 'email_verified', 'job_workflow_ref', 'repository_visibility'],
      ['https://issuer', 'a@b.example', 'acme/app/.github/workflows/x.yml@refs/heads/main'],
    ).map((claims) => `e30.${Buffer.from(claims).toString('base64url')}.c2ln`),
    read: (given) => {
      try {
        assert.equal(parseIdentityToken(given).token, given);
      } catch (error) {
        // the message of another would quote the token
        assert.ok(hasCode(error, 'sign-failed') && error.cause === undefined, String(error));
        throw error;
      }
    },
  },
  {
    name: 'a signing configuration',
    good: SIGNING_CONFIG,
    given: jsonOf(
      [
        'mediaType',
        'caUrls',
        'oidcUrls',
        'rekorTlogUrls',
        'rekorTlogConfig',
        'tsaUrls',
        'tsaConfig',
        'url',
        'majorApiVersion',
        'validFor',
        'start',
        'end',
        'selector',
        'count',
      ],
      [
        'application/vnd.dev.sigstore.signingconfig.v0.2+json',
        'https://x.example',
        1,
        2,
        'ANY',
        'EXACT',
        '2026-01-01T00:00:00Z',
      ],
    ),
    read: (given) => parseSigningConfig(bytesOf(given), 'it', NOW),
  },
  {
    name: 'a page of referrers',
    good: `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`,
    given: jsonOf(
      [
        'schemaVersion',
        'mediaType',
        'manifests',
        'digest',
        'size',
        'artifactType',
        'annotations',
        'platform',
        'layers',
        'config',
        '__proto__',
      ],
      [2, OCI_INDEX, DIGEST, 'application/vnd.oci.image.manifest.v1+json', 7],
    ),
    read: (given) => readReferrersPage(response(given, { 'content-type': OCI_INDEX }), 'it'),
  },
  {
    name: 'the location of an upload',
    good: '/v2/a/blobs/uploads/1?state=x',
    read: (given) => {
      const session = readUploadSession(response('', { location: given, 'oci-chunk-min-length': given }));
      assert.ok(Number.isSafeInteger(session.minChunkBytes) && session.minChunkBytes >= 0);
      const closing = closingUrl(session, DIGEST as `sha256:${string}`);
      assert.equal(closing.searchParams.getAll('digest').at(-1), DIGEST);
      assert.equal(closing.host, session.location.host);
    },
  },
  {
    name: 'the state for the post step',
    good: `[{"repository":"r.example/a","subject":"${DIGEST}","digests":["${DIGEST}"]}]`,
    given: jsonOf(['repository', 'subject', 'digests'], [DIGEST, 'r.example/a', [DIGEST]]),
    read: (given) => {
      for (const { subject, digests } of parseHealState(given))
        for (const one of [subject, ...digests]) assert.match(one, /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/);
    },
  },
];

const COMMANDS: readonly CommandSpec[] = [attachCommand, listCommand, verifyCommand, repairCommand];

describe('what comes from outside', () => {
  for (const { name, good, given = text, read } of PARSERS) {
    it(`${name}: any text is read, or refused with a coded error`, () => {
      read(good);
      // what is nearly right gets further than what is not
      const edges = [...good.matchAll(/\b|$/g)].map(({ index }) => index);
      const at = fc.oneof(fc.constantFrom(...edges), fc.nat(good.length));
      const near = fc
        .tuple(at, fc.nat(8), fc.constantFrom(...PIECES))
        .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
      const property = fc.property(fc.oneof(given, near), (one) => readOrRefuse(() => read(one)));
      fc.assert(property, { numRuns: 2000 });
    });
  }

  for (const command of COMMANDS) {
    const option = fc.constantFrom(...Object.keys(command.options), 'nope', '', '__proto__', 'no-platforms');
    it(`inputs and flags of ${command.name}: any names and texts are read, or refused with a coded error`, () => {
      const pairs = fc.array(fc.tuple(option, text), { maxLength: 5 });
      const property = fc.property(pairs, fc.array(text, { maxLength: 3 }), (given, words) => {
        const env = Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
        readOrRefuse(() => loadInputs(command, env, COMMANDS));
        const flags = given.flatMap(([name, value]) => [`--${name}`, value]);
        readOrRefuse(() => parseCommandLine(command, [...flags, ...words], {}));
      });
      fc.assert(property, { numRuns: 300 });
    });
  }

  it('a workflow command is one line that the runner reads back, whatever its value', () => {
    const property = fc.property(fc.oneof(text, fc.string({ unit: 'grapheme' })), (value) => {
      const line = formatWorkflowCommand('add-mask', value);
      assert.doesNotMatch(line, /[\r\n]/);
      // actions/runner, ActionCommand.UnescapeData
      const data = line.slice('::add-mask::'.length);
      assert.equal(data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%'), value);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

function readOrRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
}
