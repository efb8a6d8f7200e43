import type { X509Certificate } from '@sigstore/core';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';

/**
 * Which log or authority of a signature a root does not know, in words; undefined where it knows them all, so that what
 * failed is wrong and not merely unknown. By log id, issuer and serial number, never by what an error says.
 */
export function findUnknownMaterial(entity: SignedEntity, material: TrustMaterial): string | undefined {
  return (
    unknownAuthority(entity, material) ?? unknownLog(entity, material) ?? unknownTimestampAuthority(entity, material)
  );
}

function unknownAuthority({ key }: SignedEntity, material: TrustMaterial): string | undefined {
  if (key.$case !== 'certificate') return undefined;
  const { certificate } = key;
  const known = material.certificateAuthorities.flatMap(({ certChain }) => certChain);
  if (!known.some((authority) => issued(authority, certificate))) {
    return 'its certificate was issued by an authority';
  }
  const promises = certificate.extSCT?.signedCertificateTimestamps ?? [];
  const strange = promises.some(({ logID }) => !material.ctlogs.some((log) => log.logID.equals(logID)));
  return strange ? 'its certificate is in a certificate log' : undefined;
}

/** By name, and by key id where both name one (RFC 5280 §4.2.1.1): an authority that changed its key keeps its name. */
function issued(authority: X509Certificate, certificate: X509Certificate): boolean {
  if (!authority.subject.equals(certificate.issuer)) return false;
  const named = certificate.extAuthorityKeyID?.keyIdentifier;
  const own = authority.extSubjectKeyID?.keyIdentifier;
  return named === undefined || own === undefined || named.equals(own);
}

function unknownLog({ tlogEntries }: SignedEntity, { tlogs }: TrustMaterial): string | undefined {
  const strange = tlogEntries.find(({ logId }) => !tlogs.some((log) => log.logID.equals(logId.keyId)));
  return strange === undefined
    ? undefined
    : `it is in a log (id ${strange.logId.keyId.toString('hex').slice(0, 16)}...)`;
}

function unknownTimestampAuthority({ timestamps }: SignedEntity, material: TrustMaterial): string | undefined {
  const strange = timestamps.some((entry) => {
    if (entry.$case !== 'timestamp-authority') return false;
    const { signerIssuer, signerSerialNumber } = entry.timestamp;
    return !material.timestampAuthorities.some(({ certChain: [leaf] }) => {
      return leaf?.issuer.equals(signerIssuer) === true && leaf.serialNumber.equals(signerSerialNumber);
    });
  });
  return strange ? 'it has the timestamp of an authority' : undefined;
}
