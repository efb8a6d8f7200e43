import { readArtifactsList } from '../commands/attach/artifacts-list.ts';
import { commonOptions } from '../commands/common-options.ts';
import { parseOptions } from '../commands/parse-options.ts';
import { onlyRegistryOf, parseSubjects } from '../commands/subjects.ts';
import { readInputs } from './load-inputs.ts';

/**
 * The registry that registry-username and registry-password are for: that of the image inputs, or of what the job has
 * built where they are empty; null: none. The post step asks, since the hosts in its state are nobody's word.
 */
export async function inputRegistryOf(env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  const inputs = [...readInputs(env)].filter(([name]) => Object.hasOwn(commonOptions, name));
  const options = parseOptions({ name: 'post', options: commonOptions }, new Map(inputs), (name) => `input "${name}"`);
  if (options.registryUsername === undefined) return null;
  const { subjects } = parseSubjects(options);
  return onlyRegistryOf(subjects.length > 0 ? subjects : ((await readArtifactsList(env)) ?? [])) ?? null;
}
