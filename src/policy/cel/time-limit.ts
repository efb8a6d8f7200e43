import { type Context, createContext, Script } from 'node:vm';

const script = new Script('run()');
let context: Context | undefined;

/**
 * Calls a synchronous function and ends it, wherever it is, after so many milliseconds: the engine's watchdog does, which
 * nothing that runs can hold up or catch. Throws what `work` throws; undefined says that time was up. Not a sandbox.
 */
export function withinTime<Result>(milliseconds: number, work: () => Result): { readonly result: Result } | undefined {
  context ??= createContext({});
  let outcome: { readonly result: Result } | undefined;
  context['run'] = () => {
    outcome = { result: work() };
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
    return outcome;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw thrown;
  } finally {
    delete context['run'];
  }
}
