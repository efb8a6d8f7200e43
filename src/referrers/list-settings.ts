import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Store } from '../store/store.ts';
import { CapabilityLearner, capabilitiesOfRun, createCapabilityMemory } from './capability.ts';
import type { EarlyProofs } from './early-proofs.ts';
import { MATCH_ALL, type ReferrerFilter, serverSideType } from './filter.ts';
import type { ListReferrersRequest } from './list-request.ts';
import { TagInventory } from './tag-inventory.ts';
import { REFERRER_SOURCES, type ReferrerSource } from './types.ts';

/** What the steps of one listing share. */
export interface ListSettings {
  readonly store: Store;
  readonly sources: ReadonlySet<ReferrerSource>;
  /** Ask the API / the referrers tag at all: sources and distribution-spec together. */
  readonly useApi: boolean;
  readonly useTagSchema: boolean;
  /** distribution-spec says API only: its absence is an error. */
  readonly requireApi: boolean;
  readonly filter: ReferrerFilter;
  /** Levels of referrers; Infinity follows them to the end. */
  readonly depth: number;
  /** Sent as `?artifactType=`, where the filter is one exact type and nothing below is asked for. */
  readonly serverType: string | undefined;
  readonly verify: boolean;
  /** Rows that are proved. */
  readonly verifyLimit: number;
  readonly trustHints: boolean;
  /** Reads the first rows before their list has ended; default nobody does. */
  readonly early?: EarlyProofs | undefined;
  readonly capability: CapabilityLearner;
  readonly inventory: TagInventory;
  /** The caller's, and the end of the listing itself: nothing that it began outlives it. */
  readonly signal: AbortSignal;
  readonly warn: (warning: Warning) => void;
}

const DEFAULT_VERIFY_LIMIT = 200;

/** Throws `input-invalid` or `input-conflict` for a request that would look nowhere, and pass it off as "none". */
export function buildListSettings(
  request: ListReferrersRequest,
  warn: (warning: Warning) => void,
  signal: AbortSignal,
): ListSettings {
  const { store, depth = 1, verifyLimit = DEFAULT_VERIFY_LIMIT, filter = MATCH_ALL, trustHints = true } = request;
  if (!(Number.isInteger(depth) || depth === Number.POSITIVE_INFINITY) || depth < 1) {
    throw invalid(`depth is ${depth}`, 'Expected a whole number from 1, or Infinity.');
  }
  if (Number.isNaN(verifyLimit) || verifyLimit < 0) {
    throw invalid(`verifyLimit is ${verifyLimit}`, 'Expected a number of rows, 0 or more.');
  }
  return {
    store,
    ...chooseSources(request),
    filter,
    depth,
    serverType: depth > 1 ? undefined : serverSideType(filter),
    verify: request.verify ?? true,
    verifyLimit,
    trustHints,
    capability: new CapabilityLearner(capabilitiesOfRun(request.capabilities ?? createCapabilityMemory()), store.name),
    inventory: new TagInventory(store, { maxPages: depth > 1 ? 8 : 2, signal }),
    signal,
    warn,
  };
}

/** Which places a request looks at. Throws `input-conflict` where there is none, and `input-invalid` where none is asked for. */
export function chooseSources(
  request: Pick<ListReferrersRequest, 'sources' | 'distributionSpec'>,
): Pick<ListSettings, 'sources' | 'useApi' | 'useTagSchema' | 'requireApi'> {
  const { sources: asked = REFERRER_SOURCES, distributionSpec: spec = 'auto' } = request;
  const sources = new Set(asked);
  if (sources.size === 0) throw invalid('no source is asked for', `The sources are ${REFERRER_SOURCES.join(', ')}.`);
  const useApi = sources.has('api') && spec !== 'v1.1-referrers-tag';
  const useTagSchema = sources.has('tag-schema') && spec !== 'v1.1-referrers-api';
  const others = sources.has('in-index') || sources.has('cosign-tags');
  if (!useApi && !useTagSchema && !others) {
    throw new CodedError('input-conflict', `source ${asked.join(', ')} is ruled out by distribution-spec ${spec}`, {
      hint: 'Nothing would be looked at. Ask for another source, or set distribution-spec to auto.',
    });
  }
  return { sources, useApi, useTagSchema, requireApi: sources.has('api') && spec === 'v1.1-referrers-api' };
}

function invalid(message: string, hint: string): CodedError {
  return new CodedError('input-invalid', `listReferrers: ${message}`, { hint });
}
