import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { detectBytes } from '../../src/evidence/detect.ts';
import { describeMismatch } from '../../src/evidence/subject-claim.ts';
import { OTHER_SUBJECT } from './samples.ts';

/** Real documents from elsewhere: set VECTORS_DIR to the folder that holds them. */
const DIR = process.env['VECTORS_DIR'] ?? '';
const skip = DIR === '' ? 'VECTORS_DIR is not set' : false;
const BUNDLE = 'application/vnd.dev.sigstore.bundle';

interface Expected {
  readonly kind: string;
  readonly artifactType?: string;
  readonly covers?: string;
  readonly predicateType?: string;
}

const FILES: Readonly<Record<string, Expected>> = {
  'sbom/attest-cyclonedx-sbom.json': { kind: 'cyclonedx-json', artifactType: 'application/vnd.cyclonedx+json' },
  'sbom/attest-spdx-sbom.json': { kind: 'spdx-json', artifactType: 'application/spdx+json' },
  'sbom/bom-go-mod.cyclonedx.json': { kind: 'cyclonedx-json', artifactType: 'application/vnd.cyclonedx+json' },
  'sbom/bom-go-mod.spdx': { kind: 'spdx-tag-value', artifactType: 'text/spdx' },
  'sbom/bom-go-mod.spdx.json': { kind: 'spdx-json', artifactType: 'application/spdx+json' },
  'cosign/oci-attestation.sigstore.json': {
    kind: 'sigstore-bundle',
    artifactType: `${BUNDLE}.v0.3+json`,
    covers: 'sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4',
    predicateType: 'https://cosign.sigstore.dev/attestation/v1',
  },
  'cosign/vuln-predicate.json': { kind: 'unknown' },
  'gh/custom-issuer.sigstore.json': {
    kind: 'sigstore-bundle',
    covers: 'sha256:afa27b44d43b02a9fea41d13cedc2e4016cfcf87c5dbf990e593669aa8ce286d',
    predicateType: 'https://slsa.dev/provenance/v1',
  },
  'gh/reusable-workflow-attestation.sigstore.json': {
    kind: 'sigstore-bundle',
    predicateType: 'https://slsa.dev/provenance/v1',
  },
  'gh/sigstoreBundle-invalid-signature.json': { kind: 'sigstore-bundle', artifactType: `${BUNDLE}.v0.3+json` },
  'gh/trusted_root.json': { kind: 'unknown' },
  'notation/jws_signature.sig': {
    kind: 'notation-jws',
    artifactType: 'application/vnd.cncf.notary.signature',
    covers: 'sha256:19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0',
  },
  'notation/cose_signature.sig': {
    kind: 'notation-cose',
    artifactType: 'application/vnd.cncf.notary.signature',
    covers: 'sha256:19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0',
  },
  'notation/ca_valid_sig_env.json': {
    kind: 'notation-jws',
    covers: 'sha256:60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e',
  },
  'notation/sig_env_with_metadata.json': {
    kind: 'notation-jws',
    covers: 'sha256:5a07385af4e6b6af81b0ebfd435aedccdfa3507f0609c658209e1aba57159b2b',
  },
};

/** The digest of a.txt, over which most of the conformance suite's bundles are. */
const A_TXT = 'sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf';
const CONFORMANCE_UNKNOWN: Readonly<Record<string, RegExp>> = {
  'bundle-malformed-json_fail': /looks like Sigstore bundle, but it seems to be cut off/,
  'bundle-unknown-version_fail': /version=99.9" is of no known version/,
};

describe('detection of real documents', { skip }, () => {
  for (const [name, expected] of Object.entries(FILES)) {
    it(`takes ${name} for ${expected.kind}`, () => {
      const detection = detectBytes(readFileSync(join(DIR, name)));
      assert.equal(detection.kind, expected.kind);
      if (detection.kind === 'unknown') return;
      if (expected.artifactType !== undefined) assert.equal(detection.artifactType, expected.artifactType);
      assert.equal(detection.predicateType, expected.predicateType);
      if (expected.covers === undefined) return;
      assert.equal(describeMismatch(detection, expected.covers as `sha256:${string}`) === undefined, true);
      assert.equal(describeMismatch(detection, OTHER_SUBJECT) === undefined, false);
    });
  }

  it('takes every Notation envelope for one, with the thumbprints of its chain', () => {
    const names = globSync('notation/*_sig_env*.json', { cwd: DIR });
    assert.ok(names.length >= 16, `found ${names.length}`);
    for (const name of names) {
      const detection = detectBytes(readFileSync(join(DIR, name)));
      assert.ok(detection.kind === 'notation-jws', name);
      assert.match(Object.values(detection.annotations).join(), /^\["[0-9a-f]{64}"(,"[0-9a-f]{64}")*\]$/, name);
    }
  });

  it('takes every bundle of the Sigstore conformance suite for one, but the two that are none', () => {
    const names = globSync('sigstore-conformance/*/bundle.sigstore.json', { cwd: DIR });
    assert.ok(names.length >= 36, `found ${names.length}`);
    for (const name of names) {
      const folder = name.split(/[/\\]/)[1] ?? '';
      const detection = detectBytes(readFileSync(join(DIR, name)));
      const unknown = CONFORMANCE_UNKNOWN[folder];
      assert.equal(detection.kind, unknown === undefined ? 'sigstore-bundle' : 'unknown', name);
      if (detection.kind === 'unknown') assert.match(detection.reason, unknown ?? /never/);
      else assert.match(detection.artifactType, /^application\/vnd\.dev\.sigstore\.bundle\.v0\.[123]\+json$/);
    }
  });

  it('compares what the bundles of the conformance suite are over', () => {
    const covers = (folder: string): boolean => {
      const path = join(DIR, 'sigstore-conformance', folder, 'bundle.sigstore.json');
      return describeMismatch(detectBytes(readFileSync(path)), A_TXT) === undefined;
    };
    assert.equal(covers('happy-path-v0.1'), true);
    assert.equal(covers('happy-path-intoto-in-dsse-v3'), true);
    assert.equal(covers('message-digest-mismatch_fail'), false);
  });

  it('takes no trusted root for anything', () => {
    const names = globSync(['trusted-roots/*.json', 'sigstore-conformance/*/trusted_root.json'], { cwd: DIR });
    assert.ok(names.length >= 3, `found ${names.length}`);
    for (const name of names) assert.equal(detectBytes(readFileSync(join(DIR, name))).kind, 'unknown', name);
  });
});
