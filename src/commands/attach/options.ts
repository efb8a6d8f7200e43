import { IF_EXISTS } from '../../referrers/attach-types.ts';
import { commonOptions } from '../common-options.ts';
import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';
import { signOptions } from './sign/options.ts';

/** What to do with a platform that the index names but the registry does not hold. */
const MISSING_PLATFORMS = ['fail', 'skip', 'attach'] as const;

export const attachOptions = defineOptions({
  ...commonOptions,
  files: {
    kind: 'lines',
    group: 'what',
    placeholder: 'FILE',
    example: 'sbom-{os}-{arch}.spdx.json',
    help: 'Files to attach, one a line: `path[:media-type]`. Globs work, and so do the placeholders `{os}`, `{arch}`, `{variant}` and `{platform}` (os-arch[-variant]), which make each platform get its own file.',
  },
  'artifact-type': {
    kind: 'string',
    group: 'what',
    placeholder: 'TYPE',
    example: 'application/vnd.acme.report.v1+json',
    help: "The artifact's type. With it, all files become the layers of one artifact; without it, each file becomes an artifact of its own whose type is found from its content, else from `path:media-type`.",
  },
  annotations: {
    kind: 'lines',
    group: 'what',
    placeholder: 'KEY=VALUE',
    example: 'org.opencontainers.image.source=https://github.com/acme/app',
    help: 'Annotations of the artifact, `key=value`, one a line. With `artifact-type` and no file, an artifact of annotations alone is attached.',
  },
  platforms: {
    kind: 'lines',
    commas: true,
    group: 'what',
    placeholder: 'PLATFORM',
    example: 'linux/amd64,linux/arm64',
    help: 'What of a multi-platform image to attach to: `index` (the default), `all` platforms, or a list such as `linux/amd64,linux/arm64`. A placeholder in `files` makes `all` the default. An image with one manifest counts as its own platform.',
  },
  ...signOptions,
  'missing-platforms': {
    kind: 'enum',
    values: MISSING_PLATFORMS,
    default: 'fail',
    group: 'how',
    help: 'What to do with a platform that the index names but the registry does not hold: `fail` before anything is written, `skip` it with a warning, or `attach` to its digest all the same.',
  },
  'if-exists': {
    kind: 'enum',
    values: IF_EXISTS,
    default: 'skip',
    group: 'how',
    help: 'What to do when the image has such an artifact: `skip` leaves an equal one (same type, layers and annotations) as it is, `add` does not look, `replace` puts the new one in the place of those that this tool attached with the same type and titles.',
  },
  'allow-subject-mismatch': {
    kind: 'boolean',
    default: false,
    group: 'how',
    help: 'Attach an in-toto statement or a Sigstore bundle even if its subjects do not include the digest that it is attached to.',
  },
  'unique-tags': {
    kind: 'boolean',
    default: false,
    group: 'how',
    help: 'Where the registry has no referrers API, also give each artifact a tag of its own, `sha256-<image>.<16 hex>`: nobody else writes it, so that `repair` can list again whatever another writer of the shared list overwrote.',
  },
  'dry-run': {
    kind: 'boolean',
    default: false,
    group: 'how',
    help: 'Check everything, look at the registry, and say what would be done, without writing.',
  },
});

export type AttachOptions = ParsedOptions<typeof attachOptions>;

export const attachCommand = defineCommand({
  name: 'attach',
  summary: 'Attach files (SBOMs, attestations, signatures, reports) to an image as OCI referrers.',
  options: attachOptions,
  positionals: ['image', 'files'],
  outputs: {
    attached: {
      help: 'JSON array, a row per subject x platform x artifact: subject, platform, digest, artifactType, size, status (attached, unchanged, replaced, planned, failed), via (api, tag-schema), predicateType (of what `sign` adds).',
    },
    count: { help: 'Number of rows that are attached, unchanged or replaced.' },
    'subject-digest': { help: 'Digest of the image; of several images, one a line.' },
    digest: { help: 'Digest of the artifact when there is exactly one, else empty; what `sign` adds does not count.' },
    reference: { help: '`name@digest` of the artifact when there is exactly one, else empty.' },
    'bundle-digest': {
      help: 'Digest of what `sign` attached or found there: the manifest of the Sigstore bundle; of several, one a line.',
    },
    'bundle-path': {
      help: 'File with the bundles that `sign` made in this run, one a line (JSON lines); empty if none.',
    },
  },
  examples: [
    'oci-referrers attach ghcr.io/acme/app:1.4 sbom.spdx.json',
    'oci-referrers attach ghcr.io/acme/app:1.4 "sbom-{os}-{arch}.cdx.json" --if-exists replace',
    'oci-referrers attach ghcr.io/acme/app:1.4 sbom.spdx.json --sign key --signing-key-file release.pem',
    'oci-referrers attach oci-layout:build/image:1.4 report.json:application/json --artifact-type application/vnd.acme.report.v1+json',
  ],
});
