import type { ASN1Obj } from '@sigstore/core';
import { type CertificateAuthority, type TransparencyLogInstance, TrustedRoot } from '@sigstore/protobuf-specs';
import { toTrustMaterial } from '@sigstore/verify';
import { CodedError } from '../../errors/coded-error.ts';
import type { JsonObject } from '../../oci/strict-json.ts';
import { findNotUnderstood } from '../not-understood.ts';
import { describeRootShape } from './check-root-shape.ts';
import type { TrustedRootsOptions } from './trusted-root.ts';

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;
const HINT = 'A trusted root comes from `cosign trusted-root create`, `gh attestation trusted-root` or your own TUF.';

/**
 * Strictly parsed JSON -> trusted root (sigstore/protobuf-specs sigstore_trustroot.proto), if everything that the
 * library takes for granted is there. `asks`, `source`: see TrustedRootsOptions; what TUF gave is
 * published: its signatures vouch for how it is spelt. Throws `trusted-root-invalid`.
 */
export function checkTrustedRoot(
  json: JsonObject,
  what: string,
  { asks = 'certificates', source }: Pick<TrustedRootsOptions, 'asks' | 'source'>,
): TrustedRoot {
  const mediaType = json['mediaType'];
  if (typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType)) {
    throw invalid(what, `its mediaType is ${JSON.stringify(mediaType ?? null).slice(0, 120)}`);
  }
  const misshapen = describeRootShape(json, source === 'tuf');
  if (misshapen !== undefined) throw invalid(what, misshapen);
  const root = readRoot(json, what);
  for (const [at, log] of root.tlogs.entries()) checkLog(log, `tlogs[${at}]`, what);
  for (const [at, log] of root.ctlogs.entries()) checkLog(log, `ctlogs[${at}]`, what);
  for (const [at, ca] of root.certificateAuthorities.entries())
    checkAuthority(ca, `certificateAuthorities[${at}]`, what);
  for (const [at, tsa] of root.timestampAuthorities.entries()) checkAuthority(tsa, `timestampAuthorities[${at}]`, what);
  if (asks === 'log' && root.tlogs.length === 0) throw invalid(what, 'it names no log');
  if (asks === 'certificates' && root.certificateAuthorities.length === 0) {
    throw invalid(what, 'it names no certificate authority');
  }
  if (root.tlogs.length === 0 && root.timestampAuthorities.length === 0) {
    throw invalid(what, 'it names neither a log nor a timestamp authority, so that no time could be proved');
  }
  readMaterial(root, what);
  return root;
}

/**
 * Without a start the library takes a log's key for valid since the beginning of time (sigstore-conformance
 * `trust-root-tlog-missing-validity-start_fail`).
 */
function checkLog(log: TransparencyLogInstance, at: string, what: string): void {
  const { publicKey, logId, checkpointKeyId } = log;
  if (publicKey?.rawBytes === undefined) throw invalid(what, `${at} has no publicKey`);
  if (publicKey.validFor?.start === undefined) throw invalid(what, `${at} has no publicKey.validFor.start`);
  if (((checkpointKeyId ?? logId)?.keyId.length ?? 0) === 0) throw invalid(what, `${at} has no logId`);
}

function checkAuthority(authority: CertificateAuthority, at: string, what: string): void {
  if ((authority.certChain?.certificates.length ?? 0) === 0) throw invalid(what, `${at} has no certificate`);
}

function readRoot(json: JsonObject, what: string): TrustedRoot {
  try {
    return TrustedRoot.fromJSON(json);
  } catch (cause) {
    throw invalid(what, (cause as Error).message, cause);
  }
}

/** Parses every key and certificate now, so that a defect is found at load and not at the first signature. */
function readMaterial(root: TrustedRoot, what: string): void {
  try {
    const { certificateAuthorities, timestampAuthorities } = toTrustMaterial(root);
    for (const { certChain } of [...certificateAuthorities, ...timestampAuthorities]) {
      for (const certificate of certChain) {
        void [certificate.notBefore, certificate.notAfter, certificate.publicKey];
        refuseNotUnderstood(certificate.root, what);
      }
    }
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw invalid(what, `a key or certificate in it cannot be read: ${(cause as Error).message}`, cause);
  }
}

/** The library does not look: whom an authority may certify, for one, would be anybody. */
function refuseNotUnderstood(certificate: ASN1Obj, what: string): void {
  const oid = findNotUnderstood(certificate);
  if (oid !== undefined)
    throw invalid(what, `a certificate in it has the extension ${oid}, which is not understood here`);
}

function invalid(what: string, why: string, cause?: unknown): CodedError {
  return new CodedError('trusted-root-invalid', `${what} is no trusted root: ${why}`, { cause, hint: HINT });
}
