import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

export const demoOptions = defineOptions({
  'referrers-api': {
    kind: 'boolean',
    default: true,
    group: 'registry',
    help: "Let the demo's registry offer the referrers API; `--no-referrers-api` shows the fallback tag at work.",
  },
  root: {
    kind: 'string',
    group: 'output',
    placeholder: 'DIR',
    help: "Keep the demo's repositories in this folder as OCI image layouts. Without it nothing is left behind.",
  },
});

export type DemoOptions = ParsedOptions<typeof demoOptions>;

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Show attach, verify and list on a small image in the embedded registry. Nothing leaves this machine.',
  options: demoOptions,
  positionals: [],
  examples: ['oci-referrers demo', 'oci-referrers demo --no-referrers-api'],
});
