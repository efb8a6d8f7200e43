import { LAYOUT_PREFIX } from '../oci/reference.ts';
import type { EvidenceSource } from '../policy/evidence-item.ts';
import type { ReferrersCapability } from '../referrers/types.ts';

const SOURCE_NAMES: Readonly<Record<EvidenceSource, string>> = {
  api: 'referrers API',
  'tag-schema': 'fallback tag',
  'in-index': 'index',
  'cosign-tags': 'cosign tag',
  github: 'GitHub attestations',
  'bundle-file': 'bundle file',
};

/** A layout on disk is read as a whole, in place of asking an API. */
const LAYOUT = 'OCI layout';

/** A source for people: where a row of a repository (`ghcr.io/acme/app`, `oci-layout:DIR`) was seen. */
export function sourceName(source: EvidenceSource, repository: string): string {
  return source === 'api' && isLayout(repository) ? LAYOUT : SOURCE_NAMES[source];
}

/** The same where there is little room. */
export function shortSourceName(source: EvidenceSource, repository: string): string {
  return source === 'api' && !isLayout(repository) ? 'API' : sourceName(source, repository);
}

function isLayout(repository: string): boolean {
  return repository.startsWith(LAYOUT_PREFIX);
}

const CAPABILITY_NAMES: Readonly<Record<ReferrersCapability, string>> = {
  api: 'registry with the referrers API',
  'tag-schema': 'registry without the referrers API: fallback tags',
  unknown: 'unknown whether the registry has the referrers API',
};

/** How the repository keeps referrers. */
export function capabilityName(capability: ReferrersCapability, repository: string): string {
  return isLayout(repository) ? LAYOUT : CAPABILITY_NAMES[capability];
}
