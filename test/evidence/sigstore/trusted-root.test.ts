import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { publicGoodRoots } from '../../../src/evidence/sigstore/public-good-roots.ts';
import { PUBLIC_GOOD_TRUSTED_ROOT } from '../../../src/evidence/sigstore/public-good-trusted-root.ts';
import { parseTrustedRoots, type TrustedRootsOptions } from '../../../src/evidence/sigstore/trusted-root.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { makeNotationChain } from '../../support/notation/notation-chain.ts';

interface Editable {
  mediaType: unknown;
  tlogs: { publicKey: Record<string, unknown>; [key: string]: unknown }[];
  ctlogs: { publicKey: Record<string, unknown>; [key: string]: unknown }[];
  certificateAuthorities: Record<string, unknown>[];
  timestampAuthorities: Record<string, unknown>[];
}

const FILE: TrustedRootsOptions = { label: 'trusted_root.json', source: 'file' };

function rootJson(change: (root: Editable) => void = () => {}): string {
  const root = JSON.parse(PUBLIC_GOOD_TRUSTED_ROOT.json) as Editable;
  change(root);
  return JSON.stringify(root);
}

/** `certChain` of a root with an extension. */
function chainOf(oid: string, critical: boolean): object {
  const validity = { notBefore: new Date('2026-01-01'), notAfter: new Date('2036-01-01') };
  const other = { oid, critical, value: Buffer.of(0x30, 0) };
  const { root } = makeNotationChain({ ...validity, root: { other } });
  return { certificates: [{ rawBytes: root.der.toString('base64') }] };
}

const parse = (text: string, options = FILE): ReturnType<typeof parseTrustedRoots> =>
  parseTrustedRoots(Buffer.from(text), options);

