import type { X509Certificate } from 'node:crypto';
import { digestOf } from '../../oci/digest.ts';
import type { VerifiedTime, VerifyOptions, VerifyOutcome } from '../signed-evidence.ts';
import type { NotationSigner } from '../signer.ts';
import type { NotationTrust, RootInfo, Trust } from '../trust.ts';
import { requireSigningChain } from './certificate-chain.ts';
import type { Certificate } from './certificate-profile.ts';
import { formatDistinguishedName } from './distinguished-name.ts';
import type { NotationEnvelope } from './envelope.ts';
import { LevelChecks } from './level-checks.ts';
import { faultOf, NotationFault } from './notation-fault.ts';
import { type ProvedTime, proveTime } from './prove-time.ts';
import { algorithmOfKey } from './signing-algorithm.ts';
import { readSubjectName } from './subject-name.ts';
import { requireValid, validityOf } from './validity.ts';

type Chain = readonly [Certificate, ...Certificate[]];

/**
 * Verifies an envelope as trust-store-trust-policy.md "Signature Verification" says, but for the trusted identities,
 * which are the rule's, and revocation, which nothing here can ask for. Never throws.
 */
export async function verifyNotation(
  envelope: NotationEnvelope,
  trust: Trust,
  options: VerifyOptions,
): Promise<VerifyOutcome> {
  try {
    return await judge(envelope, trust, options.now);
  } catch (thrown) {
    const { state, message } = faultOf(thrown, 'it cannot be verified');
    return { verified: false, state, reason: message };
  }
}

async function judge(envelope: NotationEnvelope, trust: Trust, now: Date): Promise<VerifyOutcome> {
  if (trust.kind !== 'notation') {
    throw new NotationFault('it is a Notary Project signature, and the trust has no Notary Project store', 'untrusted');
  }
  if (trust.level === 'skip') {
    // "success" to the specification; to a gate, nothing that anybody verified
    throw new NotationFault('not verified: the level of the trust is skip', 'unsupported');
  }
  const chain = await requireIntegrity(envelope);
  const checks = new LevelChecks(trust.level);
  const root = checks.run('authenticity', () => requireTrustedRoot(envelope, chain, trust));
  checks.run('expiry', () => requireUnexpired(envelope.attributes.expiry, now));
  const proved = checks.run('authentic timestamp', () => proveTime(envelope, trust, now));
  checks.run('authentic timestamp', () => requireValidChain(chain, proved, now));
  checks.noteRevocation();
  if (proved?.note !== undefined) checks.notes.push(proved.note);
  const { scheme } = envelope.attributes;
  return {
    verified: true,
    signer: describeSigner(chain[0], scheme),
    root,
    times: verifiedTimes(proved, root),
    notes: checks.notes,
  };
}

/** Header, signature, and a chain that is one; every level enforces them. */
async function requireIntegrity({ attributes, algorithm, chain, verifySignature }: NotationEnvelope): Promise<Chain> {
  const [unknown] = attributes.unknownCritical;
  if (unknown !== undefined) throw new NotationFault(`the critical attribute ${JSON.stringify(unknown)} is not known`);
  const certificates = requireSigningChain(chain);
  const leaf = certificates[0].x509;
  const expected = algorithmOfKey(leaf.publicKey);
  if (algorithm !== expected.jws) {
    throw new NotationFault(
      `the algorithm is ${JSON.stringify(algorithm)}, and the signer's key asks for ${expected.jws}`,
    );
  }
  if (!(await verifySignature(leaf, expected))) throw new NotationFault('the signature is wrong');
  if (attributes.plugin !== undefined) {
    throw new NotationFault(`it asks for the verification plugin ${JSON.stringify(attributes.plugin)}`, 'unsupported');
  }
  return certificates;
}

/** The last certificate of the chain is in the store of the signing scheme, byte for byte. */
function requireTrustedRoot({ attributes }: NotationEnvelope, chain: Chain, trust: NotationTrust): RootInfo {
  const isAuthority = attributes.scheme === 'notary.x509.signingAuthority';
  const [store, name] = isAuthority ? [trust.signingAuthority, 'signing-authority'] : [trust.ca, 'ca'];
  const root = chain.at(-1) ?? chain[0];
  if (store.some(({ raw }) => raw.equals(root.x509.raw))) return describeRoot(root, name);
  const below = chain.find(({ x509 }) => store.some(({ raw }) => raw.equals(x509.raw)));
  const instead = below === undefined ? '' : `: the store has ${below.title}, which is not the root of the chain`;
  throw new NotationFault(`its root ${root.title} is not in the trust store (${name})${instead}`, 'untrusted');
}

function requireUnexpired(expiry: Date | undefined, now: Date): void {
  if (expiry !== undefined && now >= expiry) throw new NotationFault(`it expired on ${expiry.toISOString()}`);
}

/** Without a proved time, the certificates must be valid now. */
function requireValidChain(chain: Chain, proved: ProvedTime | undefined, now: Date): void {
  if (proved?.time === undefined) {
    requireValid(chain, { from: now, to: now }, 'now, and no verified time says when it was signed');
  } else {
    requireValid(chain, proved.range, `when it was signed, ${proved.time.time.toISOString()}`);
  }
}

/** What a signing authority says of the time is worth as much as its root. */
function verifiedTimes(proved: ProvedTime | undefined, root: RootInfo | undefined): readonly VerifiedTime[] {
  if (proved?.time === undefined) return [];
  return proved.time.source === 'signing-authority' && root === undefined ? [] : [proved.time];
}

function describeSigner({ x509, fields }: Certificate, scheme: NotationSigner['scheme']): NotationSigner {
  const attributes = readSubjectName(fields.subjectName);
  return {
    kind: 'notation',
    identity: formatDistinguishedName(attributes),
    attributes,
    scheme,
    fingerprint: fingerprintOf(x509),
  };
}

function describeRoot({ x509, title }: Certificate, store: string): RootInfo {
  const { notBefore } = validityOf(x509);
  return { label: `${store}: ${title}`, source: 'trust-store', digest: fingerprintOf(x509), date: notBefore };
}

function fingerprintOf({ raw }: X509Certificate): string {
  return digestOf(raw);
}
