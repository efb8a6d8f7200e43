import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

export const policyCheckOptions = defineOptions({
  policy: {
    kind: 'string',
    default: '.github/referrers.yml',
    group: 'what',
    placeholder: 'FILE',
    example: '.github/referrers.yml',
    help: 'The policy file. What it names (keys, certificates, roots) is read, too, from where the command runs.',
  },
});

export type PolicyCheckOptions = ParsedOptions<typeof policyCheckOptions>;

export const policyCheckCommand = defineCommand({
  name: 'policy check',
  summary: 'Check a policy file without asking any server, and say in plain words what it asks for.',
  options: policyCheckOptions,
  positionals: ['policy'],
  examples: [
    'oci-referrers policy check',
    'oci-referrers policy check .github/referrers.yml',
    'oci-referrers policy check policy.yml --format json',
  ],
});
