import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundleToJSON } from '@sigstore/bundle';
import {
  DSSEBundleBuilder,
  FulcioSigner,
  MessageSignatureBundleBuilder,
  RekorWitness,
  TSAWitness,
} from '@sigstore/sign';
import { digestOf } from '../../../src/oci/digest.ts';
import { emailIdentity, githubIdentity, unsignedToken } from './identity.ts';
import { makeStatement } from './make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from './sigstore-world.ts';
import { verifyWithLibrary } from './verify-with-library.ts';

const data = Buffer.from(JSON.stringify(makeStatement({ subject: digestOf('the manifest') })));

describe('the services of a world, asked by @sigstore/sign over HTTP', () => {
  for (const version of [1, 2] as const) {
    it(`sign an envelope and a message with Rekor v${version}`, async (t) => {
      const world = await startSigstoreWorld();
      t.after(() => world.close());
      const options = { signer: signerOf(world), witnesses: witnessesOf(world, version) };
      const envelope = await new DSSEBundleBuilder(options).create({ data, type: 'application/vnd.in-toto+json' });
      assert.equal(
        verifyWithLibrary(world, bundleToJSON(envelope)).identity?.subjectAlternativeName,
        'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0',
      );
      const message = await new MessageSignatureBundleBuilder(options).create({ data });
      verifyWithLibrary(world, bundleToJSON(message), { artifact: data });
      const { services } = world;
      assert.deepEqual(
        [services.fulcio, services.tsa, services.rekor, services.rekorV2].map((one) => one?.requests.length),
        version === 1 ? [2, 2, 2, 0] : [2, 2, 0, 2],
      );
    });
  }

  it('sign without a log in a world as GitHub has it', async (t) => {
    const world = await startSigstoreWorld({ kind: 'github' });
    t.after(() => world.close());
    const witnesses = [new TSAWitness({ tsaBaseURL: world.services.tsa.url })];
    const builder = new DSSEBundleBuilder({ signer: signerOf(world), witnesses });
    const bundle = await builder.create({ data, type: 'application/vnd.in-toto+json' });
    verifyWithLibrary(world, bundleToJSON(bundle));
  });

  it('refuse a token for another audience, and fail as they are told to', async (t) => {
    const world = await startSigstoreWorld();
    t.after(() => world.close());
    const stranger = signerOf(world, unsignedToken(emailIdentity('a@b.example'), 'somebody-else'));
    await assert.rejects(new DSSEBundleBuilder({ signer: stranger, witnesses: [] }).create({ data }), {
      code: 'CA_CREATE_SIGNING_CERTIFICATE_ERROR',
    });
    world.services.tsa.failWith = 503;
    const builder = new DSSEBundleBuilder({ signer: signerOf(world), witnesses: witnessesOf(world, 1) });
    await assert.rejects(builder.create({ data }), { code: 'TSA_CREATE_TIMESTAMP_ERROR', message: /503/ });
  });
});

function signerOf(world: SigstoreWorld, token = unsignedToken(githubIdentity())): FulcioSigner {
  return new FulcioSigner({
    fulcioBaseURL: world.services.fulcio.url,
    identityProvider: { getToken: async () => token },
  });
}

function witnessesOf({ services }: SigstoreWorld, version: 1 | 2): (RekorWitness | TSAWitness)[] {
  const log = version === 1 ? services.rekor : services.rekorV2;
  return [
    new RekorWitness({ rekorBaseURL: log?.url ?? '', majorApiVersion: version }),
    new TSAWitness({ tsaBaseURL: services.tsa.url }),
  ];
}
