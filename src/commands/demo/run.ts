import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedRegistry } from '../../embedded/embedded-registry.ts';
import type { Economy } from '../../net/types.ts';
import { parseReference } from '../../oci/reference.ts';
import type { Verdict } from '../../policy/verdict.ts';
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
import { verifyCommand } from '../verify/options.ts';
import type { VerifyResult } from '../verify/result.ts';
import { runVerify } from '../verify/run.ts';
import { BUNDLE_FILE, KEY_FILE, PROVENANCE, SBOM_PATTERN, writeDemoFiles } from './demo-files.ts';
import { pushDemoImage } from './demo-image.ts';
import type { DemoOptions } from './options.ts';

const SPDX = 'application/spdx+json';

/** A step of the demo as it happens; the shell shows it. */
export type DemoStep =
  | { readonly kind: 'started'; readonly url: string; readonly image: string }
  | { readonly kind: 'attached'; readonly command: string; readonly result: AttachResult; readonly economy: Economy }
  | {
      readonly kind: 'verified';
      readonly command: string;
      readonly result: VerifyResult;
      readonly economy: Economy;
      /** What a demo that works shows here: the gate stops, too. */
      readonly expected: Verdict;
    }
  | { readonly kind: 'listed'; readonly command: string; readonly result: ListResult; readonly economy: Economy };

/**
 * Shows the main job on a registry in this process: an image for two platforms, an SBOM attached to each, a gate that
 * stops it for want of provenance, signed provenance attached to the index, the gate that lets it through, and all of it
 * listed. Reads no credentials and uses no proxy: nothing leaves this machine.
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
    await showAll(image, { workspace, interrupt, onStep });
  } finally {
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
    await registry.close();
  }
}

interface Stage {
  readonly workspace: string;
  readonly interrupt: AbortSignal;
  readonly onStep: (step: DemoStep) => void;
}

async function showAll(image: string, stage: Stage): Promise<void> {
  await play(attachCommand, { image }, stage, async (_, context) => {
    const store = await context.openStore(parseReference(image).reference);
    await writeDemoFiles(stage.workspace, image, await pushDemoImage(store, '1.0'));
  });
  await showAttach(image, SBOM_PATTERN, stage);
  await showGate(image, 'fail', stage);
  await showAttach(image, BUNDLE_FILE, stage);
  await showGate(image, 'pass', stage);
  await showList(image, stage);
}

function showAttach(image: string, files: string, stage: Stage): Promise<void> {
  return play(attachCommand, { image, files }, stage, async (options, context, economy) => {
    const result = await runAttach(options, context);
    stage.onStep({ kind: 'attached', command: `attach ${image} "${files}"`, result, economy: economy() });
  });
}

function showGate(image: string, expected: Verdict, stage: Stage): Promise<void> {
  const inputs = { image, require: PROVENANCE, key: KEY_FILE, 'require-unsigned': SPDX };
  const command = `verify ${image} --require ${PROVENANCE} --key ${KEY_FILE} --require-unsigned ${SPDX}`;
  return play(verifyCommand, inputs, stage, async (options, context, economy) => {
    const result = await runVerify(options, context);
    stage.onStep({ kind: 'verified', command, result, economy: economy(), expected });
  });
}

function showList(image: string, stage: Stage): Promise<void> {
  return play(listCommand, { image, depth: 'all' }, stage, async (options, context, economy) => {
    const result = await runList(options, context);
    stage.onStep({ kind: 'listed', command: `list ${image} --depth all`, result, economy: economy() });
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
