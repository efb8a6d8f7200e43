import { createHash } from 'node:crypto';

export interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
  readonly downloadLocation: string;
  readonly licenseConcluded: string;
  readonly licenseDeclared: string;
  readonly filesAnalyzed: boolean;
  readonly externalRefs: readonly Readonly<Record<string, string>>[];
}

/** As much of SPDX 2.3 as is written here. */
export interface SpdxDocument {
  readonly spdxVersion: 'SPDX-2.3';
  readonly SPDXID: string;
  readonly name: string;
  readonly dataLicense: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
}

/**
 * The SBOM of `dist`. `licences` is its LICENSES.txt, which the build writes from what is left after tree shaking: a
 * package that is only needed to build or to test is not in it.
 */
export function buildSbom(version: string, licences: string, created: Date): SpdxDocument {
  const root = packageOf('oci-referrers', version, 'Apache-2.0');
  const bundled = readBundled(licences);
  const contained = bundled.map(({ SPDXID }) => relate(root.SPDXID, 'CONTAINS', SPDXID));
  const packages = [root, ...bundled];
  return {
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `oci-referrers-${version}`,
    dataLicense: 'CC0-1.0',
    documentNamespace: `https://spdx.org/spdxdocs/oci-referrers-${version}-${hashOf(packages)}`,
    creationInfo: { created: `${created.toISOString().slice(0, 19)}Z`, creators: ['Tool: oci-referrers-sbom'] },
    packages,
    relationships: [relate('SPDXRef-DOCUMENT', 'DESCRIBES', root.SPDXID), ...contained],
  };
}

/** A section begins with `name version (licence)`, and ends with a rule. npm may have one package in two places. */
function readBundled(licences: string): SpdxPackage[] {
  const sections = licences.replace(/^[^\n]*\n+/, '').split(/\n-{80}\n+/);
  const packages = sections.map((section) => {
    const [, name, version, licence] = /^(\S+) (\S+) \((.+)\)\n/.exec(section) ?? [];
    if (name === undefined || version === undefined || licence === undefined) {
      throw new TypeError(`a section of LICENSES.txt begins with ${JSON.stringify(section.slice(0, 80))}`);
    }
    return packageOf(name, version, licence);
  });
  return [...new Map(packages.map((each) => [each.SPDXID, each])).values()];
}

function packageOf(name: string, version: string, licence: string): SpdxPackage {
  return {
    SPDXID: `SPDXRef-${`${name}-${version}`.replaceAll(/[^A-Za-z0-9.]+/g, '-').replace(/^-/, '')}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    licenseConcluded: licence,
    licenseDeclared: licence,
    filesAnalyzed: false,
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      },
    ],
  };
}

function relate(from: string, type: string, to: string): Readonly<Record<string, string>> {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}

/** A namespace is of one document (SPDX 2.3 §6.5): of the same packages the same. */
function hashOf(packages: readonly SpdxPackage[]): string {
  return createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 16);
}
