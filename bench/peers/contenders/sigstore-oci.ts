import { join } from 'node:path';
import { type Act, ARTIFACT_TYPE, type Contender } from '../contender.ts';

const NO: Readonly<Partial<Record<Act, string>>> = {
  sign: 'signs nothing: @sigstore/sign does',
  verify: 'verifies nothing: @sigstore/verify does, without a registry',
  list: 'lists nothing',
  'list-deep': 'lists nothing',
  'list-many': 'lists nothing',
  'attach-platforms': 'takes digests alone: it reads no index',
};

/** The smallest program that attaches a file to a tag with it, as actions/attest does inside. */
const PROGRAM = `
const { createRequire } = require('node:module');
const oci = createRequire(process.argv[1])('@sigstore/oci');
const { imageName, imageTag, credentials, file, mediaType } = JSON.parse(process.argv[2]);
(async () => {
  const fetchOpts = { retry: false };
  const imageDigest = await oci.getImageDigest({ imageName, imageTag, credentials, fetchOpts });
  const artifact = require('node:fs').readFileSync(file);
  const annotations = {};
  await oci.attachArtifactToImage({ imageName, imageDigest, credentials, artifact, mediaType, annotations, fetchOpts });
})().catch((error) => { console.error(error); process.exit(1); });
`;

/** `folder` is where it is installed. */
export function sigstoreOciContender(folder: string, version: string): Contender {
  return {
    name: `@sigstore/oci ${version}, a program`,
    beside: 'action',
    job({ act, name, file, reference, user }) {
      const cannot = NO[act];
      if (cannot !== undefined) return { cannot };
      const request = {
        imageName: name,
        imageTag: reference.slice(1),
        credentials: user && { username: user.name, password: user.password },
        file,
        mediaType: ARTIFACT_TYPE,
      };
      const args = ['-e', PROGRAM, join(folder, 'package.json'), JSON.stringify(request)];
      return { commands: [{ path: process.execPath, args }] };
    },
  };
}

export function warmSigstoreOci(version: string): Contender {
  return {
    name: `@sigstore/oci ${version}, warm`,
    beside: 'library',
    job({ act }) {
      const cannot = NO[act];
      return cannot === undefined ? { warm: 'sigstore-oci' } : { cannot };
    },
  };
}
