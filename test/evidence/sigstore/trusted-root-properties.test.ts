import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CodedError } from '../../../src/errors/coded-error.ts';
import type { EvidenceDocument } from '../../../src/evidence/signed-evidence.ts';
import { PUBLIC_GOOD_TRUSTED_ROOT } from '../../../src/evidence/sigstore/public-good-trusted-root.ts';
import { parseTrustedRoots } from '../../../src/evidence/sigstore/trusted-root.ts';
import type { SigstoreTrust } from '../../../src/evidence/trust.ts';
import { fc } from '../../support/fast-check.ts';
import { makeKeylessBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { changed, documentOf, judge } from './trusted-world.ts';

const DAY = 24 * 3600_000;

type Roots = SigstoreTrust['roots'];

/** Roots, or the code of the error; anything else that is thrown goes on. */
function parse(text: string | Uint8Array, asks: 'certificates' | 'log' = 'certificates'): Roots | string {
  try {
    return parseTrustedRoots(Buffer.from(text), { label: 'root.json', source: 'file', asks });
  } catch (thrown) {
    if (thrown instanceof CodedError) return thrown.code;
    throw thrown;
  }
}

interface Slip {
  readonly at: number;
  readonly text: string;
}

/** One character taken out, put in, or another; in half of the cases in a key or a word, where it does most. */
function slipsOf(text: string): fc.Arbitrary<Slip> {
  const words = [...text.matchAll(/"[A-Za-z]{2,24}"/g)].map(({ index, 0: word }) => ({ index, length: word.length }));
  const anywhere = fc.nat(text.length - 1);
  const inWord = fc
    .constantFrom(...words)
    .chain(({ index, length }) => fc.nat(length - 1).map((offset) => index + offset));
  const character = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzEsS0:,{}[]"_ -\\', '\u0000', '\ud800');
  return fc
    .tuple(fc.oneof(anywhere, inWord), fc.constantFrom('take', 'put', 'change'), character)
    .map(([at, how, one]) => {
      const rest = text.slice(how === 'put' ? at : at + 1);
      return { at, text: `${text.slice(0, at)}${how === 'take' ? '' : one}${rest}` };
    });
}

describe('parseTrustedRoots, any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.jsonValue().map((value) => {
      const mediaType = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';
      return Buffer.from(JSON.stringify({ mediaType, tlogs: [value], certificateAuthorities: [value] }));
    }),
    slipsOf(PUBLIC_GOOD_TRUSTED_ROOT.json).map(({ text }) => Buffer.from(text)),
  );
  it('gives roots with a proved time and a log or authority of it, or a trusted-root-invalid', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('certificates' as const, 'log' as const), (one, asks) => {
        const roots = parse(one, asks);
        if (typeof roots === 'string') return assert.equal(roots, 'trusted-root-invalid');
        assert.ok(roots.length > 0);
        for (const { profile, root } of roots) {
          assert.equal(profile.timestamps, 1);
          assert.ok(root.tlogs.length + root.timestampAuthorities.length > 0);
          assert.ok([...root.tlogs, ...root.ctlogs].every(({ publicKey }) => publicKey?.validFor?.start));
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a slip in a trusted root', () => {
  let world: SigstoreWorld;
  let text: string;
  let refused: readonly EvidenceDocument[];
  before(async () => {
    world = await startSigstoreWorld();
    const end = new Date(Date.now() - 10 * DAY).toISOString();
    const root = structuredClone(world.trustedRoot) as Record<string, Record<string, unknown>[]>;
    for (const authority of root['certificateAuthorities'] ?? [])
      Object.assign(authority['validFor'] as object, { end });
    for (const log of [...(root['tlogs'] ?? []), ...(root['ctlogs'] ?? [])]) {
      Object.assign((log['publicKey'] as { validFor: object }).validFor, { end });
    }
    text = JSON.stringify(root);
    const statement = makeStatement({ subject: `sha256:${'a'.repeat(64)}` });
    const identity = { iss: 'https://issuer.test', sub: 'https://acme.example/release' };
    await using other = await startSigstoreWorld();
    const at = new Date(Date.now() - 20 * DAY);
    const good = await makeKeylessBundle(world, { statement, identity, tsa: true, at });
    const late = await makeKeylessBundle(world, { statement, identity, tsa: true });
    const lateV2 = await makeKeylessBundle(world, { statement, identity, rekor: 'v2', tsa: true });
    assert.equal((await judgeAll([documentOf(good)], text))[0], 'verified');
    const unlogged = changed(good, ({ verificationMaterial }) => {
      verificationMaterial.tlogEntries = [];
    });
    const strange = await makeKeylessBundle(other, { statement, identity, tsa: true, at });
    refused = [late, lateV2, unlogged, strange].map(documentOf);
    assert.ok(!(await judgeAll(refused, text)).includes('verified'));
  });
  after(() => world.close());

  async function judgeAll(documents: readonly EvidenceDocument[], root: string): Promise<string[]> {
    const roots = parse(root);
    if (typeof roots === 'string') return [];
    const trust: SigstoreTrust = { kind: 'sigstore', name: 'sigstore', roots };
    return Promise.all(documents.map(async (document) => (await judge(document, trust)).state));
  }

  it('makes it accept nothing that it refused, but where the slip is in a date', async () => {
    const dates = [...text.matchAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)];
    const isInDate = (at: number): boolean =>
      dates.some(({ index, 0: date }) => index <= at && at <= index + date.length);
    await fc.assert(
      fc.asyncProperty(slipsOf(text), async (slip) => {
        fc.pre(!isInDate(slip.at));
        assert.ok(!(await judgeAll(refused, slip.text)).includes('verified'), slip.text);
      }),
      { numRuns: 600 },
    );
  });
});
