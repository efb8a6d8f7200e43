import { attachByApi, attachByTag, attachSigned } from './attach-flow.ts';
import type { Flow } from './flow.ts';
import { listByApi, listByTag } from './list-flow.ts';
import { repairByTag } from './repair-flow.ts';
import { verifyFail, verifyFailByTag, verifyPass, verifyPassByTag } from './verify-flow.ts';

/** Every flow that is run under every fault. */
export const FLOWS: readonly Flow[] = [
  attachByApi,
  attachByTag,
  attachSigned,
  listByApi,
  listByTag,
  repairByTag,
  verifyPass,
  verifyPassByTag,
  verifyFail,
  verifyFailByTag,
];
