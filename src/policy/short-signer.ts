import { CodedError } from '../errors/coded-error.ts';
import { GITHUB_ISSUER } from './github-claims.ts';
import { COMMIT, expectedShape, type GithubClaimName } from './github-shapes.ts';
import type { GithubIdentity, SignerRule } from './policy.ts';
import { INPUTS, type InputLabel, SHORT_TRUST, type ShortFormInputs } from './short-form-inputs.ts';
import { plainPattern } from './text-matcher.ts';
import type { TextPattern } from './text-pattern.ts';

/** Each names who signs; one of them is enough. */
const SIGNERS = ['signer-workflow', 'signer-repo', 'certificate-identity', 'key'] as const;
/** Each narrows down what one of the others names. */
const NARROWING = [
  'source-repo',
  'source-ref',
  'source-digest',
  'signer-digest',
  'certificate-oidc-issuer',
  'deny-self-hosted-runners',
  'trusted-root',
  'refresh-trusted-root',
] as const;

type SignerInput = (typeof SIGNERS)[number] | (typeof NARROWING)[number];

/** Who must have signed what `require` lists. Throws `input-conflict`, `input-invalid`. */
export function readShortSigner(inputs: ShortFormInputs, label: InputLabel): SignerRule {
  checkSigners(givenInputs(inputs), label);
  if (inputs.key) return { trust: SHORT_TRUST.key, at: INPUTS };
  const workflow = inputs.signerWorkflow ? readWorkflow(inputs.signerWorkflow, label) : undefined;
  const identity = workflow?.identity ?? optional(inputs.certificateIdentity, 'certificate-identity', label);
  const github: GithubIdentity = {
    ...(workflow && { signerWorkflow: workflow.path }),
    ...(inputs.signerRepo && {
      signerRepository: claim('signer-repository', withoutHost(inputs.signerRepo), 'signer-repo', label),
    }),
    ...(inputs.sourceRepo && {
      repository: claim('repository', withoutHost(inputs.sourceRepo), 'source-repo', label),
    }),
    ...(inputs.sourceRef && { ref: claim('ref', inputs.sourceRef, 'source-ref', label) }),
    ...(inputs.sourceDigest && { commit: commit(inputs.sourceDigest, 'source-digest', label) }),
    ...(inputs.signerDigest && { signerCommit: commit(inputs.signerDigest, 'signer-digest', label) }),
    ...(inputs.denySelfHostedRunners && { runner: 'github-hosted' as const }),
  };
  return {
    trust: SHORT_TRUST.certificate,
    ...(identity && { identity }),
    issuer: readIssuer(inputs.certificateOidcIssuer, label),
    ...(Object.keys(github).length > 0 && { github }),
    at: INPUTS,
  };
}

/** Whoever names a signer takes it that signatures are looked at: without `require` none are. Throws `input-conflict`. */
export function refuseSigners(inputs: ShortFormInputs, label: InputLabel): void {
  const [first] = givenInputs(inputs);
  if (first === undefined) return;
  throw new CodedError('input-conflict', `${label(first)} needs ${label('require')}, which is empty`, {
    hint: `What ${label('require-unsigned')} lists is not asked for signatures. Move it to ${label('require')}, or leave ${label(first)} out.`,
  });
}

function givenInputs(inputs: ShortFormInputs): readonly SignerInput[] {
  const values: Readonly<Record<SignerInput, string | boolean | undefined>> = {
    'signer-workflow': inputs.signerWorkflow,
    'signer-repo': inputs.signerRepo,
    'certificate-identity': inputs.certificateIdentity,
    key: inputs.key,
    'source-repo': inputs.sourceRepo,
    'source-ref': inputs.sourceRef,
    'source-digest': inputs.sourceDigest,
    'signer-digest': inputs.signerDigest,
    'certificate-oidc-issuer': inputs.certificateOidcIssuer,
    'deny-self-hosted-runners': inputs.denySelfHostedRunners,
    'trusted-root': inputs.trustedRoot,
    'refresh-trusted-root': inputs.refreshTrustedRoot,
  };
  return [...SIGNERS, ...NARROWING].filter((name) => Boolean(values[name]));
}

