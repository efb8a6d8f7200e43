import { isJsonObject, type JsonObject, type JsonValue } from '../../oci/strict-json.ts';
import type { EvidenceKind } from '../detection.ts';

type ShapeCheck = (json: JsonObject) => string | undefined;

/** What a document of a kind must have to say anything at all; docs/detection.md "Present and fit to be counted". */
const CHECKS: Partial<Readonly<Record<EvidenceKind, ShapeCheck>>> = {
  'spdx-json': checkSpdx,
  'spdx3-json': checkSpdx3,
  'cyclonedx-json': checkCyclonedx,
  sarif: checkSarif,
  openvex: checkOpenvex,
};

/** Why a JSON document of a known kind is not fit to be counted; undefined: its shape is right. */
export function checkShape(kind: EvidenceKind, json: JsonObject): string | undefined {
  return CHECKS[kind]?.(json);
}

/** SPDX 2.3 §7.1, §8.1: a package has a name, a file a fileName. */
function checkSpdx({ packages, files, snippets }: JsonObject): string | undefined {
  const describes = hasNamed(packages, 'name') || hasNamed(files, 'fileName') || hasNamed(snippets, 'SPDXID');
  return describes ? undefined : 'it describes nothing: it has no package, file or snippet';
}

/** Elements have their class as type: `software_Package`, `ai_AIPackage`, or an IRI that ends so (SPDX 3.0.1 model). */
function checkSpdx3(json: JsonObject): string | undefined {
  const graph = json['@graph'];
  const elements = Array.isArray(graph) ? graph : [json];
  const describes = elements.some(
    (element) => isJsonObject(element) && isSoftware(element['type'] ?? element['@type']),
  );
  return describes ? undefined : 'it describes nothing: it has no package, file or snippet';
}

function isSoftware(type: JsonValue | undefined): boolean {
  const types = Array.isArray(type) ? type : [type];
  return types.some((one) => typeof one === 'string' && /(?:Package|File|Snippet)$/.test(one));
}

/**
 * CycloneDX 1.6: what it is about, what that consists of, or what is known of it. A VEX has vulnerabilities alone, an
 * attestation declarations.
 */
function checkCyclonedx(json: JsonObject): string | undefined {
  const { metadata, components, services, vulnerabilities, declarations } = json;
  const subject = isJsonObject(metadata) ? metadata['component'] : undefined;
  const describes =
    isNamed(subject, 'name') ||
    hasNamed(components, 'name') ||
    hasNamed(services, 'name') ||
    hasNamed(vulnerabilities, undefined) ||
    (isJsonObject(declarations) && Object.keys(declarations).length > 0);
  return describes ? undefined : 'it describes nothing: it has no component, service or vulnerability';
}

/** SARIF 2.1.0 §3.14: a run without results is a good result, no run at all is none. */
function checkSarif({ runs }: JsonObject): string | undefined {
  return hasNamed(runs, undefined) ? undefined : 'it has no run';
}

function checkOpenvex({ statements }: JsonObject): string | undefined {
  return hasNamed(statements, undefined) ? undefined : 'it has no statement';
}

/** Whether a list has an object with that member (a text that is not empty); undefined: any object with members. */
function hasNamed(list: JsonValue | undefined, member: string | undefined): boolean {
  return Array.isArray(list) && list.some((entry) => isNamed(entry, member));
}

function isNamed(value: JsonValue | undefined, member: string | undefined): boolean {
  if (!isJsonObject(value)) return false;
  if (member === undefined) return Object.keys(value).length > 0;
  const text = value[member];
  return typeof text === 'string' && text.trim() !== '';
}
