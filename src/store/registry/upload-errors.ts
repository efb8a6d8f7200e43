import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import type { BlobSource } from '../store.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

/** The registry's last word on the bytes of a blob. */
export function uploadRefused(response: BufferedResponse, blob: BlobSource): CodedError {
  const refusal = registryErrorOf('PUT', response, `uploading blob ${blob.digest} (${blob.size} bytes)`);
  const speaksOfManifests = ['manifest-too-large', 'manifest-unknown', 'http-status'].includes(refusal.code);
  if (!speaksOfManifests) return refusal;
  return new CodedError('upload-refused', refusal.message, {
    cause: refusal,
    hint: response.status === 413 ? 'The blob is larger than the registry, or a proxy before it, accepts.' : undefined,
  });
}

export function locationRefused(connection: RegistryConnection, url: URL, cause: CodedError): CodedError {
  return new CodedError(
    'upload-location-refused',
    `${connection.origin.host} says to upload to ${url.protocol}//${url.host}: ${cause.message}`,
    { cause, hint: cause.hint },
  );
}
