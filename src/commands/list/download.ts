import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Referrer } from '../../referrers/types.ts';
import type { Store } from '../../store/store.ts';
import { conflict, downloadError } from './download-error.ts';
import { makeFolders } from './download-folder.ts';
import { type PlannedFile, planDownload } from './download-plan.ts';
import type { DownloadedFile } from './result.ts';
import { isDownloaded, writeDownload } from './write-download.ts';

/** Artifacts whose files are fetched, and the store that holds them. */
export interface DownloadRequest {
  readonly store: Store;
  /** Each with its manifest read. */
  readonly referrers: readonly Referrer[];
}

interface Job {
  readonly store: Store;
  readonly file: PlannedFile;
}

const PARALLEL = 4;

/**
 * Writes the files of the artifacts to `root/<subject hex12>/<artifact hex12>/<title>`, and returns them in that order.
 * All titles are checked before anything is written; a file that is there already with the right bytes is kept. When
 * anything fails, what this run wrote is removed again. Throws `title-unsafe`, `download-conflict`,
 * `download-failed`, and what reading a blob throws.
 */
export async function downloadReferrers(
  root: string,
  requests: readonly DownloadRequest[],
  signal: AbortSignal,
): Promise<DownloadedFile[]> {
  const jobs = planJobs(requests);
  const journal: Journal = { files: [], folders: [] };
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = [...jobs.entries()];
  const done: DownloadedFile[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [i, job] = next;
      done[i] = await downloadFile(root, job, journal, either);
    }
  };
  const workers = Array.from({ length: PARALLEL }, () =>
    work().catch((thrown: unknown) => {
      queue.length = 0;
      stop.abort(thrown);
      throw thrown;
    }),
  );
  const settled = await Promise.allSettled(workers);
  if (settled.every((outcome) => outcome.status === 'fulfilled')) return done;
  await undo(journal);
  // the others only failed because the first one stopped them
  throw downloadError(stop.signal.reason);
}

/** Each path once: an artifact may be found by more than one way. Throws where two artifacts share a short digest. */
function planJobs(requests: readonly DownloadRequest[]): Job[] {
  const jobs = new Map<string, Job>();
  for (const { store, referrers } of requests) {
    for (const file of referrers.flatMap(planDownload)) {
      const path = file.segments.join('/');
      const other = jobs.get(path)?.file.layer.digest ?? file.layer.digest;
      if (other !== file.layer.digest) throw conflict(`${path} would be both ${other} and ${file.layer.digest}`);
      jobs.set(path, { store, file });
    }
  }
  return [...jobs.values()];
}

interface Journal {
  readonly files: string[];
  readonly folders: string[];
}

async function downloadFile(
  root: string,
  { store, file }: Job,
  journal: Journal,
  signal: AbortSignal,
): Promise<DownloadedFile> {
  const { layer, segments } = file;
  const path = join(root, ...segments);
  await makeFolders(root, segments.slice(0, -1), journal.folders);
  if (!(await isDownloaded(path, layer))) {
    await writeDownload(path, store.openBlob(layer, { signal }));
    journal.files.push(path);
  }
  return { path, digest: layer.digest, size: layer.size };
}

/** Folders that hold something from elsewhere by now stay. */
async function undo({ files, folders }: Journal): Promise<void> {
  for (const path of files) await rm(path, { force: true });
  for (const path of [...folders].sort((a, b) => b.length - a.length)) await rmdir(path).catch(() => undefined);
}
