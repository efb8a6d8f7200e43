import type { Signer } from '../evidence/signer.ts';
import { readGithubClaims } from './github-claims.ts';

/** Who signed, in words: `acme/app/.github/workflows/release.yml@refs/tags/v1`, `a@acme.example (https://…)`. */
export function describeSigner(signer: Signer): string {
  switch (signer.kind) {
    case 'key':
      return `the key ${signer.fingerprint}`;
    case 'notation':
      return signer.identity;
    case 'certificate': {
      const claims = readGithubClaims(signer);
      if (claims?.signerWorkflow !== undefined) return `${claims.signerWorkflow}@${claims.signerRef}`;
      return `${signer.identity ?? 'a certificate without an identity'} (${signer.issuer ?? 'no issuer'})`;
    }
  }
}
