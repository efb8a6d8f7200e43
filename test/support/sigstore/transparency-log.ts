import { createHash, type KeyObject } from 'node:crypto';
import { initializeTLog } from '@sigstore/mock/dist/rekor/tlog.js';
import type { KeyPair } from './certificate-authority.ts';
import type { ServiceAnswer } from './local-service.ts';

export type LogVersion = 'v1' | 'v2';
type Json = Readonly<Record<string, unknown>>;

/** An entry as Rekor v1 answers it (rekor openapi.yaml, LogEntry), without its UUID. */
export interface LogEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly treeSize: number;
      readonly rootHash: string;
      readonly hashes: readonly string[];
      readonly checkpoint: string;
    };
  };
}

/**
 * Rekor, v1 or v2, each entry alone in its tree. @sigstore/mock signs what it is asked to log; the real ones log hashes of
 * it, so the bodies are built here, and v2's answer from v1's.
 */
export class TransparencyLog {
  readonly version: LogVersion;
  readonly #url: string;
  readonly #keys: KeyPair;

  constructor(version: LogVersion, url: string, keys: KeyPair) {
    this.version = version;
    this.#url = url;
    this.#keys = keys;
  }

  get publicKey(): KeyObject {
    return this.#keys.publicKey;
  }

  get url(): string {
    return this.#url;
  }

  /** `POST /api/v1/log/entries` or `/api/v2/log/entries`. */
  async answer(body: string, at?: Date): Promise<ServiceAnswer> {
    const request = JSON.parse(body) as Json;
    const entry = await this.#log(this.version === 'v1' ? bodyOfV1(request) : bodyOfV2(request), at);
    const uuid = createHash('sha256').update(entry.body).digest('hex');
    const answer = this.version === 'v1' ? { [uuid]: entry } : entryOfV2(entry);
    // rekor's own client finds the entry by the ETag
    return { statusCode: 201, response: JSON.stringify(answer), contentType: 'application/json', etag: uuid };
  }

  /** Logs a request of v1's shape or v2's, and gives the entry as v1 answers it, and as a bundle holds it. */
  async add(request: Json, at?: Date): Promise<{ readonly entry: LogEntry; readonly inBundle: Json }> {
    const entry = await this.#log(this.version === 'v1' ? bodyOfV1(request) : bodyOfV2(request), at);
    return { entry, inBundle: this.version === 'v1' ? entryInBundle(entry) : entryOfV2(entry) };
  }

  async #log(body: Json, at?: Date): Promise<LogEntry> {
    const log = await initializeTLog(this.#url, this.#keys, at);
    const [entry] = Object.values(await log.log(body)) as unknown as LogEntry[];
    if (entry === undefined) throw new Error('the mock of Rekor answered nothing');
    return entry;
  }
}

/** `dsse` 0.0.1: a proposed envelope becomes its hashes (rekor pkg/types/dsse/v0.0.1); `hashedrekord` stays as it is. */
function bodyOfV1(request: Json): Json {
  if (request['kind'] !== 'dsse') return request;
  const { proposedContent } = request['spec'] as { proposedContent: { envelope: string; verifiers: string[] } };
  const envelope = JSON.parse(proposedContent.envelope) as { payload: string; signatures: { sig: string }[] };
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(proposedContent.envelope, 'hex') },
      payloadHash: { algorithm: 'sha256', value: sha256(Buffer.from(envelope.payload, 'base64'), 'hex') },
      signatures: envelope.signatures.map(({ sig }, at) => ({
        signature: sig,
        verifier: proposedContent.verifiers[at],
      })),
    },
  };
}

interface RequestV2 {
  readonly dsseRequestV002?: {
    readonly envelope: { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
    readonly verifiers: readonly Json[];
  };
  readonly hashedRekordRequestV002?: {
    readonly digest: string;
    readonly signature: { readonly content: string; readonly verifier: Json };
  };
}

/** rekor-tiles api/proto: CreateEntryRequest -> Entry, version 0.0.2. */
function bodyOfV2(request: Json): Json {
  const { dsseRequestV002: dsse, hashedRekordRequestV002: hashed } = request as RequestV2;
  if (dsse !== undefined) {
    const dsseV002 = {
      payloadHash: { algorithm: 'SHA2_256', digest: sha256(Buffer.from(dsse.envelope.payload, 'base64'), 'base64') },
      signatures: dsse.envelope.signatures.map(({ sig }, at) => ({ content: sig, verifier: dsse.verifiers[at] })),
    };
    return { apiVersion: '0.0.2', kind: 'dsse', spec: { dsseV002 } };
  }
  if (hashed === undefined) throw new Error('a request to Rekor v2 without an entry');
  const hashedRekordV002 = {
    data: { algorithm: 'SHA2_256', digest: hashed.digest },
    signature: hashed.signature,
  };
  return { apiVersion: '0.0.2', kind: 'hashedrekord', spec: { hashedRekordV002 } };
}

function entryInBundle(entry: LogEntry): Json {
  return {
    ...entryOfV2(entry),
    logIndex: String(entry.logIndex),
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
  };
}

/** A TransparencyLogEntry as v2 answers it: the index in the tree, no time, no promise. */
function entryOfV2(entry: LogEntry): Json {
  const { inclusionProof } = entry.verification;
  const { kind, apiVersion } = JSON.parse(Buffer.from(entry.body, 'base64').toString()) as Json;
  return {
    logIndex: String(inclusionProof.logIndex),
    logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: '0',
    inclusionProof: {
      logIndex: String(inclusionProof.logIndex),
      rootHash: Buffer.from(inclusionProof.rootHash, 'hex').toString('base64'),
      treeSize: String(inclusionProof.treeSize),
      hashes: [],
      checkpoint: { envelope: inclusionProof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
}

function sha256(data: string | Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(data).digest(encoding);
}
