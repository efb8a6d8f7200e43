import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attachCommand } from '../../src/commands/attach/options.ts';
import type { AttachedRow, AttachResult } from '../../src/commands/attach/result.ts';
import { runAttach } from '../../src/commands/attach/run.ts';
import type { UploadProgress } from '../../src/commands/context.ts';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { runSession } from '../../src/commands/run-session.ts';
import type { Warning } from '../../src/errors/warning.ts';
import type { Economy } from '../../src/net/types.ts';
import { makeTempDir, type TempDir } from './temp-dir.ts';

/** A run of attach as a shell makes it: inputs as text, its own connections and memory. */
export interface AttachRunOptions {
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupt?: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
}

export interface AttachRun extends AttachResult {
  readonly economy: Economy;
  /** Of a run that must have one row. */
  readonly row: AttachedRow;
  /** Codes of the warnings, in order. */
  readonly warned: readonly string[];
}

export type AttachInputs = Readonly<Record<string, string>>;

export async function attach(inputs: AttachInputs, options: AttachRunOptions): Promise<AttachRun> {
  const { workspace, env = {}, interrupt = new AbortController().signal, onProgress } = options;
  const raw = new Map(Object.entries(inputs).map(([name, text]) => [name, [text]]));
  const parsed = parseOptions(attachCommand, raw, (name) => `input ${name}`);
  let economy: Economy | undefined;
  const hooks = { env, workspace, interrupt, anticipatePush: !parsed.dryRun, ...(onProgress && { onProgress }) };
  const result = await runSession(
    parsed,
    hooks,
    (counted) => {
      economy = counted;
    },
    (context) => runAttach(parsed, context),
  );
  return {
    ...result,
    economy: economy as Economy,
    get row() {
      const [row] = result.rows;
      if (row === undefined || result.rows.length !== 1) throw new Error(`${result.rows.length} rows, not one`);
      return row;
    },
    warned: result.warnings.map(({ code }: Warning) => code),
  };
}

export const REPORT_TYPE = 'application/vnd.example.report.v1+json';

/** A folder with files to attach. `report.json` is there from the start. */
export interface Workspace extends TempDir {
  write(name: string, content: string | Uint8Array): Promise<string>;
}

export async function makeWorkspace(): Promise<Workspace> {
  const dir = await makeTempDir('attach-');
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(dir.path, name);
    await writeFile(path, content);
    return path;
  };
  await write('report.json', '{"report":1}');
  return { ...dir, write };
}