describe('parseTrustedRoots', () => {
  it('reads a root, indented or on one line', () => {
    for (const text of [PUBLIC_GOOD_TRUSTED_ROOT.json, rootJson(), `\n${rootJson()}\n`]) {
      const [root, ...more] = parse(text);
      assert.equal(more.length, 0);
      assert.equal(root?.info.digest, digestOf(text));
      assert.equal(root?.root.tlogs.length, 2);
    }
  });

  it('passes over what a later version of the format may bring', () => {
    const later = rootJson((root) => Object.assign(root, { witnesses: [{ any: 'thing' }] }));
    assert.equal(parse(later).length, 1);
  });

  it('reads several roots, one a line, each with its own digest and profile', () => {
    const unlogged = rootJson((root) => {
      root.tlogs = [];
      root.ctlogs = [];
    });
    const roots = parse(`${rootJson()}\n\n${unlogged}\n`);
    assert.deepEqual(
      roots.map(({ profile }) => profile),
      [
        { transparencyLogs: 1, certificateLogs: 1, timestamps: 1 },
        { transparencyLogs: 0, certificateLogs: 0, timestamps: 1 },
      ],
    );
    assert.equal(roots[1]?.info.digest, digestOf(unlogged));
  });

  it('is as old as its newest log or authority, unless its publisher is known', () => {
    const newest = Math.max(
      ...[...PUBLIC_GOOD_TRUSTED_ROOT.json.matchAll(/"start": "([^"]+)"/g)].map((match) => Date.parse(match[1] ?? '')),
    );
    assert.equal(parse(rootJson())[0]?.info.date.getTime(), newest);
    const date = new Date('2026-11-05T00:00:00Z');
    assert.equal(parse(rootJson(), { ...FILE, date })[0]?.info.date, date);
  });

  it('refuses a profile under which an expired certificate would do', () => {
    const profile = { transparencyLogs: 0, certificateLogs: 0, timestamps: 0 };
    assert.throws(() => parse(rootJson(), { ...FILE, profile }), /without a proved time/);
  });

  it('takes a new key near a known one from where its publisher signed it, and no other type even then', () => {
    const near = rootJson((root) => Object.assign(root.tlogs[0] ?? {}, { log: 'new', operators: ['new'] }));
    assert.throws(() => parse(near, FILE), /tlogs\[0\]\.log is not known; did it mean logId\?/);
    assert.equal(parse(near, { ...FILE, source: 'tuf' }).length, 1);
    const other = rootJson((root) => Object.assign(root, { ctlogs: { 0: root.ctlogs[0] } }));
    assert.throws(() => parse(other, { ...FILE, source: 'tuf' }), /ctlogs is no list/);
    const time = rootJson((root) => Object.assign(root.tlogs[0]?.publicKey?.['validFor'] ?? {}, { ends: 'soon' }));
    assert.throws(() => parse(time, { ...FILE, source: 'tuf' }), /validFor\.ends is not known/);
  });

  it('says of several roots for a key which to leave', () => {
    assert.throws(() => parse(`${rootJson()}\n${rootJson()}`, { ...FILE, asks: 'log' }), {
      message: /holds 2 roots, and a key has one/,
      hint: /one line/,
    });
  });

  const uglies: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /is empty/],
    ['no JSON', '{', /not valid JSON/],
    ['a key twice', rootJson().replace('{', '{"tlogs":[],'), /duplicate key/],
    ['an array', '[]', /expected a JSON object/],
    ['a second line that is no root', `${rootJson()}\n{}`, /line 2 is no trusted root/],
    ['a second line that is no JSON', `${rootJson()}\nx`, /line 2 is not valid JSON/],
    ['17 roots', Array(17).fill(rootJson()).join('\n'), /17 roots/],
    ['a bundle', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}', /mediaType/],
    ['no media type', rootJson((root) => Object.assign(root, { mediaType: undefined })), /mediaType/],
    [
      'no certificate authority',
      rootJson((root) => Object.assign(root, { certificateAuthorities: [] })),
      /no certificate authority/,
    ],
    [
      'neither log nor timestamp authority',
      rootJson((root) => Object.assign(root, { tlogs: [], timestampAuthorities: [] })),
      /no time could be proved/,
    ],
    [
      'a log without a start',
      rootJson((root) => Object.assign(root.tlogs[1]?.publicKey ?? {}, { validFor: {} })),
      /tlogs\[1\] has no publicKey\.validFor\.start/,
    ],
    [
      'a log without validity',
      rootJson((root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { validFor: undefined })),
      /tlogs\[0\] has no publicKey\.validFor\.start/,
    ],
    [
      'a log with a start that is no date',
      rootJson((root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { validFor: { start: 'soon' } })),
      /tlogs\[0\]\.publicKey\.validFor\.start is no time of RFC 3339/,
    ],
    [
      'certificate logs that are no list',
      rootJson((root) => Object.assign(root, { ctlogs: { 0: root.ctlogs[0] } })),
      /ctlogs is no list/,
    ],
    [
      'certificate logs under nearly their name',
      rootJson((root) => Object.assign(root, { ctlogs: undefined, ctLog: root.ctlogs })),
      /ctLog is not known; did it mean ctlogs\?/,
    ],
    [
      'an end in the spelling of protobuf text',
      rootJson((root) =>
        Object.assign(root.certificateAuthorities[0] ?? {}, { valid_for: { end: '2022-01-01T00:00:00Z' } }),
      ),
      /certificateAuthorities\[0\]\.valid_for is not known; did it mean validFor\?/,
    ],
    [
      'any unknown key beside start and end',
      rootJson((root) => Object.assign(root.timestampAuthorities[0] ?? {}, { validFor: { until: '2022' } })),
      /timestampAuthorities\[0\]\.validFor\.until is not known/,
    ],
    [
      'a time without a zone',
      rootJson((root) =>
        Object.assign(root.certificateAuthorities[0] ?? {}, { validFor: { start: '2022-01-01T00:00:00' } }),
      ),
      /certificateAuthorities\[0\]\.validFor\.start is no time of RFC 3339/,
    ],
    [
      'a key with a character that is not base64',
      rootJson((root) => Object.assign(root.ctlogs[0]?.publicKey ?? {}, { rawBytes: 'MFkw!EwYH' })),
      /ctlogs\[0\]\.publicKey\.rawBytes is no base64/,
    ],
    [
      'a certificate log without a start',
      rootJson((root) => Object.assign(root.ctlogs[0]?.publicKey ?? {}, { validFor: {} })),
      /ctlogs\[0\] has no publicKey\.validFor\.start/,
    ],
    [
      'a log without a key',
      rootJson((root) => Object.assign(root.tlogs[0] ?? {}, { publicKey: undefined })),
      /tlogs\[0\] has no publicKey/,
    ],
    [
      'a log without an id',
      rootJson((root) => Object.assign(root.tlogs[0] ?? {}, { logId: undefined })),
      /tlogs\[0\] has no logId/,
    ],
    [
      'a key that is none',
      rootJson((root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { rawBytes: 'AAAA' })),
      /cannot be read/,
    ],
    [
      'an authority without certificates',
      rootJson((root) => Object.assign(root.certificateAuthorities[1] ?? {}, { certChain: { certificates: [] } })),
      /certificateAuthorities\[1\] has no certificate/,
    ],
    [
      'a certificate that is none',
      rootJson((root) =>
        Object.assign(root.timestampAuthorities[0] ?? {}, { certChain: { certificates: [{ rawBytes: 'AAAA' }] } }),
      ),
      /cannot be read/,
    ],
    [
      'an authority that may certify some names only',
      rootJson((root) =>
        Object.assign(root.certificateAuthorities[0] ?? {}, { certChain: chainOf('2.5.29.30', false) }),
      ),
      /has the extension 2\.5\.29\.30, which is not understood here/,
    ],
    [
      'an authority with an unknown critical extension',
      rootJson((root) => Object.assign(root.timestampAuthorities[0] ?? {}, { certChain: chainOf('1.2.3.4', true) })),
      /has the extension 1\.2\.3\.4, which is not understood here/,
    ],
    ['5 MiB', ' '.repeat(5 * 1024 * 1024), /bytes/],
  ];
  for (const [title, text, says] of uglies) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => parse(text),
        (error) =>
          error instanceof CodedError &&
          error.code === 'trusted-root-invalid' &&
          error.message.startsWith('trusted_root.json') &&
          says.test(error.message),
      );
    });
  }
});

describe('the embedded root of the public-good instance', () => {
  it('is, byte for byte, what the installed @sigstore/tuf carries', async () => {
    const folder = new URL('../../../node_modules/@sigstore/tuf/', import.meta.url);
    const seeds = JSON.parse(await readFile(new URL('seeds.json', folder), 'utf8'));
    const { version } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
    const seed = seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'];
    assert.equal(PUBLIC_GOOD_TRUSTED_ROOT.json, Buffer.from(seed, 'base64').toString('utf8'));
    assert.equal(PUBLIC_GOOD_TRUSTED_ROOT.publishedBy, `@sigstore/tuf ${version}`);
  });

  it('asks for a log, a promise and a time, and is the same value each time', () => {
    const [root, ...more] = publicGoodRoots();
    assert.equal(more.length, 0);
    assert.deepEqual(root?.profile, { transparencyLogs: 1, certificateLogs: 1, timestamps: 1 });
    assert.equal(root?.info.source, 'embedded');
    assert.equal(root?.info.label, 'public-good');
    assert.match(root?.info.date.toISOString() ?? '', /^20\d\d-\d\d-\d\dT00:00:00\.000Z$/);
    assert.equal(publicGoodRoots(), publicGoodRoots());
  });
});
