import type { Exchanged } from './exchange.ts';
import { concatBytes } from './incoming-body.ts';
import { NetError, type NetErrorContext } from './net-error.ts';
import type { BufferedResponse, HttpMethod, StreamingResponse } from './types.ts';

/** A response after its redirects, with its body still to come. */
export interface Answer extends Exchanged {
  readonly method: HttpMethod;
  /** Where the last redirect led. */
  readonly url: URL;
  readonly attempt: number;
}

/** Reads the body whole: `response-too-large` as soon as it is known to be longer than `maxBytes`. */
export async function bufferAnswer(answer: Answer, maxBytes: number): Promise<BufferedResponse> {
  await refuseEncoding(answer);
  await refuseAnnouncedSize(answer, maxBytes);
  const { status, headers, url, body } = answer;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body.read()) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(answer, maxBytes, `at least ${size} bytes`);
    chunks.push(chunk);
  }
  return { status, headers, url, bytes: concatBytes(chunks) };
}

/** Leaves the body to the caller. */
export async function streamAnswer(answer: Answer): Promise<StreamingResponse> {
  await refuseEncoding(answer);
  const { status, headers, url, body } = answer;
  return { status, headers, url, body: () => body.read(), discard: () => body.discard() };
}

/**
 * Only the identity encoding is asked for. Digests and sizes are about the bytes as they are stored, and to unpack
 * what somebody else packed is an invitation to bombs (undici's CVE-2026-22036).
 */
async function refuseEncoding(answer: Answer): Promise<void> {
  const encoding = answer.headers.all('content-encoding').join(', ');
  if (!hasBody(answer) || /^\s*(identity)?\s*$/i.test(encoding)) return;
  await answer.body.discard();
  const what = `the response is encoded as ${JSON.stringify(encoding.slice(0, 100))} although identity was asked for`;
  throw new NetError('response-invalid', what, contextOf(answer), {
    hint: 'What stands before the registry compresses its answers: a proxy or a CDN must be told not to.',
  });
}

async function refuseAnnouncedSize(answer: Answer, maxBytes: number): Promise<void> {
  const announced = answer.headers.get('content-length');
  if (!hasBody(answer) || announced === undefined || !(Number(announced) > maxBytes)) return;
  await answer.body.discard();
  throw tooLarge(answer, maxBytes, `${announced} bytes by its Content-Length`);
}

/** RFC 9110 §6.4.1: what has no content whatever its headers say. */
function hasBody(answer: Answer): boolean {
  return answer.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304;
}

function tooLarge(answer: Answer, maxBytes: number, got: string): NetError {
  const what = `the response is too large: at most ${maxBytes} bytes are read, it has ${got}`;
  return new NetError('response-too-large', what, contextOf(answer));
}

function contextOf({ method, url, attempt }: Answer): NetErrorContext {
  return { method, url, attempts: attempt, phase: 'body' };
}
