import type { RegistryRequest, RegistryResponse } from '../exchange.ts';
import type { Occasion } from '../quirks.ts';
import type { Call } from '../registry-context.ts';

/**
 * A group of quirks around the endpoints, which know nothing of them. All parts are optional; a layer whose quirks are
 * off returns what it was given.
 */
export interface QuirkLayer {
  /** The request as the endpoint shall understand it. */
  rewrite?(call: Call): Call | Promise<Call>;
  /** An answer in place of the endpoint's. */
  before?(call: Call): RegistryResponse | undefined | Promise<RegistryResponse | undefined>;
  /** The endpoint's answer as it shall go out. */
  after?(call: Call, response: RegistryResponse): RegistryResponse | Promise<RegistryResponse>;
}

export function withRequest(call: Call, change: Partial<RegistryRequest>): Call {
  return { ...call, request: { ...call.request, ...change } };
}

const struck = new WeakMap<Occasion, number>();

/** Whether a quirk strikes this request; it is counted if so. */
export function strikes<T extends Occasion>(occasion: T | undefined, request: RegistryRequest): occasion is T {
  if (occasion === undefined || occasion.match?.(request) === false) return false;
  const count = struck.get(occasion) ?? 0;
  if (count >= (occasion.times ?? Number.POSITIVE_INFINITY)) return false;
  struck.set(occasion, count + 1);
  return true;
}