function checkSigners(given: readonly SignerInput[], label: InputLabel): void {
  const [first, second] = SIGNERS.filter((name) => given.includes(name));
  if (first === undefined) {
    throw new CodedError(
      'input-conflict',
      `${label('require')} needs to know who signs: none of ${listOf(SIGNERS, label)} is set`,
      {
        hint: `Set one of them, or list under ${label('require-unsigned')} what nobody needs to have signed.`,
      },
    );
  }
  if (second !== undefined) {
    throw new CodedError('input-conflict', `${label(first)} and ${label(second)} cannot be given together`, {
      hint: 'Give one of them. For several signers write a policy file.',
    });
  }
  const senseless = first === 'key' ? given.find((name) => name !== 'key') : undefined;
  if (senseless !== undefined) {
    throw new CodedError(
      'input-conflict',
      `${label('key')} and ${label(senseless)} cannot be given together: a key has no certificate`,
      {
        hint: `Leave ${label(senseless)} out.`,
      },
    );
  }
  if (first === 'certificate-identity' && !given.includes('certificate-oidc-issuer')) {
    throw new CodedError(
      'input-conflict',
      `${label('certificate-identity')} needs ${label('certificate-oidc-issuer')}, which is not set`,
      {
        hint: 'An identity means nothing without who vouches for it. `none` is for a certificate that has no issuer.',
      },
    );
  }
}

/** `owner/name/.github/workflows/x.yml`, with or without host, with or without `@ref`: with it, the whole identity is compared. */
function readWorkflow(
  text: string,
  label: InputLabel,
): { readonly path: TextPattern; readonly identity?: TextPattern } {
  const [path = '', ref, ...more] = withoutHost(text).split('@');
  const signerWorkflow = claim('signer-workflow', path, 'signer-workflow', label);
  if (ref === undefined) return { path: signerWorkflow };
  const isWhole = more.length === 0 && (/^refs\/[^/]+\/./.test(ref) || /^[0-9a-f]{40}$/.test(ref));
  if (isWhole)
    return { path: signerWorkflow, identity: pattern(`https://github.com/${path}@${ref}`, 'signer-workflow', label) };
  throw new CodedError(
    'input-invalid',
    `${label('signer-workflow')}: expected a whole ref after @, such as @refs/heads/main; got ${JSON.stringify(text)}`,
  );
}

function withoutHost(text: string): string {
  return text.replace(/^(?:https:\/\/)?github\.com\//, '');
}

function readIssuer(text: string | undefined, label: InputLabel): TextPattern | 'none' {
  if (text === 'none') return 'none';
  return optional(text, 'certificate-oidc-issuer', label) ?? { kind: 'exact', text: GITHUB_ISSUER };
}

function claim(shape: GithubClaimName, text: string, name: SignerInput, label: InputLabel): TextPattern {
  const found = pattern(text, name, label);
  const expected = expectedShape(shape, text);
  if (expected === undefined) return found;
  throw new CodedError('input-invalid', `${label(name)}: expected ${expected}; got ${JSON.stringify(text)}`);
}

function commit(text: string, name: SignerInput, label: InputLabel): string {
  if (COMMIT.fits(text)) return text;
  throw new CodedError('input-invalid', `${label(name)}: expected ${COMMIT.expected}; got ${JSON.stringify(text)}`);
}

function optional(text: string | undefined, name: SignerInput, label: InputLabel): TextPattern | undefined {
  return text ? pattern(text, name, label) : undefined;
}

function pattern(text: string, name: SignerInput, label: InputLabel): TextPattern {
  const found = plainPattern(text);
  if ('problem' in found) throw new CodedError('input-invalid', `${label(name)}: ${found.problem}`);
  return found;
}

function listOf(names: readonly string[], label: InputLabel): string {
  return names.map(label).join(', ');
}
