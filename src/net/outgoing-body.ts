import { CodedError } from '../errors/coded-error.ts';
import type { RequestBody, StreamBody } from './types.ts';

/**
 * A request body in the form that goes out: bytes, a stream that is checked against its announced size, or nothing
 * (which is also what zero bytes are). A fresh stream is opened for each call.
 */
export function openOutgoingBody(body: RequestBody | undefined): Uint8Array | AsyncIterable<Uint8Array> | null {
  if (body === undefined) return null;
  if (body instanceof Uint8Array) return body.byteLength === 0 ? null : body;
  return body.size === 0 ? null : checkedStream(body);
}

/**
 * Exactly `size` bytes, else an error: a body longer than its Content-Length would be read by the server as the
 * beginning of another request, a shorter one would leave it waiting.
 */
async function* checkedStream(body: StreamBody): AsyncGenerator<Uint8Array, void, undefined> {
  let sent = 0;
  for await (const chunk of oneAhead(readSource(body))) {
    sent += chunk.byteLength;
    if (sent > body.size) throw sizeChanged(body.size, `at least ${sent}`);
    yield chunk;
  }
  if (sent < body.size) throw sizeChanged(body.size, String(sent));
}

/** Reads a chunk while the one before is on its way: the socket need not wait for the disk. */
async function* oneAhead(
  source: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = source.next();
      next.catch(() => undefined); // heard when its turn comes, or by nobody when the request has ended
      yield value;
    }
  } finally {
    await source.return();
  }
}

async function* readSource(body: StreamBody): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body.open();
  } catch (thrown) {
    if (thrown instanceof CodedError) throw thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CodedError('file-unreadable', `the data to send could not be read: ${message}`, { cause: thrown });
  }
}

function sizeChanged(expected: number, got: string): CodedError {
  return new CodedError('file-changed', `the data to send changed: ${expected} bytes were announced, ${got} came`, {
    hint: 'Do not write to a file while it is being sent.',
  });
}
