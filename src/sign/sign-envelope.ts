import { sign as signBytes } from 'node:crypto';
import { FulcioSigner, RekorWitness, type Signature, type Signer, TSAWitness, type Witness } from '@sigstore/sign';
import { writeBundle } from '../evidence/sigstore/write-bundle.ts';
import { IN_TOTO } from '../oci/media-types.ts';
import { digestWitness } from './digest-witness.ts';
import { EnvelopeBuilder } from './envelope-builder.ts';
import type { SigningKey } from './private-key.ts';
import { signError } from './sign-error.ts';
import type { SigningServices } from './signing-services.ts';

export interface EnvelopeRequest {
  /** Bytes of the in-toto statement. */
  readonly payload: Uint8Array;
  /** An OIDC token, for which Fulcio gives a certificate; or a key. */
  readonly signer: { readonly token: string } | { readonly key: SigningKey };
  /** Undefined for a key alone: no log, no time stamp. */
  readonly services: SigningServices | undefined;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Attempts after the first, for what may pass: 5xx, 408, 429, a lost connection. */
  readonly retries: number;
  readonly signal: AbortSignal;
}

/**
 * Signs a statement as a Sigstore bundle v0.3 and has it witnessed; gives the bundle's JSON. Loaded only where something
 * is to be signed: @sigstore/sign is large. Throws `sign-failed`, `sign-too-large`, and what the signal says.
 */
export async function signEnvelope(request: EnvelopeRequest): Promise<Uint8Array> {
  const { payload, services, signal, signer } = request;
  signal.throwIfAborted();
  const builder = new EnvelopeBuilder({ signer: signerOf(request), witnesses: witnessesOf(request) });
  try {
    const made = builder.create({ data: Buffer.from(payload), type: IN_TOTO });
    return writeBundle(await untilAborted(made, signal));
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    const token = 'token' in signer ? signer.token : undefined;
    throw signError(thrown, { services, payloadBytes: payload.byteLength, token });
  }
}

function signerOf(request: EnvelopeRequest): Signer {
  const { signer, services } = request;
  if ('key' in signer) return keySigner(signer.key);
  return new FulcioSigner({
    fulcioBaseURL: services?.fulcioUrl ?? '',
    identityProvider: { getToken: async () => signer.token },
    ...fetchOptions(request),
  });
}

function keySigner(key: SigningKey): Signer {
  return {
    sign: async (data): Promise<Signature> => ({
      signature: signBytes(key.hash, data, key.privateKey),
      key: { $case: 'publicKey', publicKey: key.publicPem, hint: key.hint },
    }),
  };
}

function witnessesOf(request: EnvelopeRequest): Witness[] {
  const { rekor, tsaUrl } = request.services ?? {};
  const options = fetchOptions(request);
  return [
    ...(rekor ? [logOf(rekor, options)] : []),
    ...(tsaUrl ? [new TSAWitness({ tsaBaseURL: tsaUrl, ...options })] : []),
  ];
}

function logOf({ url, version }: { url: string; version: 1 | 2 }, options: ReturnType<typeof fetchOptions>): Witness {
  const log = new RekorWitness({ rekorBaseURL: url, majorApiVersion: version, entryType: 'dsse', ...options });
  return version === 2 ? digestWitness(log) : log;
}

function fetchOptions({ timeoutMs, retries }: EnvelopeRequest): { timeout: number; retry: { retries: number } } {
  return {
    timeout: timeoutMs,
    retry: { retries, minTimeout: 250, maxTimeout: 8_000, randomize: true } as { retries: number },
  };
}

/** The library takes no signal; its request is left to itself. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}
