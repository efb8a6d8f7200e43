import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Warning } from '../../src/errors/warning.ts';
import { attach } from '../../src/library/attach.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { repairReferrers } from '../../src/referrers/repair-referrers.ts';
import type { RepairedSubject, RepairRequest } from '../../src/referrers/repair-types.ts';
import { BY_TAG } from './attaching.ts';
import { type Listing, pushFallbackList, startListing } from './listing.ts';
import { pushSampleImage, type SampleImage } from './sample-image.ts';

/** A registry with one image, and ways to break and to repair its list. */
export interface Broken extends Listing {
  readonly image: SampleImage;
  /** Attaches a report with a text of its own. */
  attach(text: string, uniqueTags?: boolean): Promise<Digest>;
  /** Another writer's list, in place of what is there. */
  overwrite(entries: readonly unknown[]): Promise<void>;
  repair(request?: Partial<RepairRequest>): Promise<RepairedSubject>;
  /** Warnings of the repairs so far, but those of slow writes. */
  readonly repairWarnings: readonly Warning[];
  listed(): Promise<readonly Descriptor[]>;
}

export async function startBroken(t: TestContext, quirks = BY_TAG): Promise<Broken> {
  const listing = await startListing(t);
  const { registry, store, target } = listing;
  const image = await pushSampleImage(target, { tag: 'v1' });
  Object.assign(registry.quirks, quirks);
  const subject = image.descriptor.digest;
  const repairWarnings: Warning[] = [];
  // with a settle time of a millisecond most writes are slow ones
  const onWarning = (warning: Warning): void => {
    if (warning.code !== 'fallback-slow-write') repairWarnings.push(warning);
  };
  return {
    ...listing,
    image,
    repairWarnings,
    attach: async (text, uniqueTags = false) => {
      const files = [{ title: 'report.json', content: new TextEncoder().encode(text) }];
      const type = 'application/vnd.example.report.v1+json';
      const request = { store, target: subject, artifactType: type, files, ifExists: 'add', settleMs: 1 } as const;
      return (await attach({ ...request, uniqueTags })).digest;
    },
    overwrite: async (entries) => void (await pushFallbackList(target, image.descriptor, entries)),
    repair: async (request = {}) => {
      registry.clearLog();
      const [one] = await repairReferrers({ store, subjects: [subject], settleMs: 1, onWarning, ...request });
      assert.ok(one);
      return one;
    },
    listed: async () => {
      const url = `${registry.url}/v2/acme/app/manifests/${buildReferrersTag(subject)}`;
      const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
      if (answer.status === 404) return [];
      return ((await answer.json()) as { manifests: Descriptor[] }).manifests;
    },
  };
}

export const digestsIn = (entries: readonly Descriptor[]): Digest[] => entries.map(({ digest }) => digest);
export const changesOf = ({ entries }: RepairedSubject): Record<string, string> =>
  Object.fromEntries(entries.map(({ digest, change }) => [digest, change]));
