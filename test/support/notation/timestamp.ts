import { createHash, randomBytes, sign } from 'node:crypto';
import { type Issued, signatureAlgorithm } from './certificates.ts';
import { boolean, der, explicit, generalizedTime, integer, octets, oid, sequence, setOf } from './der.ts';

const HASHES = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3' };
export type TimestampHash = keyof typeof HASHES;

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

export interface TimestampSpec {
  /** The bytes that the time is of: the signature of an envelope. */
  readonly over: Uint8Array;
  readonly time: Date;
  readonly signer: Issued;
  /** What the token carries besides the signer; leaf first is not asked for (a SET). */
  readonly others: readonly Issued[];
  /** Of the message imprint; default sha256. */
  readonly imprintHash?: TimestampHash | undefined;
  /** Of the signature; default sha256. */
  readonly signatureHash?: TimestampHash | undefined;
  readonly accuracySeconds?: number | undefined;
  /** The time as it is to be written, instead of `time`. */
  readonly genTime?: string | undefined;
  /** OID of an extension that must be understood. */
  readonly criticalExtension?: string | undefined;
  /** Leave out the signing-certificate attribute, or name another certificate in it. */
  readonly signingCertificate?: Issued | 'none' | undefined;
  /** OID of the policy that it was stamped under. */
  readonly policy?: string | undefined;
  /** Default: that of a TSTInfo. */
  readonly contentType?: string | undefined;
  /** What the signed attributes say of it, where that is something else. */
  readonly signedContentType?: string | undefined;
  /** Of these signed attributes (OID) each stands there a second time. */
  readonly attributesTwice?: readonly string[] | undefined;
  /** How many signers sign, all the same one. Default 1. */
  readonly signers?: number | undefined;
  /** Signs in the signer's stead. */
  readonly forger?: Issued | undefined;
  /** Changes the TSTInfo after it was signed. */
  readonly tamper?: ((tstInfo: Buffer) => Buffer) | undefined;
}

/** A TimeStampToken (RFC 3161 §2.4.2; CMS SignedData, RFC 5652 §5). */
export function makeTimestampToken(spec: TimestampSpec): Buffer {
  const hash = spec.signatureHash ?? 'sha256';
  const tstInfo = encodeTstInfo(spec);
  const attributes = encodeAttributes(spec, createHash(hash).update(tstInfo).digest(), hash);
  const { keys, name, serial, spec: certificate } = spec.signer;
  const signerInfo = sequence(
    integer(1),
    sequence(certificate.issuer?.name ?? name, integer(serial)),
    sequence(oid(HASHES[hash])),
    der(0xa0, ...attributes),
    signatureAlgorithm(keys.kind, hash),
    octets(sign(hash, der(0x31, ...attributes), (spec.forger?.keys ?? keys).privateKey)),
  );
  const content = octets(spec.tamper === undefined ? tstInfo : spec.tamper(tstInfo));
  const signedData = sequence(
    integer(3),
    setOf(sequence(oid(HASHES[hash]))),
    sequence(oid(spec.contentType ?? TST_INFO), explicit(0, content)),
    der(0xa0, ...[spec.signer, ...spec.others].map((one) => one.der)),
    setOf(...Array.from({ length: spec.signers ?? 1 }, () => signerInfo)),
  );
  return sequence(oid(SIGNED_DATA), explicit(0, signedData));
}

function encodeTstInfo(spec: TimestampSpec): Buffer {
  const { over, time, genTime, imprintHash = 'sha256', accuracySeconds, criticalExtension, policy } = spec;
  const imprint = createHash(imprintHash).update(over).digest();
  return sequence(
    integer(1),
    oid(policy ?? '1.3.6.1.4.1.57264.2'),
    sequence(sequence(oid(HASHES[imprintHash])), octets(imprint)),
    integer(Buffer.concat([Buffer.of(1), randomBytes(7)])),
    genTime === undefined ? generalizedTime(time) : der(0x18, Buffer.from(genTime)),
    ...(accuracySeconds === undefined ? [] : [sequence(integer(accuracySeconds))]),
    ...(criticalExtension === undefined
      ? []
      : [der(0xa1, sequence(oid(criticalExtension), boolean(true), octets(Buffer.alloc(0))))]),
  );
}

function encodeAttributes(spec: TimestampSpec, digest: Buffer, hash: TimestampHash): Buffer[] {
  const attributes = [
    sequence(oid(CONTENT_TYPE), setOf(oid(spec.signedContentType ?? spec.contentType ?? TST_INFO))),
    sequence(oid(MESSAGE_DIGEST), setOf(octets(digest))),
  ];
  if (spec.signingCertificate !== 'none') {
    const named = (spec.signingCertificate ?? spec.signer).der;
    const essCertId = sequence(sequence(oid(HASHES[hash])), octets(createHash(hash).update(named).digest()));
    attributes.push(sequence(oid(SIGNING_CERTIFICATE_V2), setOf(sequence(sequence(essCertId)))));
  }
  const twice = (spec.attributesTwice ?? []).flatMap((id) => attributes.filter((one) => one.includes(oid(id))));
  return [...attributes, ...twice].sort((a, b) => Buffer.compare(a, b));
}
