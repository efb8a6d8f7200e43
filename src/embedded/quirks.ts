import type { RegistryRequest, RegistryResponse } from './exchange.ts';

/**
 * Ways in which registries differ from the specification or from one another; all of them off (as the specification
 * says) where absent. They may be changed while the registry runs.
 */
export interface Quirks {
  /** Asked before everything else, for scripted answers; undefined lets the request through. */
  intercept?:
    | ((request: RegistryRequest) => RegistryResponse | undefined | Promise<RegistryResponse | undefined>)
    | undefined;
  /** Milliseconds that every request waits before it is looked at. */
  delayMs?: number | undefined;
  /** Descriptors a page; default: all on one page. */
  referrersPageSize?: number | undefined;
  /** False: the API is not there (`404 page not found` as text, as distribution has it), and no OCI-Subject is sent. */
  referrersApi?: boolean | undefined;
}
