import type { Digest } from '../oci/digest.ts';
import { guard } from './collect-candidates.ts';
import type { ListSettings } from './list-settings.ts';
import type { UnreadSource } from './types.ts';

/**
 * Asks the API for the image itself, where an earlier run remembers that there is none: "none" must not rest on a 404
 * that may be over. True: it answers, and has to be asked for all. An answer that says neither stands in `unread`.
 */
export async function apiIsBack(image: Digest, settings: ListSettings, unread: UnreadSource[]): Promise<boolean> {
  const { store, capability, signal } = settings;
  const ask = async (): Promise<boolean> => {
    const answer = await store.listReferrers(image, { signal, enough: () => true });
    capability.learn(answer);
    return answer.supported;
  };
  return guard(image, unread, settings)('api', ask, false);
}
