import { uncompress } from 'snappyjs';
import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { assertBundleUrl } from './bundle-url.ts';
import type { GithubApi } from './github-api.ts';
import type { GithubAttestation } from './github-client.ts';

/** A larger one is not read by any of ours. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
/** Snappy makes of what it cannot compress a sixth more (google/snappy, MaxCompressedLength). */
const MAX_COMPRESSED_BYTES = 20 * 1024 * 1024;

/**
 * The bundle at a `bundle_url`: JSON in one raw Snappy block (no framing), or JSON as it is. No credentials go there, the
 * URL is signed; redirects are not followed.
 */
export async function fetchBundle(api: GithubApi, bundleUrl: string, origin: string): Promise<GithubAttestation> {
  try {
    const url = assertBundleUrl(bundleUrl, api.apiUrl);
    const { http, signal } = api.options;
    const answer = await http.request(
      { method: 'GET', url, followRedirects: false, onBehalfOf: api.apiUrl, signal },
      MAX_COMPRESSED_BYTES,
    );
    if (answer.status !== 200) throw new CodedError('github-api-failed', `${url.host} answers HTTP ${answer.status}`);
    const isJson = /^application\/json\b/i.test(answer.headers.get('content-type') ?? '');
    return { bytes: isJson ? checkSize(answer.bytes) : decompress(answer.bytes), origin };
  } catch (thrown) {
    const cause = toCodedError(thrown);
    if (cause.code === 'aborted' || cause.code === 'deadline-exceeded') throw cause;
    return {
      origin,
      error: new CodedError('github-api-failed', `${origin}: its bundle could not be had: ${cause.message}`, { cause }),
    };
  }
}

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength <= MAX_BUNDLE_BYTES) return bytes;
  throw new CodedError('github-api-failed', `it has ${bytes.byteLength} bytes, more than ${MAX_BUNDLE_BYTES}`);
}

/** The block says how long its content is: that is compared with the cap before any memory is taken. */
function decompress(bytes: Uint8Array): Uint8Array {
  try {
    return uncompress(new Uint8Array(bytes), MAX_BUNDLE_BYTES);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('github-api-failed', `it is no Snappy block: ${message}`, { cause });
  }
}
