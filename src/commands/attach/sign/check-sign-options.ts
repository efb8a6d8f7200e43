import { CodedError } from '../../../errors/coded-error.ts';
import type { AttachOptions } from '../options.ts';

/**
 * Refuses options of signing that would have no effect. Those of an environment variable alone are let be: it may stand
 * there for another step. Throws `input-conflict`.
 */
export function checkSignOptions(options: AttachOptions): void {
  const { sign, signByDigest, predicateType, sigstoreInstance, signingConfig, trustedRoot, signingKeyFile } = options;
  if (sign === 'none') {
    const given = Object.entries({
      'predicate-type': predicateType,
      'sign-by-digest': signByDigest || undefined,
      'signing-config': signingConfig,
      'signing-key-file': signingKeyFile,
      'trusted-root': trustedRoot,
    }).find(([, value]) => value !== undefined);
    if (given !== undefined) throw conflict(`${given[0]} is set, but sign is none`, 'Set sign to keyless or key.');
    return;
  }
  if (predicateType !== undefined && !isUri(predicateType)) {
    throw new CodedError('input-invalid', `predicate-type ${JSON.stringify(predicateType)} is no URI`, {
      hint: 'Expected a URI such as https://in-toto.io/attestation/test-result/v0.1.',
    });
  }
  if (sign === 'keyless' && signingKeyFile !== undefined) {
    throw conflict('signing-key-file is set, but sign is keyless', 'Set sign to key, or leave the key out.');
  }
  if (sign === 'key' && signingKeyFile === undefined && options.signingKey === undefined) {
    throw conflict('sign is key, but there is no key', 'Set signing-key or signing-key-file.');
  }
  if (signingConfig !== undefined && sigstoreInstance !== 'auto') {
    throw conflict(
      `sigstore-instance: ${sigstoreInstance} and signing-config both say where to sign`,
      'Give one of them.',
    );
  }
  if (sign === 'key' && sigstoreInstance !== 'auto') {
    throw conflict(`sigstore-instance: ${sigstoreInstance} has no effect on sign: key`, 'Leave it out.');
  }
}

/** in-toto attestation framework, "TypeURI": an absolute URI. */
function isUri(text: string): boolean {
  return URL.canParse(text) && /^[\x21-\x7e]{1,2048}$/.test(text);
}

function conflict(message: string, hint: string): CodedError {
  return new CodedError('input-conflict', message, { hint });
}
