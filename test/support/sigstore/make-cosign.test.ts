import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '../../../src/oci/digest.ts';
import { emailIdentity } from './identity.ts';
import { type CosignLayer, makeCosignAttestation, makeCosignSignature } from './make-cosign.ts';
import { makeStatement } from './make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from './sigstore-world.ts';
import { KEY_ONLY, verifyWithLibrary } from './verify-with-library.ts';

const digest = digestOf('the manifest');
const statement = makeStatement({ subject: digest });
const identity = emailIdentity('first@acme.example');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('cosign v2 layers', () => {
  let world: SigstoreWorld;
  let other: SigstoreWorld;
  before(async () => {
    [world, other] = await Promise.all([startSigstoreWorld(), startSigstoreWorld()]);
  });
  after(() => Promise.all([world.close(), other.close()]));

  it('a keyless signature holds what proves it, under its root and under no other', async () => {
    const layer = await makeCosignSignature(world, { digest, identity });
    const bundle = bundleOf(layer);
    const options = { artifact: layer.payload };
    assert.equal(verifyWithLibrary(world, bundle, options).identity?.subjectAlternativeName, 'first@acme.example');
    assert.throws(() => verifyWithLibrary(other, bundle, options), { name: 'VerificationError' });
    const { critical } = JSON.parse(Buffer.from(layer.payload).toString()) as { critical: { image: object } };
    assert.deepEqual(critical.image, { 'docker-manifest-digest': digest });
  });

  it('a keyless attestation too, and its annotation names the predicate', async () => {
    const layer = await makeCosignAttestation(world, { statement, identity, tsa: true });
    assert.equal(layer.annotations['predicateType'], statement.predicateType);
    const bundle = bundleOf(layer);
    verifyWithLibrary(world, bundle);
    assert.throws(() => verifyWithLibrary(other, bundle), { name: 'VerificationError' });
  });

  it('a key signs without annotations of a log', async () => {
    const layer = await makeCosignSignature(undefined, { digest, privateKey });
    assert.deepEqual(Object.keys(layer.annotations), ['dev.cosignproject.cosign/signature']);
    verifyWithLibrary(world, bundleOf(layer), { artifact: layer.payload, key: privateKey, profile: KEY_ONLY });
    const logged = await makeCosignSignature(world, { digest, privateKey, log: true });
    verifyWithLibrary(world, bundleOf(logged), { artifact: logged.payload, key: privateKey });
  });
});

/** The layer as a v0.1 bundle, as bundles of the first version hold one. */
function bundleOf({ payload, annotations }: CosignLayer): unknown {
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  const log = annotations['dev.sigstore.cosign/bundle'];
  const stamp = annotations['dev.sigstore.cosign/rfc3161timestamp'];
  const signature = annotations['dev.cosignproject.cosign/signature'];
  const attestation = signature === '';
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...(certificate === undefined
        ? { publicKey: { hint: '' } }
        : { x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] } }),
      tlogEntries: log === undefined ? [] : [entryOf(log)],
      timestampVerificationData: {
        rfc3161Timestamps:
          stamp === undefined
            ? []
            : [{ signedTimestamp: (JSON.parse(stamp) as Record<string, string>)['SignedRFC3161Timestamp'] }],
      },
    },
    ...(attestation
      ? { dsseEnvelope: JSON.parse(Buffer.from(payload).toString()) as unknown }
      : {
          messageSignature: {
            messageDigest: {
              algorithm: 'SHA2_256',
              digest: Buffer.from(digestOf(payload).slice(7), 'hex').toString('base64'),
            },
            signature,
          },
        }),
  };
}

function entryOf(annotation: string): unknown {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotation) as {
    SignedEntryTimestamp: string;
    Payload: { body: string; integratedTime: number; logIndex: number; logID: string };
  };
  const { kind, apiVersion } = JSON.parse(Buffer.from(Payload.body, 'base64').toString()) as Record<string, string>;
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function derOf(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}
