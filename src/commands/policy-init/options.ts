import { registryOptions } from '../common-options.ts';
import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

export const policyInitOptions = defineOptions({
  from: {
    kind: 'string',
    group: 'what',
    placeholder: 'IMAGE',
    example: 'ghcr.io/acme/app:1.4',
    help: 'The image whose evidence the policy is to ask for: a release that is as it should be.',
  },
  'trusted-root': {
    kind: 'lines',
    default: ['public-good'],
    group: 'policy',
    placeholder: 'ROOT',
    example: 'trusted_root.json',
    help: 'Roots under which certificates are verified: `public-good`, `github`, or a `trusted_root.json` or `.jsonl` file. Default: public-good.',
  },
  key: {
    kind: 'lines',
    group: 'policy',
    placeholder: 'FILE',
    example: 'keys/cosign.pub',
    help: 'Public keys (PEM) under which signatures are verified.',
  },
  'notation-ca': {
    kind: 'lines',
    group: 'policy',
    placeholder: 'FILE',
    example: 'certs/corp-root.pem',
    help: 'Root certificates (PEM) under which Notary Project signatures are verified.',
  },
  ...registryOptions,
});

export type PolicyInitOptions = ParsedOptions<typeof policyInitOptions>;

export const policyInitCommand = defineCommand({
  name: 'policy init',
  summary: 'Write a policy from what is on an image, as signed by whom.',
  options: policyInitOptions,
  positionals: ['from'],
  examples: [
    'oci-referrers policy init --from ghcr.io/acme/app:1.4 > .github/referrers.yml',
    'oci-referrers policy init --from ghcr.io/acme/app:1.4 --key keys/cosign.pub',
  ],
});
