import { generateKeyPairSync } from 'node:crypto';
import { tsaHandler } from '@sigstore/mock/dist/timestamp/handler.js';
import { initializeTSA, type TSA } from '@sigstore/mock/dist/timestamp/tsa.js';
import { type CertificateAuthority, timeStampingUsage } from './certificate-authority.ts';
import type { ServiceAnswer } from './local-service.ts';

/** RFC 3161 time stamps as `POST /api/v1/timestamp` of sigstore's timestamp-authority gives them. */
export class TimestampAuthority {
  /** DER, leaf first. */
  readonly chain: readonly Buffer[];
  readonly #tsa: TSA;

  private constructor(tsa: TSA, chain: readonly Buffer[]) {
    this.#tsa = tsa;
    this.chain = chain;
  }

  static async create(authority: CertificateAuthority): Promise<TimestampAuthority> {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const leaf = await authority.issue({
      subject: `${authority.name}, CN=tsa signing`,
      serialNumber: '02',
      publicKey: keys.publicKey,
      extensions: [timeStampingUsage()],
    });
    const tsa = await initializeTSA(keys);
    useCertificate(tsa, leaf);
    return new TimestampAuthority(tsa, [leaf, authority.root]);
  }

  /** As JSON, or, as sigstore-go asks, as RFC 3161 has it: a DER request that ends with its SHA-256 digest. */
  async answerRequest(body: string, contentType: string | undefined, bytes: Uint8Array): Promise<ServiceAnswer> {
    if (contentType !== 'application/timestamp-query') return this.answer(body);
    const artifactHash = Buffer.from(bytes.subarray(-32)).toString('base64');
    return this.answer(JSON.stringify({ artifactHash, hashAlgorithm: 'sha256' }));
  }

  async answer(body: string, at = new Date()): Promise<ServiceAnswer> {
    return tsaHandler(clockedAt(this.#tsa, at)).fn(body);
  }

  async stamp(signature: Uint8Array, at?: Date): Promise<Buffer> {
    const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(signature));
    const request = { artifactHash: Buffer.from(hash).toString('base64'), hashAlgorithm: 'sha256' };
    const { statusCode, response } = await this.answer(JSON.stringify(request), at);
    if (statusCode !== 201 || typeof response === 'string') throw new Error(`the local TSA: ${statusCode} ${response}`);
    return Buffer.from(response.buffer, response.byteOffset, response.byteLength);
  }
}

/** The mock makes certificates that begin now; ours begins earlier. Its fields are private to TypeScript only. */
function useCertificate(tsa: TSA, der: Buffer): void {
  const fields = tsa as unknown as { intCert: { constructor: { fromBER(ber: Uint8Array): unknown } } };
  Object.assign(fields, { intCert: fields.intCert.constructor.fromBER(new Uint8Array(der)) });
}

/** Whole seconds: the mock writes milliseconds in a form that @sigstore/core does not read. */
function clockedAt(tsa: TSA, at: Date): TSA {
  const time = new Date(Math.floor(at.getTime() / 1000) * 1000);
  return Object.create(tsa, { getCurrentTime: { value: () => time } }) as TSA;
}
