/** Which test runs each workflow of `examples/` as act does; `test/docs/examples.test.ts` says that none is left out. */
export const EXAMPLES_RUN_BY_ACT = {
  'download.yml': 'test/interop/act.test.ts',
  'gate.yml': 'test/interop/act.test.ts',
  'layout.yml': 'test/interop/act.test.ts',
  'matrix.yml': 'test/interop/act.test.ts',
  'per-platform.yml': 'test/interop/act.test.ts',
  'policy.yml': 'test/interop/act-policy.test.ts',
  'release.yml': 'test/interop/act.test.ts',
  'verify-fleet.yml': 'test/interop/act-policy.test.ts',
} as const;

export type ExampleName = keyof typeof EXAMPLES_RUN_BY_ACT;
