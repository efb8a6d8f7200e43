import { X509Certificate } from 'node:crypto';
import { CodedError } from '../../errors/coded-error.ts';

/** More than any trust store needs; a bundle of all public roots has about 150. */
const MAX_CERTIFICATES = 500;
const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----$/;
const END = /^-----END ([A-Z0-9 ]+)-----$/;

/** A PEM block, RFC 7468 §3. */
interface Block {
  readonly label: string;
  readonly base64: string;
  readonly line: number;
}

/**
 * PEM text with one or several certificates (RFC 7468 §5) -> the certificates, in that order. Text between them, as
 * openssl writes it, is passed over. DER is refused: it is no text, and a policy may hold PEM inline. `what` names the
 * file in messages. Throws `certificate-invalid`.
 */
export function parseCertificates(pem: string, what: string): X509Certificate[] {
  const blocks = readBlocks(pem, what);
  if (blocks.length === 0) throw invalid(`${what} holds no certificate`, hintFor(pem));
  if (blocks.length > MAX_CERTIFICATES) {
    throw invalid(`${what} holds ${blocks.length} certificates, more than ${MAX_CERTIFICATES}`);
  }
  return blocks.map((block) => parseBlock(block, what));
}

function readBlocks(pem: string, what: string): Block[] {
  const blocks: Block[] = [];
  let open: { readonly label: string; readonly line: number; readonly base64: string[] } | undefined;
  for (const [at, raw] of pem.split(/\r?\n|\r/).entries()) {
    const text = raw.trim();
    const begins = BEGIN.exec(text)?.[1];
    const ends = END.exec(text)?.[1];
    if (begins !== undefined && open === undefined) open = { label: begins, line: at + 1, base64: [] };
    else if (begins !== undefined || (ends !== undefined && ends !== open?.label)) {
      throw invalid(`${what}: line ${at + 1} is in the wrong place: ${text}`);
    } else if (ends !== undefined && open !== undefined) {
      blocks.push({ ...open, base64: open.base64.join('') });
      open = undefined;
    } else open?.base64.push(text);
  }
  if (open !== undefined) throw invalid(`${what}: the ${open.label} that begins on line ${open.line} does not end`);
  return blocks;
}

function parseBlock({ label, base64, line }: Block, what: string): X509Certificate {
  const where = `${what}: the block that begins on line ${line}`;
  if (label.includes('PRIVATE KEY')) {
    throw invalid(`${where} is a private key`, 'A trust store holds certificates only: keep the key out of it.');
  }
  if (label !== 'CERTIFICATE') throw invalid(`${where} is a ${label}, not a CERTIFICATE`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw invalid(`${where} is not base64`);
  const der = Buffer.from(base64, 'base64');
  const certificate = readDer(der, where);
  if (certificate.raw.byteLength < der.byteLength) throw invalid(`${where} has bytes after the certificate`);
  // OpenSSL writes it anew: unused bits of the signature are cleared, and BER becomes DER (X.690 §11.2)
  if (!certificate.raw.equals(der)) throw invalid(`${where} is not DER: as it is read, it has other bytes`);
  return certificate;
}

function readDer(der: Buffer, where: string): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw invalid(`${where} cannot be read as an X.509 certificate: ${(cause as Error).message}`, undefined, cause);
  }
}

function hintFor(pem: string): string {
  // DER begins with a SEQUENCE whose length has two bytes, whatever charset it was decoded as
  if (/^0[\x82\ufffd]/.test(pem)) {
    return 'It looks like DER. Convert it: openssl x509 -inform der -in FILE -out FILE.pem';
  }
  return 'Expected PEM: -----BEGIN CERTIFICATE----- and so on, one or several.';
}

function invalid(message: string, hint?: string, cause?: unknown): CodedError {
  return new CodedError('certificate-invalid', message, { hint, cause });
}
