import { type ListReferrersRequest } from './list-request.js';
import type { ReferrersTree } from './types.js';
export type { ListReferrersRequest } from './list-request.js';
/**
 * Lists the referrers of an image: of the index and of each platform, from every source, each digest once. Rows are
 * proved from bytes. Throws when the image itself cannot be read, when it would look nowhere (`input-invalid`,
 * `input-conflict`), when lists do not end (`page-limit`), when the signal aborts; a source that cannot be read makes
 * the tree incomplete and is named in `unread`.
 */
export declare function listReferrers(request: ListReferrersRequest): Promise<ReferrersTree>;
