import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openEvidence } from '../../src/evidence/open-evidence.ts';
import type { SignedEvidence, VerifyOutcome } from '../../src/evidence/signed-evidence.ts';
import type { CertificateSigner } from '../../src/evidence/signer.ts';
import { publicGoodRoots } from '../../src/evidence/sigstore/public-good-roots.ts';
import { parseTrustedRoots } from '../../src/evidence/sigstore/trusted-root.ts';
import type { SigstoreTrust } from '../../src/evidence/trust.ts';
import { SIGSTORE_BUNDLE_V03 } from '../../src/oci/media-types.ts';

const vectors = process.env['VECTORS_DIR'] ?? '';
const skip = vectors === '' ? 'VECTORS_DIR is not set' : false;
const trust: SigstoreTrust = { kind: 'sigstore', name: 'sigstore', roots: publicGoodRoots() };

async function open(file: string): Promise<SignedEvidence> {
  const bytes = await readFile(join(vectors, file));
  const evidence = await openEvidence(
    { bytes, mediaType: SIGSTORE_BUNDLE_V03, annotations: {}, what: file },
    SIGSTORE_BUNDLE_V03,
  );
  assert.ok(evidence.signed === true, JSON.stringify(evidence));
  return evidence;
}

async function accept(evidence: SignedEvidence, by = trust): Promise<Extract<VerifyOutcome, { verified: true }>> {
  const outcome = await evidence.verify(by, { now: new Date() });
  assert.ok(outcome.verified, JSON.stringify(outcome));
  return outcome;
}

function certificateOf(outcome: Extract<VerifyOutcome, { verified: true }>): CertificateSigner {
  assert.ok(outcome.signer.kind === 'certificate');
  return outcome.signer;
}

function subjectsOf({ claim }: SignedEvidence): readonly string[] {
  assert.ok(claim.kind === 'statement');
  return claim.statement.subjects.map(({ digest }) => `sha256:${digest['sha256']}`);
}

async function digestOfFile(file: string): Promise<string> {
  const bytes = await readFile(join(vectors, file));
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

describe("cosign's and gh's vectors", { skip }, () => {
  it("cosign's attestation of an image is valid, by cody@soyland.com, about that image alone", async () => {
    const evidence = await open('cosign/oci-attestation.sigstore.json');
    const outcome = await accept(evidence);
    assert.equal(certificateOf(outcome).identity, 'cody@soyland.com');
    assert.equal(outcome.root?.label, 'public-good');
    assert.ok(outcome.times.length > 0);
    const subjects = subjectsOf(evidence);
    assert.deepEqual(subjects, ['sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4']);
  });

  it('a reusable workflow signs, and its caller is in the extensions', async () => {
    const evidence = await open('gh/reusable-workflow-attestation.sigstore.json');
    const { identity, extensions, issuer } = certificateOf(await accept(evidence));
    const workflow = 'https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml';
    assert.ok(identity?.startsWith(`${workflow}@`), identity);
    assert.equal(issuer, 'https://token.actions.githubusercontent.com');
    assert.equal(extensions['12'], 'https://github.com/malancas/attest-demo');
    assert.ok(
      extensions['18']?.startsWith('https://github.com/malancas/attest-demo/.github/workflows/shared.yml@'),
      extensions['18'],
    );
    assert.ok(subjectsOf(evidence).includes(await digestOfFile('gh/reusable-workflow-artifact')));
  });

  it('an issuer with a path is kept whole', async () => {
    const evidence = await open('gh/custom-issuer.sigstore.json');
    const { issuer, extensions } = certificateOf(await accept(evidence));
    assert.equal(issuer, 'https://token.actions.githubusercontent.com/hammer-time');
    assert.equal(extensions['8'], issuer);
    assert.ok(subjectsOf(evidence).includes(await digestOfFile('gh/custom-issuer-artifact')));
  });

  it('an envelope over plain text, wrongly signed besides, is refused unread', async () => {
    const bytes = await readFile(join(vectors, 'gh/sigstoreBundle-invalid-signature.json'));
    const document = { bytes, mediaType: SIGSTORE_BUNDLE_V03, annotations: {}, what: 'the bundle' };
    const evidence = await openEvidence(document, SIGSTORE_BUNDLE_V03);
    assert.ok(evidence.signed === 'broken');
    assert.match(evidence.reason, /text\/plain/);
  });

  it('a statement changed by one word is invalid, and not merely unknown', async () => {
    const bundle = JSON.parse(await readFile(join(vectors, 'gh/custom-issuer.sigstore.json'), 'utf8'));
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
    const changed = payload.replace(/"sha256":"(.)/, (_, first: string) => `"sha256":"${first === '0' ? '1' : '0'}`);
    assert.notEqual(changed, payload);
    bundle.dsseEnvelope.payload = Buffer.from(changed).toString('base64');
    const document = { bytes: Buffer.from(JSON.stringify(bundle)), mediaType: '', annotations: {}, what: 'the bundle' };
    const evidence = await openEvidence(document, '');
    assert.ok(evidence.signed === true);
    const outcome = await evidence.verify(trust, { now: new Date() });
    assert.ok(!outcome.verified);
    assert.equal(outcome.state, 'invalid', outcome.reason);
  });

  it("of another instance than GitHub's own, a root of GitHub's says that it does not know it", async () => {
    const bytes = await readFile(join(vectors, 'trusted-roots/github-internal.json'));
    const roots = parseTrustedRoots(bytes, { label: 'github-internal.json', source: 'file' });
    assert.deepEqual(roots[0]?.profile, { transparencyLogs: 0, certificateLogs: 0, timestamps: 1 });
    const evidence = await open('cosign/oci-attestation.sigstore.json');
    const outcome = await evidence.verify({ kind: 'sigstore', name: 'github', roots }, { now: new Date() });
    assert.ok(!outcome.verified);
    assert.equal(outcome.state, 'unknown-root-material', outcome.reason);
    assert.match(outcome.reason, /github-internal\.json of 20\d\d-\d\d-\d\d/);
  });

  it('of two roots in JSON lines the one that knows the signature proves it', async () => {
    const files = ['trusted-roots/github-internal.json', 'trusted-roots/public-good.json'];
    const texts = await Promise.all(files.map((file) => readFile(join(vectors, file), 'utf8')));
    const lines = texts.map((text) => JSON.stringify(JSON.parse(text))).join('\n');
    const roots = parseTrustedRoots(Buffer.from(`${lines}\n`), { label: 'trusted_root.jsonl', source: 'file' });
    assert.deepEqual(
      roots.map(({ profile }) => profile.transparencyLogs),
      [0, 1],
    );
    const evidence = await open('gh/custom-issuer.sigstore.json');
    const outcome = await accept(evidence, { kind: 'sigstore', name: 'both', roots });
    assert.equal(outcome.root?.digest, roots[1]?.info.digest);
    assert.notEqual(roots[0]?.info.digest, roots[1]?.info.digest);
  });

  it("the staging instance's root is read, and knows none of them", async () => {
    const bytes = await readFile(join(vectors, 'trusted-roots/staging.json'));
    const roots = parseTrustedRoots(bytes, { label: 'staging.json', source: 'file' });
    const evidence = await open('gh/custom-issuer.sigstore.json');
    const outcome = await evidence.verify({ kind: 'sigstore', name: 'staging', roots }, { now: new Date() });
    assert.ok(!outcome.verified);
    assert.equal(outcome.state, 'unknown-root-material', outcome.reason);
  });
});
