import { defineCommand, defineOptions } from '../option-spec.ts';
import { VERIFY_MODES } from '../verify/result.ts';

export const reportMergeOptions = defineOptions({
  reports: {
    kind: 'lines',
    group: 'what',
    placeholder: 'FILE',
    example: 'reports/*.json',
    help: 'The reports of all shards, as `verify --shard` printed them with `--format json`, or as the Action left them at `report-path`. Files or globs.',
  },
  mode: {
    kind: 'enum',
    values: VERIFY_MODES,
    default: 'enforce',
    group: 'output',
    help: '`enforce` ends with 1 for `fail` and 3 for `unknown`; `warn` reports the same and ends with 0. What the shards ran with does not matter.',
  },
});

export const reportMergeCommand = defineCommand({
  name: 'report merge',
  summary: 'Join the reports of all shards of a fleet into one verdict, without asking any server.',
  options: reportMergeOptions,
  positionals: ['reports'],
  examples: ['oci-referrers report merge reports/*.json', 'oci-referrers report merge 1.json 2.json --format json'],
});
