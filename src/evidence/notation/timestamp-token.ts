import type { X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import { readCertificate } from './certificate-chain.ts';
import { at, hashOfAlgorithm } from './certificate-fields.ts';
import { faultOf, NotationFault } from './notation-fault.ts';
import { readTimestampInfo, type TimestampInfo } from './timestamp-info.ts';

/** A TimeStampToken (RFC 3161 §2.4.2), parsed: CMS SignedData of one signer over a TSTInfo. Nothing of it is proved. */
export interface TimestampToken {
  readonly info: TimestampInfo;
  /** The TSTInfo as it is hashed. */
  readonly content: Buffer;
  readonly certificates: readonly X509Certificate[];
  /** Issuer (content of the Name) and serial of the signer; undefined: it is named by its key alone. */
  readonly signer: { readonly issuer: Buffer; readonly serial: Buffer } | undefined;
  /** Of the content, and of the signature. */
  readonly hash: string;
  readonly signatureAlgorithm: ASN1Obj;
  /** What is signed, DER: the attributes as a SET. */
  readonly signedAttributes: Buffer;
  readonly attributes: ReadonlyMap<string, ASN1Obj>;
  readonly signature: Buffer;
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
export const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const MAX_CERTIFICATES = 20;
const SET_TAG = 0x31;
const UNIVERSAL_SEQUENCE = 0x10;

/** DER -> token. Throws a fault. */
export function parseTimestampToken(bytes: Uint8Array): TimestampToken {
  try {
    return readToken(ASN1Obj.parseBuffer(Buffer.from(bytes)));
  } catch (thrown) {
    throw faultOf(thrown, 'the timestamp cannot be read');
  }
}

/** ContentInfo and SignedData, RFC 5652 §3 and §5.1. */
function readToken(root: ASN1Obj): TimestampToken {
  if (at(root, 0).toOID() !== SIGNED_DATA) throw new NotationFault('the timestamp is no CMS SignedData');
  const signedData = at(at(root, 1), 0);
  const encapsulated = at(signedData, 2);
  if (at(encapsulated, 0).toOID() !== TST_INFO) throw new NotationFault('the timestamp signs no TSTInfo');
  const octets = at(at(encapsulated, 1), 0);
  if (!octets.tag.isOctetString() || octets.tag.constructed) throw new NotationFault('its TSTInfo is no octet string');
  const signerInfos = at(signedData, signedData.subs.length - 1).subs;
  const [signerInfo] = signerInfos;
  if (signerInfo === undefined || signerInfos.length !== 1) {
    throw new NotationFault(`the timestamp has ${signerInfos.length} signers, not one`);
  }
  const info = readTimestampInfo(ASN1Obj.parseBuffer(Buffer.from(octets.value)));
  return { info, content: octets.value, certificates: readCertificates(signedData), ...readSignerInfo(signerInfo) };
}

function readCertificates(signedData: ASN1Obj): X509Certificate[] {
  const list = signedData.subs.slice(3, -1).find(({ tag }) => tag.isContextSpecific(0))?.subs ?? [];
  if (list.length > MAX_CERTIFICATES) throw new NotationFault(`the timestamp has ${list.length} certificates`);
  // the other choices of RFC 5652 §10.2.2 are tagged otherwise, and obsolete
  const plain = list.filter(({ tag }) => tag.isUniversal() && tag.number === UNIVERSAL_SEQUENCE);
  return plain.map((one) => readCertificate(one.toDER(), 'a certificate of the timestamp cannot be read'));
}

type SignerParts = Omit<TimestampToken, 'info' | 'content' | 'certificates'>;

/** SignerInfo, RFC 5652 §5.3. The optional attributes stand between the digest's algorithm and the signature's. */
function readSignerInfo(signerInfo: ASN1Obj): SignerParts {
  const signed = at(signerInfo, 3);
  if (!signed.tag.isContextSpecific(0)) throw new NotationFault('the timestamp has no signed attributes');
  const hash = hashOfAlgorithm(at(signerInfo, 2));
  if (hash === undefined) throw new NotationFault('the timestamp is hashed with none of SHA-2');
  const signedAttributes = signed.toDER();
  signedAttributes[0] = SET_TAG; // RFC 5652 §5.4
  return {
    signer: readSignerId(at(signerInfo, 1)),
    hash,
    signatureAlgorithm: at(signerInfo, 4),
    signedAttributes,
    attributes: readAttributes(signed),
    signature: at(signerInfo, 5).value,
  };
}

function readSignerId(id: ASN1Obj): TimestampToken['signer'] {
  if (id.tag.isContextSpecific(0)) return undefined; // a subjectKeyIdentifier
  return { issuer: at(id, 0).value, serial: at(id, 1).value };
}

/** RFC 5652 §5.3, §11: each attribute once, those that are read with one value. */
function readAttributes(signed: ASN1Obj): ReadonlyMap<string, ASN1Obj> {
  const attributes = new Map<string, ASN1Obj>();
  for (const attribute of signed.subs) {
    const id = at(attribute, 0).toOID();
    if (attributes.has(id)) throw new NotationFault(`the attribute ${id} of the timestamp stands twice`);
    attributes.set(id, at(at(attribute, 1), 0));
  }
  return attributes;
}
