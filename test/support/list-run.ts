import { listCommand } from '../../src/commands/list/options.ts';
import type { ListResult } from '../../src/commands/list/result.ts';
import { runList } from '../../src/commands/list/run.ts';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { runSession } from '../../src/commands/run-session.ts';
import type { Warning } from '../../src/errors/warning.ts';
import type { Economy } from '../../src/net/types.ts';
import type { Referrer, ReferrersTree } from '../../src/referrers/types.ts';
import { selectedRows } from '../../src/report/referrer-rows.ts';

/** A run of list as a shell makes it: inputs as text, its own connections and memory. */
export interface ListRunOptions {
  readonly workspace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupt?: AbortSignal;
  /** As on the command line, where files may lie anywhere; default false. */
  readonly readsAnywhere?: boolean;
}

export interface ListRun extends ListResult {
  readonly economy: Economy;
  /** Of the first image. */
  readonly tree: ReferrersTree;
  /** Rows shown of the first image, in the order that they are shown in. */
  readonly rows: readonly Referrer[];
  /** Warnings as they arose. */
  readonly heard: readonly Warning[];
}

export async function list(inputs: Readonly<Record<string, string>>, options: ListRunOptions = {}): Promise<ListRun> {
  const { workspace = process.cwd(), env = {}, interrupt = new AbortController().signal, readsAnywhere } = options;
  const raw = new Map(Object.entries({ retries: '0', ...inputs }).map(([name, text]) => [name, [text]]));
  const parsed = parseOptions(listCommand, raw, (name) => `input ${name}`);
  const heard: Warning[] = [];
  let economy: Economy | undefined;
  const onWarning = (warning: Warning): void => void heard.push(warning);
  const hooks = { env, workspace, interrupt, onWarning, ...(readsAnywhere !== undefined && { readsAnywhere }) };
  const counted = (cost: Economy): void => {
    economy = cost;
  };
  const result = await runSession(parsed, hooks, counted, (context) => runList(parsed, context));
  const tree = (): ReferrersTree => {
    const [first] = result.images;
    if (first?.tree === undefined) throw first?.error ?? new Error('no image');
    return first.tree;
  };
  return {
    ...result,
    economy: economy as Economy,
    heard,
    get tree() {
      return tree();
    },
    get rows() {
      return selectedRows(tree()).map(({ referrer }) => referrer);
    },
  };
}
