import { skipWithoutGo } from '../go-tools.ts';
import { haveProgram } from '../interop/peers.ts';

/** nektos/act, or why it cannot be had. */
export async function findAct(): Promise<{ readonly path: string } | { readonly refused: string }> {
  if (process.platform === 'win32') return { refused: 'act runs steps on the host with bash, which this system lacks' };
  const noGo = await skipWithoutGo();
  if (noGo !== false) return { refused: noGo };
  const found = await haveProgram('act');
  return 'refused' in found ? { refused: `act could not be had: ${found.refused}` } : found;
}
