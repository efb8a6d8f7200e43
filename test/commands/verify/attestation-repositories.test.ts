import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attestationRepositories } from '../../../src/commands/verify/attestation-repositories.ts';
import { parsePolicy } from '../../../src/policy/parse/parse-policy.ts';

const RUN = { GITHUB_REPOSITORY: 'acme/deploy' };
const NONE = { attestationRepository: undefined, sources: ['github'] } as const;

async function policyWith(...github: readonly string[]) {
  const signers = github.map((one) => `{ trust: s, github: { ${one} } }`).join(', ');
  return parsePolicy(
    `version: 1\ntrust: { s: { root: public-good } }\nrules: [{ name: r, signed-by: { any-of: [${signers}] } }]\n`,
    { file: 'p.yml' },
  );
}

describe('the repository whose attestations are asked for', () => {
  it('is the one that is given', async () => {
    const given = { attestationRepository: 'acme/other', sources: ['api', 'github'] } as const;
    assert.deepEqual(attestationRepositories(given, await policyWith('repository: acme/app'), RUN), ['acme/other']);
  });

  it('else each that a rule names: that of the run before that of the workflow that signed', async () => {
    const policy = await policyWith(
      'repository: acme/app, signer-workflow: acme/shared/.github/workflows/build.yml',
      'signer-workflow: acme/tools/.github/workflows/build.yml',
      'repository: acme/app',
    );
    assert.deepEqual(attestationRepositories(NONE, policy, RUN), ['acme/app', 'acme/tools']);
  });

  it('else that of the run, where the rules leave it open', async () => {
    assert.deepEqual(attestationRepositories(NONE, await policyWith('repository: "acme/*"'), RUN), ['acme/deploy']);
    assert.deepEqual(attestationRepositories(NONE, await policyWith('owner-id: "42"'), RUN), ['acme/deploy']);
  });

  it('is an error where nothing names one', async () => {
    const policy = await policyWith('owner-id: "42"');
    assert.throws(() => attestationRepositories(NONE, policy, {}), {
      code: 'input-conflict',
      hint: /attestation-repository/,
    });
  });
});
