import { type Bundle, bundleFromJSON, ValidationError } from '@sigstore/bundle';
import type { JsonObject } from '../../oci/strict-json.ts';
import { brokenEvidence } from '../broken-evidence.ts';
import { SIGSTORE_BUNDLE_PREFIX } from '../formats/sigstore-bundle.ts';
import type { BrokenEvidence } from '../signed-evidence.ts';
import { canonicalBundleType } from './bundle-media-type.ts';
import { checkBundleShape } from './check-bundle-shape.ts';

/** Strictly parsed JSON -> a bundle that holds what its version asks for. Nothing in it is proved yet. */
export function readBundle(json: JsonObject, what: string): Bundle | BrokenEvidence {
  const mediaType = json['mediaType'];
  if (typeof mediaType !== 'string') return brokenEvidence('invalid', `${what} is a bundle without mediaType`);
  const canonical = canonicalBundleType(mediaType);
  if (canonical === undefined) {
    const shown = JSON.stringify(mediaType.slice(0, 120));
    if (!mediaType.startsWith(SIGSTORE_BUNDLE_PREFIX))
      return brokenEvidence('invalid', `${what} is no bundle but ${shown}`);
    return brokenEvidence('unsupported', `${what} is a bundle of a version that is not known: ${shown}`);
  }
  const misshapen = checkBundleShape(json);
  if (misshapen !== undefined) return brokenEvidence('invalid', `${what} is no proper bundle: ${misshapen}`);
  try {
    return bundleFromJSON({ ...json, mediaType: canonical });
  } catch (error) {
    // the library throws its own class, and what JavaScript throws on values of the wrong type
    return brokenEvidence('invalid', `${what} is no proper bundle: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ValidationError) return `${error.message}: ${error.fields.join(', ')}`;
  return error instanceof Error ? error.message : String(error);
}
