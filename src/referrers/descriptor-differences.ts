import { type Annotations, type Descriptor, sameAnnotations } from '../oci/descriptor.ts';
import { effectiveArtifactType, type Manifest } from '../oci/manifest.ts';
import type { Candidate } from './candidate.ts';

/** What the entry of a list says otherwise than the manifest's bytes, one phrase a field; empty where it is right. */
export function descriptorDifferences({ listed, sources }: Candidate, manifest: Manifest): string[] {
  if (listed === undefined) return []; // that it is no descriptor was said where it was read
  const wrong = [
    ...difference('size', listed.size, manifest.size),
    ...difference('mediaType', listed.mediaType, manifest.mediaType),
  ];
  // only lists of referrers promise type and annotations
  if (!sources.includes('api') && !sources.includes('tag-schema')) return wrong;
  const type = effectiveArtifactType(manifest);
  return [
    ...wrong,
    ...(isConfigTypeTwin(listed, manifest) ? [] : difference('artifactType', listed.artifactType, type)),
    ...annotationDifferences(listed.annotations, manifest.annotations),
  ];
}

function difference(field: string, said: string | number | undefined, is: string | number | undefined): string[] {
  return said === is ? [] : [`${field} is ${jsonOf(is)}, listed as ${jsonOf(said)}`];
}

/** The keys only: values may be as long as a manifest. */
function annotationDifferences(said: Annotations = {}, is: Annotations = {}): string[] {
  if (sameAnnotations(said, is)) return [];
  const missing = Object.keys(is).filter((key) => !Object.hasOwn(said, key));
  const extra = Object.keys(said).filter((key) => !Object.hasOwn(is, key));
  const other = Object.keys(is).filter((key) => Object.hasOwn(said, key) && said[key] !== is[key]);
  return [
    ...(missing.length > 0 ? [`the list lacks annotation ${namesOf(missing)}`] : []),
    ...(extra.length > 0 ? [`the list invents annotation ${namesOf(extra)}`] : []),
    ...(other.length > 0 ? [`the list changes annotation ${namesOf(other)}`] : []),
  ];
}

function namesOf(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).map(jsonOf).join(', ');
  return keys.length > 5 ? `${shown} and ${keys.length - 5} more` : shown;
}

/** A value for a message, cut where it is long: a list may hold anything. */
function jsonOf(value: string | number | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** The spec lists config.mediaType where there is no artifactType; for the empty config that says nothing, but is not wrong. */
function isConfigTypeTwin(listed: Descriptor, manifest: Manifest): boolean {
  return (
    manifest.kind === 'manifest' &&
    manifest.artifactType === undefined &&
    listed.artifactType === manifest.config.mediaType
  );
}
