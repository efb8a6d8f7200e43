import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { fingerprintOf, parsePublicKey } from '../../evidence/keys/public-key.ts';
import type { SignedClaim } from '../../evidence/signed-evidence.ts';
import type { Signer } from '../../evidence/signer.ts';
import { openBundle } from '../../evidence/sigstore/open-bundle.ts';
import { publicGoodRoots } from '../../evidence/sigstore/public-good-roots.ts';
import { parseTrustedRoots } from '../../evidence/sigstore/trusted-root.ts';
import type { SigstoreTrust, Trust } from '../../evidence/trust.ts';
import { algorithmOf, type Digest, digestOf, encodedOf, isDigest } from '../../oci/digest.ts';
import type { VerifyBundleOptions } from './options.ts';

export type VerifyBundleResult =
  | { readonly verified: true; readonly signer: Signer }
  | { readonly verified: false; readonly reason: string };

/** What was signed, as far as it is at hand. */
interface Signed {
  readonly digest: Digest;
  /** undefined where only the digest was given. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * One bundle against one identity or key. `now` is for nothing yet but the contract of evidence. Throws for usage: a
 * file that cannot be read, a root or key that is none.
 */
export async function runVerifyBundle(
  options: VerifyBundleOptions,
  { workspace, now = new Date() }: { readonly workspace: string; readonly now?: Date },
): Promise<VerifyBundleResult> {
  const read = (file: string): Promise<Uint8Array> => readUserFile(resolve(workspace, file), file);
  const bundle = requireOption(options.bundle, '--bundle');
  const target = requireOption(options.fileOrDigest, 'FILE_OR_DIGEST');
  const trust = await loadTrust(options, read);
  const signed = await loadSigned(target, read);
  const evidence = openBundle({ bytes: await read(bundle), mediaType: '', annotations: {}, what: bundle });
  if (evidence.signed === 'broken') return refuse(`${evidence.state}: ${evidence.reason}`);
  const outcome = await evidence.verify(trust, { now, artifact: signed.bytes });
  if (!outcome.verified) return refuse(`${outcome.state}: ${outcome.reason}`);
  const refusal = refuseSubject(evidence.claim, signed) ?? refuseSigner(outcome.signer, options);
  return refusal === undefined ? { verified: true, signer: outcome.signer } : refuse(refusal);
}

async function loadTrust(
  { key, trustedRoot, staging, certificateIdentity }: VerifyBundleOptions,
  read: (file: string) => Promise<Uint8Array>,
): Promise<Trust> {
  if (staging && trustedRoot === undefined) {
    throw new CodedError('input-conflict', '--staging needs --trusted-root: the root of that instance is not embedded');
  }
  const roots =
    trustedRoot === undefined
      ? publicGoodRoots()
      : parseTrustedRoots(await read(trustedRoot), {
          label: trustedRoot,
          source: 'file',
          asks: key === undefined ? 'certificates' : 'log',
        });
  if (key !== undefined) return keyTrust(Buffer.from(await read(key)).toString('utf8'), key, roots);
  requireOption(certificateIdentity, '--certificate-identity or --key');
  return { kind: 'sigstore', name: 'root', roots };
}

/** The protocol knows no key without a log. */
function keyTrust(pem: string, file: string, roots: SigstoreTrust['roots']): Trust {
  const key = parsePublicKey(pem, file);
  return { kind: 'key', name: file, key, fingerprint: fingerprintOf(key), log: 'required', root: roots[0] };
}

async function loadSigned(target: string, read: (file: string) => Promise<Uint8Array>): Promise<Signed> {
  if (target.startsWith('sha256:') && isDigest(target)) return { digest: target, bytes: undefined };
  const bytes = await read(target);
  return { digest: digestOf(bytes), bytes };
}

/** The library compares neither a statement's subject nor an identity. */
function refuseSubject(claim: SignedClaim, { digest }: Signed): string | undefined {
  if (claim.kind !== 'statement') return undefined; // a message signature was verified over the bytes
  const { subjects } = claim.statement;
  if (subjects.some((subject) => subject.digest[algorithmOf(digest)] === encodedOf(digest))) return undefined;
  return `wrong-subject: the statement is not about ${digest}`;
}

function refuseSigner(
  signer: Signer,
  { certificateIdentity: identity, certificateOidcIssuer: issuer }: VerifyBundleOptions,
): string | undefined {
  if (signer.kind !== 'certificate') return undefined; // the key is the identity
  if (identity !== undefined && signer.identity === identity && signer.issuer === issuer) return undefined;
  const found = `${JSON.stringify(signer.identity ?? null)} of ${JSON.stringify(signer.issuer ?? null)}`;
  return `untrusted-identity: signed by ${found}, not ${JSON.stringify(identity)} of ${JSON.stringify(issuer)}`;
}

function refuse(reason: string): VerifyBundleResult {
  return { verified: false, reason };
}

function requireOption(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new CodedError('input-invalid', `${name} is missing`);
  return value;
}

async function readUserFile(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const what = isMissing ? 'there is no file' : 'cannot read the file';
    throw new CodedError(isMissing ? 'file-missing' : 'file-unreadable', `${what} ${JSON.stringify(shown)}`, { cause });
  }
}
