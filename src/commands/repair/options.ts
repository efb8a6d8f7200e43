import { commonOptions } from '../common-options.ts';
import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

/** Whether GitHub's Packages API is asked which manifests there are. */
const PACKAGES = ['auto', 'true', 'false'] as const;

export const repairOptions = defineOptions({
  ...commonOptions,
  platforms: {
    kind: 'lines',
    commas: true,
    group: 'what',
    placeholder: 'PLATFORM',
    example: 'linux/amd64',
    help: 'Whose lists of a multi-platform image to repair: `all` (the default: those of the index and each platform), `index`, or a list such as `linux/amd64,linux/arm64`.',
  },
  digests: {
    kind: 'lines',
    commas: true,
    group: 'what',
    placeholder: 'DIGEST',
    example: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    help: 'Digests of manifests that may be referrers of the image, one a line, for example from the log of the job that attached them. Each is read, and listed where it does refer to the image.',
  },
  'unique-tags': {
    kind: 'boolean',
    default: true,
    group: 'how',
    help: 'Look in `tags/list` for tags of referrers of their own, as `attach` with `unique-tags` gives them.',
  },
  packages: {
    kind: 'enum',
    values: PACKAGES,
    default: 'auto',
    group: 'how',
    help: "Ask GitHub's Packages API for every manifest of the repository, with `github-token`: `auto` does so for ghcr.io. What has no tag is read, and listed where it refers to the image.",
    permission: 'packages: read',
  },
  'dry-run': {
    kind: 'boolean',
    default: false,
    group: 'how',
    help: 'Read everything and say what would be changed, without writing.',
  },
});

export type RepairOptions = ParsedOptions<typeof repairOptions>;

export const repairCommand = defineCommand({
  name: 'repair',
  summary:
    'Rebuild the list of referrers that a registry without the referrers API keeps under a tag, from whatever manifests can be found.',
  options: repairOptions,
  positionals: ['image', 'digests'],
  outputs: {
    repaired: { help: 'Number of lists that were rewritten; in a dry run, that would be.' },
    changes: {
      help: 'JSON array, a row per entry that was added, corrected or removed, or could not be read: repository, subject, digest, artifactType, change, why. Empty over 256 KiB.',
    },
  },
  examples: [
    'oci-referrers repair ghcr.io/acme/app:1.4 --dry-run',
    'oci-referrers repair registry.example/acme/app:1.4 --no-unique-tags --digests sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ],
});
