import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RegistryResponse } from '../../src/embedded/exchange.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { startListing } from '../support/listing.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const stranger = makeTrustedKey('stranger');
const rule = sampleRule({ signedBy: signedByKeys(key.trust) });

describe('a list of referrers that changes while an image is judged', () => {
  it('is read once: what it lists at first is judged by its bytes, whatever it lists next', async (t) => {
    const { store, target, registry } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    let lists = 0;
    registry.quirks.intercept = ({ path }) => {
      if (!path.includes('/referrers/')) return undefined;
      lists++;
      return lists === 1 ? undefined : emptyList();
    };
    const first = await judge(store, { tag: 'v1' }, [rule], [key.trust]);
    assert.deepEqual([first.verdict.verdict, lists], ['pass', 1]);
    const second = await judge(store, { tag: 'v1' }, [rule], [key.trust]);
    assert.deepEqual([second.verdict.verdict, lists], ['fail', 2]);
  });

  it('and whose entries are gone when they are read, or are of a stranger by then, lets nothing through', async (t) => {
    const { store, target, registry } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const statement = makeStatement({ subject: descriptor.digest });
    const good = await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    const forged = await makeKeyBundle({ statement, privateKey: stranger.privateKey });
    const other = await pushBundle(target, descriptor, forged);
    const { bytes } = await readManifest(registry.host, other);
    const answers: readonly (readonly [string, RegistryResponse])[] = [
      ['gone', { status: 404, headers: {} }],
      ['unreadable', { status: 403, headers: {} }],
      ['another', manifestOf(bytes)],
    ];
    for (const [what, answer] of answers) {
      registry.quirks.intercept = ({ path }) => (path.endsWith(`/manifests/${good}`) ? answer : undefined);
      const judged = await judge(store, { tag: 'v1' }, [rule], [key.trust]);
      assert.equal(judged.verdict.verdict, what === 'gone' ? 'fail' : 'unknown', what);
      assert.ok(rejectedStates(judged.verdict).includes(what === 'gone' ? 'invalid' : 'unread'), what);
    }
    registry.quirks.intercept = undefined;
    assert.equal((await judge(store, { tag: 'v1' }, [rule], [key.trust])).verdict.verdict, 'pass');
  });
});

async function readManifest(host: string, digest: string): Promise<{ readonly bytes: Buffer }> {
  const answer = await fetch(`http://${host}/v2/acme/app/manifests/${digest}`);
  return { bytes: Buffer.from(await answer.arrayBuffer()) };
}

function manifestOf(body: Buffer): RegistryResponse {
  return { status: 200, headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }, body };
}

function emptyList(): RegistryResponse {
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));
  return { status: 200, headers: { 'content-type': OCI_INDEX }, body };
}
