import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedRegistry } from '../../embedded/embedded-registry.ts';
import type { Economy } from '../../net/types.ts';
import { parseReference } from '../../oci/reference.ts';
import { attachCommand } from '../attach/options.ts';
import type { AttachResult } from '../attach/result.ts';
import { runAttach } from '../attach/run.ts';
import { registryOptions } from '../common-options.ts';
import type { CommandContext } from '../context.ts';
import { listCommand } from '../list/options.ts';
import type { ListResult } from '../list/result.ts';
import { runList } from '../list/run.ts';
import type { CommandSpec, OptionSpecs, ParsedOptions } from '../option-spec.ts';
import { parseOptions } from '../parse-options.ts';
import { runSession } from '../run-session.ts';
import { BUNDLE_FILE, SBOM_PATTERN, writeDemoFiles } from './demo-files.ts';
import { pushDemoImage } from './demo-image.ts';
import type { DemoOptions } from './options.ts';

/** A step of the demo as it happens; the shell shows it. */
export type DemoStep =
  | { readonly kind: 'started'; readonly url: string; readonly image: string }
  | { readonly kind: 'attached'; readonly command: string; readonly result: AttachResult; readonly economy: Economy }
  | { readonly kind: 'listed'; readonly command: string; readonly result: ListResult; readonly economy: Economy };

/**
 * Shows the main job on a registry in this process: an image for two platforms, an SBOM attached to each, a bundle to
 * the index, and all of it listed. Reads no credentials and uses no proxy: nothing leaves this machine.
 */
export async function runDemo(
  options: DemoOptions,
  interrupt: AbortSignal,
  onStep: (step: DemoStep) => void,
): Promise<void> {
  const registry = await startEmbeddedRegistry({
    root: options.root,
    quirks: { referrersApi: options.referrersApi },
  });
  const workspace = await mkdtemp(join(tmpdir(), 'oci-referrers-demo-'));
  try {
    const image = `${registry.host}/demo/app:1.0`;
    onStep({ kind: 'started', url: registry.url, image });
    await showAttachAndList(image, { workspace, interrupt, onStep });
  } finally {
    await rm(workspace, { recursive: true, force: true });
    await registry.close();
  }
}

interface Stage {
  readonly workspace: string;
  readonly interrupt: AbortSignal;
  readonly onStep: (step: DemoStep) => void;
}

async function showAttachAndList(image: string, stage: Stage): Promise<void> {
  const { workspace, onStep } = stage;
  await play(attachCommand, { image }, stage, async (_, context) => {
    const store = await context.openStore(parseReference(image).reference);
    await writeDemoFiles(workspace, image, await pushDemoImage(store, '1.0'));
  });
  for (const files of [SBOM_PATTERN, BUNDLE_FILE]) {
    await play(attachCommand, { image, files }, stage, async (options, context, economy) => {
      const result = await runAttach(options, context);
      onStep({ kind: 'attached', command: `attach ${image} "${files}"`, result, economy: economy() });
    });
  }
  await play(listCommand, { image, depth: 'all' }, stage, async (options, context, economy) => {
    const result = await runList(options, context);
    onStep({ kind: 'listed', command: `list ${image} --depth all`, result, economy: economy() });
  });
}

/** One command as its shell would run it, with connections of its own. */
function play<Specs extends OptionSpecs>(
  command: CommandSpec<Specs>,
  inputs: Readonly<Record<string, string>>,
  { workspace, interrupt }: Stage,
  act: (options: ParsedOptions<Specs>, context: CommandContext, economy: () => Economy) => Promise<void>,
): Promise<void> {
  const raw = new Map(Object.entries(inputs).map(([name, text]): [string, string[]] => [name, [text]]));
  const options = parseOptions(command, raw, (name) => name);
  const session = parseOptions({ name: 'demo', options: registryOptions }, new Map(), (name) => name);
  const hooks = { env: {}, workspace, interrupt };
  return runSession(
    session,
    hooks,
    () => undefined,
    (context, economy) => act(options, context, economy),
  );
}
