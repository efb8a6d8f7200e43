import { setTimeout as sleep } from 'node:timers/promises';
import type { RegistryGate } from './auth/registry-gate.ts';
import { dispatch } from './dispatch.ts';
import type { RegistryRequest, RegistryResponse } from './exchange.ts';
import { throughQuirks } from './quirks/quirk-layers.ts';
import type { RegistryContext } from './registry-context.ts';
import { parseRoute } from './route.ts';

/** A request's way: delay, script, credentials, quirks, endpoint. `gate` is absent at the second origin. */
export async function answerRequest(
  context: RegistryContext,
  gate: RegistryGate | undefined,
  request: RegistryRequest,
): Promise<RegistryResponse> {
  const { quirks } = context;
  if (quirks.delayMs !== undefined) await sleep(quirks.delayMs);
  const scripted = await quirks.intercept?.(request);
  if (scripted !== undefined) return scripted;
  const route = parseRoute(request.path);
  const refused = await gate?.check(request, route, context.origins.first);
  if (refused !== undefined) return refused;
  return throughQuirks({ request, route, context, quirks }, (call) => dispatch(call.context, call.request, call.route));
}
