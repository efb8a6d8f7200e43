import type { RegistryResponse } from '../exchange.ts';
import type { Call } from '../registry-context.ts';
import { linkQuirks } from './link-quirks.ts';
import { contentDigestQuirk, headQuirk, manifestQuirks } from './manifest-quirks.ts';
import type { QuirkLayer } from './quirk-layer.ts';
import { referrersQuirks } from './referrers-quirks.ts';
import { uploadQuirks } from './upload-quirks.ts';
import { wireQuirks } from './wire-quirks.ts';
import { writeQuirks } from './write-quirks.ts';

/** The wire is the outermost: it strikes first on the way in, and last on the way out. */
const LAYERS: readonly QuirkLayer[] = [
  wireQuirks,
  headQuirk,
  contentDigestQuirk,
  writeQuirks,
  manifestQuirks,
  uploadQuirks,
  linkQuirks,
  referrersQuirks,
];

/** Answers a call through every layer of quirks. */
export async function throughQuirks(
  original: Call,
  endpoint: (call: Call) => Promise<RegistryResponse>,
): Promise<RegistryResponse> {
  let call = original;
  for (const layer of LAYERS) call = (await layer.rewrite?.(call)) ?? call;
  for (const layer of LAYERS) {
    const instead = await layer.before?.(call);
    if (instead !== undefined) return instead;
  }
  let response = await endpoint(call);
  for (const layer of LAYERS.toReversed()) response = (await layer.after?.(call, response)) ?? response;
  return response;
}
