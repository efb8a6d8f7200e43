import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../../oci/descriptor.ts';
import { type Digest, encodedOf } from '../../oci/digest.ts';
import { IN_TOTO, SIGSTORE_BUNDLE_V03 } from '../../oci/media-types.ts';
import { DEMO_PLATFORMS } from './demo-image.ts';

export const SBOM_PATTERN = 'sbom-{os}-{arch}.spdx.json';
export const BUNDLE_FILE = 'provenance.sigstore.json';
export const KEY_FILE = 'cosign.pub';
export const PROVENANCE = 'https://slsa.dev/provenance/v1';

/**
 * What a build leaves in its workspace: an SBOM for each platform, a signed bundle about the whole image, and the public
 * key to verify it with. Nobody keeps the private one.
 */
export async function writeDemoFiles(folder: string, image: string, index: Digest): Promise<void> {
  for (const platform of DEMO_PLATFORMS) {
    const name = `sbom-${platform.os}-${platform.architecture}.spdx.json`;
    await writeFile(join(folder, name), JSON.stringify(spdxOf(platform), undefined, 2));
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(folder, BUNDLE_FILE), JSON.stringify(bundleOf(image, index, privateKey)));
  await writeFile(join(folder, KEY_FILE), publicKey.export({ type: 'spki', format: 'pem' }));
}

/** SPDX 2.3: one package that is one file. */
function spdxOf({ os, architecture }: Platform): object {
  const name = `demo-app-${os}-${architecture}`;
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://demo.invalid/spdx/${name}`,
    creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: oci-referrers-demo'] },
    packages: [
      {
        name: 'demo-app',
        SPDXID: 'SPDXRef-Package-demo-app',
        versionInfo: '1.0',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'Apache-2.0',
        licenseDeclared: 'Apache-2.0',
        copyrightText: 'NOASSERTION',
      },
    ],
    relationships: [
      {
        spdxElementId: 'SPDXRef-DOCUMENT',
        relationshipType: 'DESCRIBES',
        relatedSpdxElement: 'SPDXRef-Package-demo-app',
      },
    ],
  };
}

/** A Sigstore bundle (v0.3) with SLSA provenance of the image. */
function bundleOf(image: string, index: Digest, privateKey: KeyObject): object {
  const payload = Buffer.from(JSON.stringify(provenanceOf(image, index)));
  return {
    mediaType: SIGSTORE_BUNDLE_V03,
    verificationMaterial: { publicKey: { hint: 'demo' }, tlogEntries: [], timestampVerificationData: {} },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: IN_TOTO,
      signatures: [{ sig: sign('sha256', preAuthEncoding(IN_TOTO, payload), privateKey).toString('base64') }],
    },
  };
}

function provenanceOf(image: string, index: Digest): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: image, digest: { sha256: encodedOf(index) } }],
    predicateType: PROVENANCE,
    predicate: {
      buildDefinition: { buildType: 'https://demo.invalid/build/v1', externalParameters: {}, resolvedDependencies: [] },
      runDetails: { builder: { id: 'https://demo.invalid/builder' } },
    },
  };
}

/** DSSE v1 "PAE": what a DSSE signature is over. */
function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
