import { createHash, type KeyObject } from 'node:crypto';
import { VALID_FROM } from './certificate-authority.ts';

type Json = Readonly<Record<string, unknown>>;

export interface RootParts {
  readonly fulcio: { readonly url: string; readonly root: Buffer };
  readonly tsa: { readonly url: string; readonly chain: readonly Buffer[] };
  readonly logs: readonly { readonly url: string; readonly publicKey: KeyObject }[];
  readonly certificateLogs: readonly { readonly url: string; readonly publicKey: KeyObject }[];
}

/** trusted_root.json of a world (protobuf-specs sigstore_trustroot.proto, TrustedRoot 0.1). */
export function buildTrustedRoot({ fulcio, tsa, logs, certificateLogs }: RootParts): Json {
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: logs.map(logOf),
    certificateAuthorities: [authorityOf(fulcio.url, [fulcio.root])],
    ctlogs: certificateLogs.map(logOf),
    timestampAuthorities: [authorityOf(tsa.url, tsa.chain)],
  };
}

const validFor = { start: VALID_FROM.toISOString() };

function logOf({ url, publicKey }: RootParts['logs'][number]): Json {
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return {
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: der.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: createHash('sha256').update(der).digest('base64') },
  };
}

function authorityOf(uri: string, chain: readonly Buffer[]): Json {
  return {
    subject: { organization: 'sigstore.test', commonName: 'sigstore' },
    uri,
    certChain: { certificates: chain.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor,
  };
}
