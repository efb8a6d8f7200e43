import { runVerifyBundle, type VerifyBundleResult } from '../../src/commands/verify-bundle/run.ts';
import { toCodedError } from '../../src/errors/coded-error.ts';
import type { BundleCase } from './bundle-case.ts';

/** One case as the hidden command runs it, in this process. What is thrown for its files is a refusal, too. */
export async function runCase(one: BundleCase): Promise<VerifyBundleResult> {
  try {
    return await runVerifyBundle(
      {
        fileOrDigest: one.artifactFile,
        bundle: one.bundleFile,
        certificateIdentity: one.keyFile === undefined ? one.identity : undefined,
        certificateOidcIssuer: one.keyFile === undefined ? one.issuer : undefined,
        key: one.keyFile,
        trustedRoot: one.rootFile,
        staging: false,
      },
      { workspace: '/' },
    );
  } catch (thrown) {
    const { code, message } = toCodedError(thrown);
    // a file that is not there is a hole in the suite, never a signature refused
    if (code.startsWith('file-') || code.startsWith('input-') || code === 'internal') throw thrown;
    return { verified: false, reason: `${code}: ${message}` };
  }
}

/** The same as words of the command line. */
export function wordsOf(one: BundleCase): readonly string[] {
  const signer =
    one.keyFile === undefined
      ? ['--certificate-identity', one.identity, '--certificate-oidc-issuer', one.issuer]
      : ['--key', one.keyFile];
  const root = one.rootFile === undefined ? [] : ['--trusted-root', one.rootFile];
  return ['verify-bundle', '--bundle', one.bundleFile, ...signer, ...root, one.artifactFile];
}
