import { REFERRER_SOURCES } from '../../referrers/types.ts';
import { commonOptions } from '../common-options.ts';
import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

export const listOptions = defineOptions({
  ...commonOptions,
  'artifact-type': {
    kind: 'lines',
    commas: true,
    group: 'filter',
    placeholder: 'TYPE',
    example: 'application/spdx+json',
    help: 'Show only referrers of these types, one a line; `*` and `?` are wildcards. Judged by the type that the manifest itself gives.',
  },
  'filter-annotation': {
    kind: 'lines',
    group: 'filter',
    placeholder: 'KEY[=VALUE]',
    example: 'org.opencontainers.image.source=https://github.com/acme/app',
    help: 'Show only referrers with these annotations, `key` or `key=value`, one a line; all must hold.',
  },
  platforms: {
    kind: 'lines',
    commas: true,
    group: 'filter',
    placeholder: 'PLATFORM',
    example: 'linux/amd64',
    help: 'What of a multi-platform image to look at: `all` (the default: the index and each platform), `index`, or a list such as `linux/amd64,linux/arm64`.',
  },
  depth: {
    kind: 'integer',
    default: 1,
    min: 1,
    max: 100,
    all: true,
    group: 'how',
    placeholder: 'N|all',
    help: 'How far to follow referrers of referrers; `all` follows them to the end. A filter never cuts off the way to a deeper match.',
  },
  sources: {
    kind: 'lines',
    commas: true,
    values: REFERRER_SOURCES,
    default: REFERRER_SOURCES,
    group: 'how',
    placeholder: 'SOURCE',
    help: 'Where to look: `api` (the referrers API), `tag-schema` (the fallback tag), `in-index` (BuildKit attestations inside the index), `cosign-tags` (`.sig`, `.att`, `.sbom`; where `tags/list` shows such tags, those that it does not show are taken for absent unless `min-count` is set).',
  },
  verify: {
    kind: 'boolean',
    default: true,
    group: 'how',
    help: "Read the manifests of the first 200 rows and prove type, annotations and subject from their bytes; the rest is marked as not proved. `false` takes the registry's word, except for `min-count`.",
  },
  latest: {
    kind: 'boolean',
    default: false,
    group: 'filter',
    help: 'Keep only the latest referrer per type, platform and title, by `sort-annotation`. A tie is an error.',
  },
  'sort-annotation': {
    kind: 'string',
    default: 'org.opencontainers.image.created',
    group: 'filter',
    placeholder: 'KEY',
    help: 'The annotation that `latest` compares; referrers without it lose.',
  },
  'min-count': {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 1_000_000,
    group: 'output',
    help: 'Fail when fewer referrers than this match. Only proved rows count: as many as needed are read, beyond the first 200 and with `verify: false` too. An incomplete answer fails with exit code 3 instead.',
  },
  download: {
    kind: 'string',
    group: 'output',
    placeholder: 'DIR',
    example: 'referrers',
    help: 'Write the files of the referrers shown into this folder: `DIR/<subject>/<artifact>/<title>`. Bytes are hashed before a file gets its name. On the command line `-` writes the only file of these referrers to stdout, and nothing else.',
  },
});

export type ListOptions = ParsedOptions<typeof listOptions>;

export const listCommand = defineCommand({
  name: 'list',
  summary: 'List what refers to an image (SBOMs, attestations, signatures), from every place where registries keep it.',
  options: listOptions,
  positionals: ['image'],
  outputs: {
    referrers: {
      help: 'JSON tree in the shape of `oras discover --format json`, with platforms in `children`, and source, verified and complete besides; several images are an array. Empty over 256 KiB: use `referrers-path`.',
    },
    'referrers-path': { help: 'The same JSON as a file, always written.' },
    digests: { help: 'Digests of the referrers shown, one a line.' },
    count: { help: 'Number of referrers shown.' },
    'artifact-types': { help: 'Their distinct types, one a line.' },
    complete: { help: '`true` when every source could be looked at, else `false`.' },
  },
  examples: [
    'oci-referrers list ghcr.io/acme/app:1.4',
    'oci-referrers list ghcr.io/acme/app:1.4 --artifact-type application/spdx+json --min-count 1',
    'oci-referrers list ghcr.io/acme/app:1.4 --depth all --format json',
    'oci-referrers list ghcr.io/acme/app:1.4 --artifact-type application/spdx+json --platforms linux/amd64 --download -',
  ],
});
