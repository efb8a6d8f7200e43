import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { type OpenRegistry, openRegistry } from '../../src/library/open-registry.ts';
import { type VerifyRequest, verify } from '../../src/library/verify.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { makeTrustedKey } from '../support/judging.ts';
import { pushSampleImage, type SampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const PEM = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
const POLICY = `version: 1
trust:
  release: { key: cosign.pub }
rules:
  - name: provenance
    predicate-type: ${SLSA_V1}
    signed-by: { trust: release }
`;

describe('verify of the library', () => {
  let server: EmbeddedRegistry;
  let registry: OpenRegistry;
  let image: SampleImage;

  before(async () => {
    server = await startEmbeddedRegistry();
    registry = await openRegistry({ env: {} });
    const target = { host: server.host, repository: 'acme/app' };
    image = await pushSampleImage(target, { tag: '1' });
    await pushSampleImage(target, { tag: '2', name: 'other' });
    const statement = makeStatement({ subject: image.descriptor.digest });
    await pushBundle(target, image.descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
  });
  beforeEach(() => server.clearLog());
  after(async () => {
    await registry.close();
    await server.close();
  });

  async function run(request: Omit<VerifyRequest, 'store' | 'target'>, tag = '1'): Promise<ImageVerdict> {
    const store = await registry.repository(`${server.host}/acme/app`);
    return verify({ store, target: { tag }, ...request });
  }

  it('judges by the text of a policy, with the files that the caller gives', async () => {
    const readFile = async (path: string): Promise<Uint8Array | undefined> =>
      path === 'cosign.pub' ? new TextEncoder().encode(PEM) : undefined;
    const passed = await run({ policy: POLICY, readFile });
    assert.deepEqual([passed.verdict, passed.image.digest], ['pass', image.descriptor.digest]);
    assert.equal((await run({ policy: POLICY, readFile }, '2')).verdict, 'fail');
  });

  it('judges by the short form', async () => {
    assert.equal((await run({ policy: { require: [SLSA_V1], key: PEM } })).verdict, 'pass');
  });

  it('takes bundles that the caller has', async () => {
    const store = await registry.repository(`${server.host}/acme/app`);
    const other = await store.findManifest({ tag: '2' });
    assert.ok(other);
    const statement = makeStatement({ subject: other.manifest.digest });
    const { bytes } = await makeKeyBundle({ statement, privateKey: key.privateKey });
    assert.equal((await run({ policy: { require: [SLSA_V1], key: PEM }, bundles: [bytes] }, '2')).verdict, 'pass');
  });

  it('refuses a policy and a file that cannot be used before any request', async () => {
    await assert.rejects(run({ policy: 'version: 2\n' }), { code: 'policy-invalid' });
    await assert.rejects(run({ policy: POLICY }), { code: 'file-missing' });
    await assert.rejects(run({ policy: POLICY, readFile: async () => Buffer.from('no key') }), { code: 'key-invalid' });
    assert.deepEqual(server.log, []);
  });

  it('throws where there is no image', async () => {
    await assert.rejects(run({ policy: { require: [SLSA_V1], key: PEM } }, 'none'), { code: 'manifest-unknown' });
  });
});
