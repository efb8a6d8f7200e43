import { createPublicKey, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Extension, type JsonGeneralName, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { CA, ExtensionValue } from '@sigstore/mock/dist/fulcio/ca.js';
import { initializeCTLog } from '@sigstore/mock/dist/fulcio/ctlog.js';
import { fulcioHandler } from '@sigstore/mock/dist/fulcio/handler.js';
import { type CertificateAuthority, codeSigningUsage, type KeyPair } from './certificate-authority.ts';
import { type Claims, NAMES_CLAIM, NO_ISSUER } from './identity.ts';
import type { ServiceAnswer } from './local-service.ts';

const BUILD_SIGNER_URI = '1.3.6.1.4.1.57264.1.9';
const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2';
const ISSUERS = ['1.3.6.1.4.1.57264.1.1', '1.3.6.1.4.1.57264.1.8'];
/** Fulcio's certificates live for ten minutes. */
const LIFETIME = 10 * 60_000;

export interface CertificateRequest {
  readonly token: string;
  readonly publicKey: string;
}

/**
 * Fulcio: tokens in, certificates out. The handler of @sigstore/mock turns claims into extensions; the certificates are
 * made here, because the mock's know no mail addresses, name the workflow by `sub`, and are never older than the process.
 */
export class Fulcio {
  readonly authority: CertificateAuthority;
  /** Of the certificate log; undefined: certificates bear no SCT. */
  readonly #ctKeys: KeyPair | undefined;
  #serial = 0;

  constructor(authority: CertificateAuthority, ctKeys: KeyPair | undefined) {
    this.authority = authority;
    this.#ctKeys = ctKeys;
  }

  /** `POST /api/v2/signingCert`; the token stands in the body, or, as sigstore-go sends it, in the header. */
  async answerRequest(body: string, { authorization = '' }: IncomingHttpHeaders): Promise<ServiceAnswer> {
    const token = /^Bearer (.+)$/.exec(authorization)?.[1];
    const request = JSON.parse(body) as object;
    const whole = token === undefined ? request : { credentials: { oidcIdentityToken: token }, ...request };
    const answer = await this.answer(JSON.stringify(whole));
    // the real one says 200, where the mock says 201, which sigstore-go does not take
    return answer.statusCode === 201 ? { ...answer, statusCode: 200 } : answer;
  }

  async answer(body: string, at = new Date()): Promise<ServiceAnswer> {
    const refused = refusalOf(body);
    if (refused !== undefined) return { statusCode: 400, response: refused };
    const claims = claimsOf((JSON.parse(body) as SigningCertBody).credentials.oidcIdentityToken);
    return fulcioHandler(this.#mockCa(claims, at)).fn(body);
  }

  /** PEM, leaf first. */
  async issue({ token, publicKey }: CertificateRequest, at?: Date): Promise<readonly string[]> {
    const body = { credentials: { oidcIdentityToken: token }, publicKeyRequest: { publicKey: { content: publicKey } } };
    const { statusCode, response } = await this.answer(JSON.stringify(body), at);
    if (statusCode !== 201) throw new Error(`the local Fulcio: ${statusCode} ${response}`);
    const { signedCertificateEmbeddedSct } = JSON.parse(String(response)) as {
      signedCertificateEmbeddedSct: { chain: { certificates: string[] } };
    };
    return signedCertificateEmbeddedSct.chain.certificates;
  }

  #mockCa(claims: Claims, at: Date): CA {
    return {
      rootCertificate: this.authority.root as Buffer<ArrayBuffer>,
      issueCertificate: async ({ publicKey, subjectAltName, extensions = [] }) => {
        const kept = extensions.filter(({ oid }) => claims['iss'] !== NO_ISSUER || !ISSUERS.includes(oid));
        const names = (claims[NAMES_CLAIM] as JsonGeneralName[] | undefined) ?? [nameOf(subjectAltName, kept)];
        const spec = {
          subject: '',
          serialNumber: (++this.#serial).toString(16).padStart(4, '0'),
          publicKey: createPublicKey({ key: publicKey as Buffer, format: 'der', type: 'spki' }),
          notBefore: at,
          notAfter: new Date(at.getTime() + LIFETIME),
          extensions: [
            codeSigningUsage(),
            new SubjectAlternativeNameExtension([...names], true),
            ...kept.map(fulcioExtension),
          ],
        };
        const leaf = await this.authority.issue(spec);
        if (this.#ctKeys === undefined) return leaf as Buffer<ArrayBuffer>;
        const sct = await this.#logCertificate(this.#ctKeys, leaf, at);
        const logged = await this.authority.issue({ ...spec, extensions: [...spec.extensions, sctExtension(sct)] });
        return logged as Buffer<ArrayBuffer>;
      },
    };
  }

  async #logCertificate(keys: KeyPair, certificate: Buffer, at: Date): Promise<Buffer> {
    const log = await initializeCTLog(keys, at);
    const issuer = this.authority.keys.publicKey.export({ format: 'der', type: 'spki' });
    const issuerId = await crypto.subtle.digest('SHA-256', new Uint8Array(issuer));
    return Buffer.from(await log.log(new Uint8Array(certificate).buffer, issuerId));
  }
}

interface SigningCertBody {
  readonly credentials: { readonly oidcIdentityToken: string };
  readonly publicKeyRequest: { readonly publicKey: { readonly content: string }; readonly proofOfPossession?: string };
}

/** What Fulcio refuses: a token for another audience, and a key that the caller does not prove to hold. */
function refusalOf(body: string): string | undefined {
  const { credentials, publicKeyRequest } = JSON.parse(body) as SigningCertBody;
  const { aud, email, sub } = claimsOf(credentials.oidcIdentityToken);
  if (aud !== 'sigstore') return `the token is for the audience ${JSON.stringify(aud)}`;
  const proof = publicKeyRequest.proofOfPossession;
  if (proof === undefined) return undefined; // of the makers
  const challenge = Buffer.from(String(email ?? sub));
  const proved = verify('sha256', challenge, publicKeyRequest.publicKey.content, Buffer.from(proof, 'base64'));
  return proved ? undefined : 'the proof of possession is wrong';
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

/** A GitHub job is named by the workflow that signs, others by their subject (fulcio pkg/identity). */
function nameOf(subject: string, extensions: readonly ExtensionValue[]): JsonGeneralName {
  const workflow = extensions.find(({ oid }) => oid === BUILD_SIGNER_URI)?.value;
  if (workflow !== undefined) return { type: 'url', value: workflow };
  return { type: subject.includes('@') && !subject.includes('://') ? 'email' : 'url', value: subject };
}

function fulcioExtension({ oid, value, legacy }: ExtensionValue): Extension {
  const text = Buffer.from(value);
  return new Extension(oid, false, new Uint8Array(legacy === true ? text : tagged(0x0c, text)));
}

function sctExtension(sct: Buffer): Extension {
  const list = Buffer.concat([Buffer.of(0, sct.length), sct]);
  return new Extension(SCT_LIST, false, new Uint8Array(tagged(0x04, list)));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
