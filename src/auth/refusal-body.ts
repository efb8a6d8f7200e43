import type { BufferedResponse, StreamingResponse } from '../net/types.ts';
import type { Refusal } from './auth-errors.ts';

export type AnyResponse = BufferedResponse | StreamingResponse;

const MAX_REFUSAL_BYTES = 64 * 1024;

/** What a refusal says, for the error that it may become; its connection is free afterwards. */
export async function readRefusal(method: string, response: AnyResponse): Promise<Refusal> {
  const body = 'bytes' in response ? response.bytes : await readStart(response);
  return { method, url: response.url, status: response.status, body };
}

/** Lets go of a response that nobody will read. */
export async function discard(response: AnyResponse): Promise<void> {
  if ('discard' in response) await response.discard();
}

/** The beginning of a body; all of it where it is of the size of an error body. */
async function readStart(response: StreamingResponse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body()) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= MAX_REFUSAL_BYTES) {
      await response.discard();
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, MAX_REFUSAL_BYTES);
}
