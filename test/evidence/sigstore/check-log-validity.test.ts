import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { describeLogValidity } from '../../../src/evidence/sigstore/check-log-validity.ts';
import { parseTrustedRoots } from '../../../src/evidence/sigstore/trusted-root.ts';
import type { SigstoreTrust } from '../../../src/evidence/trust.ts';
import { makeKeyBundle, makeKeylessBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { documentOf, judge, newKeys, trustOfKey } from './trusted-world.ts';

const DAY = 24 * 3600_000;
const NOW = Date.now();
const signedAt = new Date(NOW - 10 * DAY);
const before30 = new Date(NOW - 30 * DAY).toISOString();
const before20 = new Date(NOW - 20 * DAY).toISOString();
const before5 = new Date(NOW - 5 * DAY).toISOString();

interface Validity {
  readonly start: string;
  readonly end?: string;
}

let world: SigstoreWorld;
before(async () => {
  world = await startSigstoreWorld();
});
after(() => world.close());

/** The world's root with other dates for the keys of its logs. */
function rootsWith(validFor: Validity): SigstoreTrust['roots'] {
  const root = structuredClone(world.trustedRoot) as { tlogs: { publicKey: { validFor: Validity } }[] };
  for (const log of root.tlogs) log.publicKey.validFor = validFor;
  return parseTrustedRoots(Buffer.from(JSON.stringify(root)), { label: 'root.json', source: 'file' });
}

const identity = { iss: 'https://issuer.test', sub: 'https://acme.example/release' };
const statement = makeStatement({ subject: `sha256:${'a'.repeat(64)}` });

for (const rekor of ['v1', 'v2'] as const) {
  describe(`an entry of Rekor ${rekor}, signed ten days ago`, () => {
    const rows: [what: string, validFor: Validity, state: string][] = [
      ['counts where the log has been valid since', { start: before30 }, 'verified'],
      ['counts where the log was valid then', { start: before30, end: before5 }, 'verified'],
      ["does not count after the end of its log's key", { start: before30, end: before20 }, 'invalid'],
      ["does not count before the start of its log's key", { start: before5 }, 'invalid'],
    ];
    for (const [what, validFor, state] of rows) {
      it(what, async () => {
        const bundle = await makeKeylessBundle(world, { statement, identity, rekor, tsa: true, at: signedAt });
        const trust: SigstoreTrust = { kind: 'sigstore', name: 'sigstore', roots: rootsWith(validFor) };
        const answer = await judge(documentOf(bundle), trust);
        assert.equal(answer.state, state, answer.reason);
      });

      it(`${what}, of a signature by a key`, async () => {
        const privateKey = newKeys.p256();
        const bundle = await makeKeyBundle({ statement, privateKey, world, rekor, tsa: true, at: signedAt });
        const answer = await judge(documentOf(bundle), {
          ...trustOfKey(privateKey, world),
          root: rootsWith(validFor)[0],
        });
        assert.equal(answer.state, state, answer.reason);
      });
    }
  });
}

it('an entry without a promise and without any proved time does not count', () => {
  const logId = { keyId: Buffer.from('log') };
  const entity = { tlogEntries: [{ logId, inclusionPromise: undefined }] } as unknown as SignedEntity;
  const material = { tlogs: [] } as unknown as TrustMaterial;
  assert.match(describeLogValidity(entity, material, []) ?? '', /no time is proved/);
});
