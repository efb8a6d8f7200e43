import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { explainPolicy } from '../../src/policy/explain.ts';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import { buildShortPolicy } from '../../src/policy/short-form.ts';
import { GOOD } from './parse/samples.ts';

const example = new URL('../../examples/policies/referrers.yml', import.meta.url);
const file = 'referrers.yml';

describe('a policy in plain words', () => {
  it('says of the example all that it asks for', async () => {
    const text = explainPolicy(await parsePolicy(await readFile(example, 'utf8'), { file }));
    assert.equal(
      text,
      `referrers.yml: an image passes when all of its 4 rules are met. What could not be looked at leaves the verdict unknown, which does not pass.

1. SBOM on every platform
   Each platform itself must have an artifact of type application/spdx+json or application/vnd.cyclonedx+json.
   Nobody needs to have signed it: that it is there, and of the right shape, is enough.

2. SLSA provenance from our release workflow
   Each platform, or the index that contains it, must have a verified statement of type https://slsa.dev/provenance/v1.
   It must be signed by one of these:
   - a GitHub workflow of repository acme/app, begun by .github/workflows/release.yml, run for refs/tags/v* (trust sigstore)
   - the key keys/cosign.pub (trust release-key)
   It must be at most 30 days old, by the smallest time that its signature proves. A signature by a key proves no time: there the time that the signed statement gives counts, or none does.
   This must hold of it: predicate.buildDefinition.externalParameters.workflow.ref.startsWith("refs/tags/")

3. two reviewers
   Each platform, or the index that contains it, must have a verified statement of type https://example.com/review/v1.
   It must be signed by at least 2 of these, each another signer with another signature:
   - the identity first-reviewer@acme.example, vouched for by https://accounts.example (trust sigstore)
   - the identity second-reviewer@acme.example, vouched for by https://accounts.example (trust sigstore)
   - a certificate whose name has "C=US, O=Acme" (trust corp)
   Note: a Notary Project signature carries no statement, so nothing can meet the entries of such a trust here; referrer asks for one on the artifact that holds a statement.

4. the SBOM is itself signed
   Each platform, or the index that contains it, must have an artifact of type application/spdx+json.
   The artifact must itself have a referrer, a signature on it by the key keys/cosign.pub (trust release-key).

Whom it trusts:
- sigstore: certificates under Sigstore's public root, as it came with this software.
- release-key: the key keys/cosign.pub, no log asked for.
- corp: Notary Project signatures, authorities certs/corp-root.pem; timestamps of certs/tsa.pem; level strict.

What it lets through:
- until 2027-01-31 (UTC, that day included) images ghcr.io/acme/legacy* need not meet "two reviewers": being retired`,
    );
  });

  it('speaks of every good policy without a gap', async () => {
    for (const [title, text] of Object.entries(GOOD)) {
      const policy = await parsePolicy(text, { file });
      const words = explainPolicy(policy);
      assert.doesNotMatch(words, /undefined|null|\[object|NaN|\(trust\s*\)| {2}\.|, \)/, title);
      for (const { name } of policy.rules) assert.ok(words.includes(name), title);
      for (const name of policy.trust.keys()) assert.ok(words.includes(name), title);
    }
  });

  it('says what the levels of the Notary Project let through', async () => {
    const written = await readFile(example, 'utf8');
    const levels = [
      ['strict', /level strict\.$/m],
      ['permissive', /level permissive \(expired signatures and certificates are only reported\)\.$/m],
      ['audit', /level audit \(anybody can make a signature that counts\)\.$/m],
      ['skip', /level skip \(nothing is verified, so nothing counts\)\.$/m],
    ] as const;
    for (const [level, words] of levels) {
      const text = written.replace('level: strict', `level: ${level}`);
      assert.match(explainPolicy(await parsePolicy(text, { file })), words);
    }
  });

  it('speaks of the short form', () => {
    const words = explainPolicy(
      buildShortPolicy({ require: ['https://slsa.dev/provenance/v1'], signerRepo: 'acme/app', maxAge: '1w' }),
    );
    assert.match(words, /^inputs: an image passes when its one rule is met\./);
    assert.match(words, /a GitHub workflow signing in a workflow of acme\/app \(trust sigstore\)/);
    assert.match(words, /at most 7 days old/);
    const [sourceDigest, signerDigest] = ['c0'.repeat(20), '5e'.repeat(20)];
    const pinned = explainPolicy(
      buildShortPolicy({
        require: ['https://slsa.dev/provenance/v1'],
        signerRepo: 'acme/app',
        sourceDigest,
        signerDigest,
      }),
    );
    assert.ok(
      pinned.includes(`of which the file is that of commit ${signerDigest}, run for the commit ${sourceDigest}`),
    );
  });
});
