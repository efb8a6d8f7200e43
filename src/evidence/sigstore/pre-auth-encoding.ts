import { dsse } from '@sigstore/core';

/** What the signature of a DSSE envelope is over (DSSE protocol 1.0.2, "PAE"). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  return dsse.preAuthEncoding(payloadType, Buffer.from(payload));
}
