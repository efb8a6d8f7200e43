import type { X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import { faultOf, NotationFault } from './notation-fault.ts';

/** What Node does not tell of a certificate (RFC 5280 §4.1). */
export interface CertificateFields {
  /** Content of the Name, as encoded. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly subjectName: ASN1Obj;
  readonly serial: Buffer;
  /** What the issuer signed with: `sha256`; undefined where it is none of SHA-2. */
  readonly signatureHash: string | undefined;
  readonly keyUsage: { readonly critical: boolean; readonly bits: readonly number[] } | undefined;
  readonly basicConstraints: BasicConstraints | undefined;
  readonly extendedKeyUsage: { readonly critical: boolean; readonly oids: readonly string[] } | undefined;
}
export interface BasicConstraints {
  readonly critical: boolean;
  readonly ca: boolean;
  readonly pathLength: number | undefined;
}

interface Extension {
  readonly critical: boolean;
  readonly value: ASN1Obj;
}

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';

const RSASSA_PSS = '1.2.840.113549.1.1.10';
/** RFC 5754 §3, RFC 4055 §2.1: signatures with SHA-2, and the hashes themselves. */
const SHA2: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** Throws a fault where they cannot be read. */
export function readCertificateFields(certificate: X509Certificate): CertificateFields {
  try {
    return readFields(ASN1Obj.parseBuffer(Buffer.from(certificate.raw)));
  } catch (thrown) {
    throw faultOf(thrown, `the certificate of ${certificate.subject.replaceAll('\n', ', ')} cannot be read`);
  }
}

/** The hash that an AlgorithmIdentifier says; undefined where it is none of SHA-2. */
export function hashOfAlgorithm(identifier: ASN1Obj): string | undefined {
  const id = at(identifier, 0).toOID();
  if (id !== RSASSA_PSS) return SHA2.get(id);
  // RFC 4055 §3.1: [0] hashAlgorithm, SHA-1 where it is left out
  const hash = at(identifier, 1).subs.find(({ tag }) => tag.isContextSpecific(0));
  return hash === undefined ? undefined : SHA2.get(at(at(hash, 0), 0).toOID());
}

/** What is no DER of the structure that was expected; whoever reads it says of what. */
class AsnStructure extends Error {}

/** Member of a constructed value. Throws where there is none. */
export function at(value: ASN1Obj, position: number): ASN1Obj {
  const member = value.subs[position];
  if (member === undefined) throw new AsnStructure('its ASN.1 has another structure');
  return member;
}

function readFields(root: ASN1Obj): CertificateFields {
  const body = at(root, 0);
  const first = at(body, 0).tag.isContextSpecific(0) ? 1 : 0; // the version
  const subjectName = at(body, first + 4);
  const extensions = readExtensions(body);
  return {
    serial: at(body, first).value,
    issuer: at(body, first + 2).value,
    subject: subjectName.value,
    subjectName,
    signatureHash: hashOfAlgorithm(at(root, 1)),
    keyUsage: readKeyUsage(extensions.get(KEY_USAGE)),
    basicConstraints: readBasicConstraints(extensions.get(BASIC_CONSTRAINTS)),
    extendedKeyUsage: readExtendedKeyUsage(extensions.get(EXTENDED_KEY_USAGE)),
  };
}

/** RFC 5280 §4.2: no extension may stand twice. */
function readExtensions(body: ASN1Obj): ReadonlyMap<string, Extension> {
  const holder = body.subs.find(({ tag }) => tag.isContextSpecific(3));
  const extensions = new Map<string, Extension>();
  for (const extension of holder === undefined ? [] : at(holder, 0).subs) {
    const id = at(extension, 0).toOID();
    if (extensions.has(id)) throw new NotationFault(`its extension ${id} stands twice`);
    const critical = extension.subs.length === 3 && at(extension, 1).toBoolean();
    const value = ASN1Obj.parseBuffer(Buffer.from(at(extension, extension.subs.length - 1).value));
    extensions.set(id, { critical, value });
  }
  return extensions;
}

function readKeyUsage(extension: Extension | undefined): CertificateFields['keyUsage'] {
  if (extension === undefined) return undefined;
  const bits = extension.value.toBitString().flatMap((bit, position) => (bit === 1 ? [position] : []));
  return { critical: extension.critical, bits };
}

function readBasicConstraints(extension: Extension | undefined): BasicConstraints | undefined {
  if (extension === undefined) return undefined;
  const { subs } = extension.value;
  const ca = subs.find(({ tag }) => tag.isBoolean())?.toBoolean() ?? false;
  const pathLength = subs.find(({ tag }) => tag.isInteger())?.toInteger();
  return { critical: extension.critical, ca, pathLength: pathLength === undefined ? undefined : Number(pathLength) };
}

function readExtendedKeyUsage(extension: Extension | undefined): CertificateFields['extendedKeyUsage'] {
  if (extension === undefined) return undefined;
  return { critical: extension.critical, oids: extension.value.subs.map((oid) => oid.toOID()) };
}
