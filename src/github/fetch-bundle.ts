import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { assertBundleUrl } from './bundle-url.ts';
import type { GithubApi } from './github-api.ts';
import type { GithubAttestation } from './github-client.ts';
import { uncompressSnappy } from './snappy.ts';

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
    if (isJson) checkSize(answer.bytes.byteLength);
    return { bytes: isJson ? answer.bytes : uncompressSnappy(answer.bytes, checkSize), origin };
  } catch (thrown) {
    const cause = toCodedError(thrown);
    if (cause.code === 'aborted' || cause.code === 'deadline-exceeded') throw cause;
    const message = `${origin}: its bundle could not be had: ${cause.message}`;
    return { origin, error: new CodedError('github-api-failed', message, { cause, hint: cause.hint }) };
  }
}

function checkSize(bytes: number): void {
  if (bytes <= MAX_BUNDLE_BYTES) return;
  throw new CodedError('github-api-failed', `it has ${bytes} bytes, more than ${MAX_BUNDLE_BYTES}`, {
    hint: 'Attest a digest of the document in place of the document itself.',
  });
}
