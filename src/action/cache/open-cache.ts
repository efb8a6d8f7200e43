import type { CommandContext } from '../../commands/context.ts';
import { toCodedError } from '../../errors/coded-error.ts';
import type { BlobCache } from '../../gate/blob-cache.ts';
import { digestOf, encodedOf } from '../../oci/digest.ts';
import { formatBytes } from '../../report/format-bytes.ts';
import type { ActionShell } from '../action-shell.ts';
import { type CacheService, openCacheService } from './cache-service.ts';
import { KeptContent } from './kept-content.ts';

/** What the input `cache` gives a run. */
export interface RunCache {
  readonly blobs: BlobCache;
  /** At the end of the run. Never throws: what cannot be kept is read again. */
  readonly save: () => Promise<void>;
}

const PREFIX = 'oci-referrers-1-';
const MAX_ENTRY_BYTES = 40 * 1024 * 1024;

/**
 * Takes in what earlier runs kept. A cache service that is missing, or fails, is no error: everything is then read from
 * its registry. `part` tells the jobs of a matrix apart.
 */
export async function openCache(context: CommandContext, shell: ActionShell, part = ''): Promise<RunCache> {
  const { env, log } = shell;
  const kept = new KeptContent();
  const service = openService(context, shell);
  if (service === undefined) {
    log.info('cache: the runner offers no cache service; nothing is kept');
    return { blobs: kept, save: async () => {} };
  }
  const scope = digestOf(JSON.stringify([env['GITHUB_WORKFLOW'] ?? '', env['GITHUB_JOB'] ?? '', part]));
  const prefix = `${PREFIX}${encodedOf(scope).slice(0, 16)}-`;
  await attempt('restored', log, () => restore(service, kept, [prefix, PREFIX], log));
  return { blobs: kept, save: () => attempt('saved', log, () => save(service, kept, prefix, shell)) };
}

function openService({ http, signal, onSecret }: CommandContext, { env, log }: ActionShell): CacheService | undefined {
  try {
    const common = { http, env, signal, maxBytes: MAX_ENTRY_BYTES, onSecret: onSecret ?? (() => {}) };
    return openCacheService({ ...common, version: encodedOf(digestOf('oci-referrers blobs 1')) });
  } catch (thrown) {
    log.info(`cache: the cache service cannot be used: ${toCodedError(thrown).message}`);
    return undefined;
  }
}

async function restore(
  service: CacheService,
  kept: KeptContent,
  prefixes: readonly string[],
  log: ActionShell['log'],
): Promise<void> {
  if (!service.isReadable) {
    log.info(`cache: nothing is restored: the job's cache mode is ${service.mode}`);
    return;
  }
  const started = performance.now();
  const found = await service.find(prefixes);
  if (found === undefined) {
    log.info('cache: nothing is kept yet');
    return;
  }
  kept.restore(found.bytes);
  log.info(`cache: restored ${found.key}, ${formatBytes(found.bytes.byteLength)} in ${seconds(started)}`);
}

async function save(service: CacheService, kept: KeptContent, prefix: string, shell: ActionShell): Promise<void> {
  const { log, env } = shell;
  const refused =
    kept.refused === 0 ? '' : `; ${kept.refused} had other bytes than their digest says, and were not used`;
  log.info(`cache: ${kept.hits} requests for documents were not needed${refused}`);
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  if (!maySave(event)) {
    log.info(`cache: nothing is saved on ${event}`);
    return;
  }
  if (!service.isWritable) {
    log.info(`cache: nothing is saved: the job's cache mode is ${service.mode}`);
    return;
  }
  if (kept.count === 0 || !kept.isNew) return;
  const started = performance.now();
  const bytes = kept.pack();
  const key = `${prefix}${encodedOf(digestOf(JSON.stringify(kept.digests())))}`;
  const isSaved = await service.save(key, bytes);
  const what = `${kept.count} documents, ${formatBytes(bytes.byteLength)}`;
  log.info(isSaved ? `cache: saved ${what} as ${key} in ${seconds(started)}` : `cache: ${key} is there already`);
}

/** What strangers can bring about writes nothing that later runs read. */
function maySave(event: string): boolean {
  return !event.startsWith('pull_request') && event !== 'issue_comment' && event !== 'workflow_run';
}

async function attempt(what: string, log: ActionShell['log'], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    log.info(`cache: nothing is ${what}: ${toCodedError(thrown).message}`);
  }
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
