import { DISTRIBUTION_SPECS } from '../referrers/types.ts';
import { defineOptions, type ParsedOptions } from './option-spec.ts';

/** Which image is meant. */
const subjectOptions = defineOptions({
  image: {
    kind: 'lines',
    group: 'what',
    placeholder: 'IMAGE',
    example: 'ghcr.io/acme/app:1.4',
    help: 'The image, or several, one a line: `host/name:tag`, `host/name@digest`, or both; `oci-layout:DIR[:tag|@digest]` for an OCI image layout on disk. A leading `oci://` is tolerated, an upper-case name is lowered.',
    conflictsWith: ['subject-name'],
  },
  'subject-name': {
    kind: 'string',
    group: 'what',
    placeholder: 'NAME',
    example: 'ghcr.io/acme/app',
    help: 'The image without tag and digest, as an alternative to `image`; needs `subject-digest`.',
    requires: ['subject-digest'],
  },
  'subject-digest': {
    kind: 'string',
    group: 'what',
    placeholder: 'DIGEST',
    example: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    help: 'The digest of the image, as docker/build-push-action gives it. With `image` it pins every line, so that the tags of docker/metadata-action can be pasted as they are; pinned lines of one repository are one subject.',
  },
});

/** How to reach the registry, and as whom. */
export const registryOptions = defineOptions({
  'registry-username': {
    kind: 'string',
    group: 'credentials',
    placeholder: 'NAME',
    help: 'User name for the registry of the image; needs `registry-password`. Without it the credentials of `docker login` and `podman login` are used.',
    requires: ['registry-password'],
  },
  'registry-password': {
    kind: 'string',
    group: 'credentials',
    placeholder: 'PASSWORD',
    secret: true,
    env: 'OCI_REFERRERS_PASSWORD',
    help: 'Password or access token that goes with `registry-username`.',
    requires: ['registry-username'],
  },
  'github-token': {
    kind: 'string',
    group: 'credentials',
    placeholder: 'TOKEN',
    secret: true,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the workflow language
    actionDefault: '${{ github.token }}',
    env: 'GITHUB_TOKEN',
    help: "Token for ghcr.io, used when nothing else is configured for it, and for GitHub's API where a run asks that.",
  },
  'plain-http': {
    kind: 'boolean',
    group: 'registry',
    help: 'Speak HTTP without TLS. Unset, registries on the loopback interface alone are spoken to so; `false` asks them for TLS, too.',
  },
  insecure: {
    kind: 'boolean',
    default: false,
    group: 'registry',
    help: "Do not verify the registry's TLS certificate.",
  },
  'ca-file': {
    kind: 'string',
    group: 'registry',
    placeholder: 'FILE',
    example: 'certs/registry-ca.pem',
    help: 'A PEM file of certificate authorities to trust besides the built-in ones. On pull requests a file in the workspace vouches for registries only, not for GitHub: use one outside of it, or NODE_EXTRA_CA_CERTS.',
  },
  'distribution-spec': {
    kind: 'enum',
    values: DISTRIBUTION_SPECS,
    default: 'auto',
    group: 'registry',
    help: 'How the registry keeps referrers: `auto` finds out; with `v1.1-referrers-api` no fallback tag is ever read or written; with `v1.1-referrers-tag` only the tag is.',
  },
  concurrency: {
    kind: 'integer',
    default: 8,
    min: 1,
    max: 64,
    group: 'registry',
    help: 'Requests at a time to one registry.',
  },
  retries: {
    kind: 'integer',
    default: 5,
    min: 0,
    max: 20,
    group: 'registry',
    help: 'Attempts after the first one, for requests that may be repeated.',
  },
  timeout: {
    kind: 'seconds',
    default: 60,
    min: 0.1,
    max: 3600,
    group: 'registry',
    help: 'Seconds that one request may stay without an answer.',
  },
  deadline: {
    kind: 'seconds',
    default: 900,
    min: 1,
    max: 86_400,
    group: 'registry',
    help: 'Seconds that the whole run may take.',
  },
});

/** What every command about an image in a registry has. */
export const commonOptions = defineOptions({ ...subjectOptions, ...registryOptions });

export type RegistryOptions = ParsedOptions<typeof registryOptions>;
