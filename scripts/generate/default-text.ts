import type { OptionSpec } from '../../src/commands/option-spec.ts';

/** An option's default as it stands in action.yml; undefined where there is none. */
export function defaultText(spec: OptionSpec): string | undefined {
  if (spec.actionDefault !== undefined) return spec.actionDefault;
  if (spec.default === undefined) return undefined;
  return spec.kind === 'lines' ? spec.default.join('\n') : String(spec.default);
}
