import { errorResponse, type RegistryResponse } from '../exchange.ts';

export function nameUnknown(repository: string): RegistryResponse {
  return errorResponse(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name: repository });
}

export function manifestUnknown(reference: string): RegistryResponse {
  return errorResponse(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { reference });
}

export function digestInvalid(reference: string): RegistryResponse {
  return errorResponse(400, 'DIGEST_INVALID', `${JSON.stringify(reference)} is not a digest of sha256 or sha512`);
}

/** What is neither a digest nor a tag; a colon says which of them it was meant to be. */
export function referenceInvalid(reference: string): RegistryResponse {
  return reference.includes(':')
    ? digestInvalid(reference)
    : errorResponse(400, 'MANIFEST_INVALID', `${JSON.stringify(reference)} is not a tag`);
}
