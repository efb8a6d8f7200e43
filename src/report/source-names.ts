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

/** A source for people: where a row was seen. */
export function sourceName(source: EvidenceSource): string {
  return SOURCE_NAMES[source];
}

/** The same where there is little room. */
export function shortSourceName(source: EvidenceSource): string {
  return source === 'api' ? 'API' : SOURCE_NAMES[source];
}

const CAPABILITY_NAMES: Readonly<Record<ReferrersCapability, string>> = {
  api: 'registry with the referrers API',
  'tag-schema': 'registry without the referrers API: fallback tags',
  unknown: 'unknown whether the registry has the referrers API',
};

export function capabilityName(capability: ReferrersCapability): string {
  return CAPABILITY_NAMES[capability];
}
