import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import type { CertificateSigner } from '../../src/evidence/signer.ts';
import { explainMismatch } from '../../src/policy/identity-help.ts';
import { matchSigner } from '../../src/policy/match-signer.ts';
import type { SignerRule } from '../../src/policy/policy.ts';
import { buildShortPolicy } from '../../src/policy/short-form.ts';
import type { ShortFormInputs } from '../../src/policy/short-form-inputs.ts';
import { COMMIT, githubSigner, keySigner, personSigner, RELEASE_WORKFLOW, SIGNER_COMMIT } from './make-evidence.ts';

const REUSABLE = 'https://github.com/acme/ci/.github/workflows/sign.yml@refs/heads/main';
const reusable = githubSigner({ '9': REUSABLE }, { identity: REUSABLE });
const elsewhere = githubSigner({ '14': 'refs/heads/main', '11': 'self-hosted' });

const asked: ShortFormInputs = {
  require: ['https://slsa.dev/provenance/v1'],
  signerWorkflow: 'acme/app/.github/workflows/other.yml',
};

function entryOf(inputs: ShortFormInputs): SignerRule {
  const [entry] = buildShortPolicy(inputs).rules[0]?.signedBy?.of ?? [];
  assert.ok(entry !== undefined);
  return entry;
}

function pasteFor(inputs: ShortFormInputs, signer: CertificateSigner): string {
  const entry = entryOf(inputs);
  return explainMismatch(matchSigner(entry, signer), signer, entry).paste;
}

/** The step as it is once the lines have been pasted over those of the same name. */
function pasted(inputs: ShortFormInputs, paste: string): ShortFormInputs {
  const given = parse(paste) as Record<string, string>;
  const known = [
    'signer-workflow',
    'signer-repo',
    'certificate-identity',
    'certificate-oidc-issuer',
    'source-ref',
    'source-repo',
    'source-digest',
    'signer-digest',
  ];
  for (const name of Object.keys(given)) assert.ok([...known, 'deny-self-hosted-runners'].includes(name), name);
  const named =
    given['certificate-identity'] === undefined ? inputs : { ...inputs, signerWorkflow: '', signerRepo: '' };
  return {
    ...named,
    ...(given['signer-workflow'] && { signerWorkflow: given['signer-workflow'] }),
    ...(given['signer-repo'] && { signerRepo: given['signer-repo'] }),
    ...(given['certificate-identity'] && { certificateIdentity: given['certificate-identity'] }),
    ...(given['certificate-oidc-issuer'] && { certificateOidcIssuer: given['certificate-oidc-issuer'] }),
    ...(given['source-repo'] && { sourceRepo: given['source-repo'] }),
    ...(given['source-ref'] && { sourceRef: given['source-ref'] }),
    ...(given['source-digest'] && { sourceDigest: given['source-digest'] }),
    ...(given['signer-digest'] && { signerDigest: given['signer-digest'] }),
    ...(given['deny-self-hosted-runners'] && { denySelfHostedRunners: given['deny-self-hosted-runners'] === 'true' }),
  };
}

describe('what to paste where the short form asked', () => {
  const cases: readonly (readonly [string, ShortFormInputs, CertificateSigner, string])[] = [
    ['a workflow', asked, githubSigner(), 'signer-workflow: "acme/app/.github/workflows/release.yml"'],
    [
      'a workflow with its ref, where the step has one',
      { ...asked, signerWorkflow: 'acme/app/.github/workflows/release.yml@refs/tags/v1.3' },
      githubSigner(),
      'signer-workflow: "acme/app/.github/workflows/release.yml@refs/tags/v1.4"',
    ],
    [
      'a repository',
      { ...asked, signerWorkflow: '', signerRepo: 'acme/lib' },
      githubSigner(),
      'signer-repo: "acme/app"',
    ],
    [
      'another ref and runner',
      { ...asked, sourceRef: 'refs/tags/v*', denySelfHostedRunners: true },
      elsewhere,
      'signer-workflow: "acme/app/.github/workflows/release.yml"\nsource-ref: "refs/heads/main"\ndeny-self-hosted-runners: "false"',
    ],
    [
      'another commit, of the source and of the workflow file',
      { ...asked, sourceDigest: 'f'.repeat(40), signerDigest: 'e'.repeat(40) },
      elsewhere,
      `signer-workflow: "acme/app/.github/workflows/release.yml"\nsource-digest: "${COMMIT}"\nsigner-digest: "${SIGNER_COMMIT}"`,
    ],
    [
      'a reusable workflow of another repository, with who called it',
      asked,
      reusable,
      'signer-workflow: "acme/ci/.github/workflows/sign.yml"\nsource-repo: "acme/app"',
    ],
    [
      'a called workflow, by its repository',
      { ...asked, signerWorkflow: '', signerRepo: 'acme/lib', sourceRepo: 'acme/other' },
      reusable,
      'signer-repo: "acme/ci"\nsource-repo: "acme/app"',
    ],
    [
      'somebody who is no workflow',
      asked,
      personSigner('release@acme.example'),
      'certificate-identity: "release@acme.example"\ncertificate-oidc-issuer: "https://accounts.example"',
    ],
  ];
  for (const [what, inputs, signer, paste] of cases) {
    it(`is inputs of the step, and accepts that signer: ${what}`, () => {
      assert.equal(pasteFor(inputs, signer), paste);
      const entry = entryOf(pasted(inputs, paste));
      assert.equal(matchSigner(entry, signer).matches, true, JSON.stringify(matchSigner(entry, signer)));
    });
  }

  it('is an entry of signed-by where inputs cannot say it, or would be read as something else', () => {
    for (const identity of ['a*@acme.example', 'a"b', '$'.concat('{{ secrets.X }}'), 'a\nb', '']) {
      assert.match(pasteFor(asked, personSigner(identity)), /^- (?:\{ )?trust: /, identity);
    }
    const narrowed = { ...asked, sourceRef: 'refs/tags/v*' };
    assert.match(pasteFor(narrowed, personSigner('a@acme.example')), /^- (?:\{ )?trust: /);
  });

  it('is an entry of signed-by where a file asked', () => {
    const match = matchSigner(RELEASE_WORKFLOW, elsewhere);
    assert.match(explainMismatch(match, elsewhere, RELEASE_WORKFLOW).paste, /^- (?:\{ )?trust: /);
    const key = keySigner();
    const entry = entryOf(asked);
    assert.match(explainMismatch(matchSigner(entry, key), key, entry).paste, /^- (?:\{ )?trust: /);
  });
});
