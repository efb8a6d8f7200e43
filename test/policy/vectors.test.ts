import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openEvidence } from '../../src/evidence/open-evidence.ts';
import type { Signer } from '../../src/evidence/signer.ts';
import { publicGoodRoots } from '../../src/evidence/sigstore/public-good-roots.ts';
import { explainSigner, writeSignerEntry } from '../../src/policy/identity-help.ts';
import { matchSigner } from '../../src/policy/match-signer.ts';
import type { GithubIdentity } from '../../src/policy/policy.ts';
import { AT, BUNDLE, GITHUB } from './make-evidence.ts';

/** Real signatures from elsewhere: set VECTORS_DIR to the folder that holds them. */
const DIR = process.env['VECTORS_DIR'] ?? '';
const skip = DIR === '' ? 'VECTORS_DIR is not set' : false;

async function signerOf(name: string): Promise<Signer> {
  const bytes = await readFile(join(DIR, 'gh', name));
  const evidence = await openEvidence({ bytes, mediaType: BUNDLE, annotations: {}, what: name }, BUNDLE);
  assert.equal(evidence.signed, true);
  assert.ok(evidence.signed === true);
  const trust = { kind: 'sigstore', name: 'sigstore', roots: publicGoodRoots() } as const;
  const outcome = await evidence.verify(trust, { now: new Date() });
  assert.ok(outcome.verified, outcome.verified ? '' : outcome.reason);
  return outcome.signer;
}

function github(signer: Signer, fields: Readonly<Partial<Record<keyof GithubIdentity, string>>>): boolean {
  const patterns = Object.entries(fields).map(([key, text]) => [key, { kind: 'exact', text }]);
  return matchSigner({ trust: 'sigstore', github: Object.fromEntries(patterns), at: AT }, signer).matches;
}

describe('a real certificate of a reusable workflow', { skip }, () => {
  const name = 'reusable-workflow-attestation.sigstore.json';
  it('is of the caller’s repository and workflow, and of the signing workflow', async () => {
    const signer = await signerOf(name);
    const caller = { repository: 'malancas/attest-demo', workflow: '.github/workflows/shared.yml' };
    const signing = 'github/artifact-attestations-workflows/.github/workflows/attest.yml';
    assert.equal(github(signer, { ...caller, signerWorkflow: signing }), true);
    assert.equal(github(signer, { signerRepository: 'github/artifact-attestations-workflows' }), true);
    assert.equal(github(signer, { repository: 'github/artifact-attestations-workflows' }), false);
    assert.equal(github(signer, { signerWorkflow: 'malancas/attest-demo/.github/workflows/shared.yml' }), false);
  });
  it('is explained, and pasted with both', async () => {
    const signer = await signerOf(name);
    assert.match(
      explainSigner(signer) ?? '',
      /^signed by reusable workflow github\/artifact-attestations-workflows\/\.github\/workflows\/attest\.yml@\S+, called from malancas\/attest-demo\/\.github\/workflows\/shared\.yml@\S+$/,
    );
    assert.match(
      writeSignerEntry(signer, 'sigstore'),
      /repository: "malancas\/attest-demo".*signer-workflow: "github\//,
    );
  });
});

describe('a real certificate of an enterprise’s issuer', { skip }, () => {
  it('does not match the issuer of GitHub, only its own', async () => {
    const signer = await signerOf('custom-issuer.sigstore.json');
    assert.ok(signer.kind === 'certificate' && signer.identity !== undefined && signer.issuer !== undefined);
    assert.match(signer.issuer, /^https:\/\/token\.actions\.githubusercontent\.com\/hammer-time$/);
    const rule = { trust: 'sigstore', identity: { kind: 'exact', text: signer.identity }, at: AT } as const;
    assert.equal(matchSigner({ ...rule, issuer: { kind: 'exact', text: GITHUB } }, signer).matches, false);
    assert.equal(matchSigner({ ...rule, issuer: { kind: 'exact', text: signer.issuer } }, signer).matches, true);
  });
});
