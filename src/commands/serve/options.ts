import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

export const serveOptions = defineOptions({
  root: {
    kind: 'string',
    group: 'what',
    placeholder: 'DIR',
    example: 'registry-data',
    help: 'Keep repositories as OCI image layouts in this folder. Without it everything stays in memory and ends with the process.',
  },
  host: {
    kind: 'string',
    default: '127.0.0.1',
    group: 'how',
    placeholder: 'ADDRESS',
    help: 'Address to listen on.',
  },
  port: {
    kind: 'integer',
    default: 5000,
    min: 0,
    max: 65_535,
    group: 'how',
    placeholder: 'PORT',
    help: 'Port to listen on; 0 takes a free one.',
  },
  'referrers-api': {
    kind: 'boolean',
    default: true,
    group: 'registry',
    help: 'Offer the referrers API; without it clients use the fallback tag.',
  },
  'referrers-headers': {
    kind: 'boolean',
    default: false,
    group: 'registry',
    help: 'Send `OCI-Referrers` and `OCI-Referrers-Artifact-Types` on manifest responses.',
  },
  'sparse-index': {
    kind: 'boolean',
    default: true,
    group: 'registry',
    help: 'Accept an index whose manifests are not all there.',
  },
  'read-only': {
    kind: 'boolean',
    default: false,
    group: 'registry',
    help: 'Refuse every write.',
  },
  username: {
    kind: 'string',
    group: 'credentials',
    placeholder: 'NAME',
    help: 'Ask for this user name (HTTP Basic); needs `password`.',
    requires: ['password'],
  },
  password: {
    kind: 'string',
    group: 'credentials',
    placeholder: 'PASSWORD',
    secret: true,
    env: 'OCI_REFERRERS_PASSWORD',
    help: 'Password that goes with `username`.',
  },
});

export type ServeOptions = ParsedOptions<typeof serveOptions>;

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Run the embedded registry (distribution-spec 1.1, with the referrers API) until interrupted.',
  options: serveOptions,
  positionals: [],
  examples: ['oci-referrers serve --root registry-data', 'oci-referrers serve --port 0 --no-referrers-api'],
});
