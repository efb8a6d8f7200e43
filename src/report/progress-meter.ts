import type { UploadProgress } from '../commands/context.ts';
import { formatBytes } from './format-bytes.ts';

/** Milliseconds of silence before the first line of an upload, and between its lines. */
const INTERVAL_MS = 5000;

/**
 * Says how uploads go, seldom enough for a log: `app.tar: 42 % of 512 MB, 61.0 MB/s`. An upload that is over within
 * five seconds is never mentioned. Titles are not escaped. `now` is a clock in milliseconds.
 */
export function createProgressMeter(now: () => number): (progress: UploadProgress) => string | undefined {
  const uploads = new Map<string, { readonly startedAt: number; shownAt: number }>();
  return ({ title, sent, total }) => {
    const time = now();
    const upload = uploads.get(title) ?? { startedAt: time, shownAt: time };
    uploads.set(title, upload);
    if (sent >= total) uploads.delete(title);
    const isLast = sent >= total && upload.shownAt > upload.startedAt;
    if (time - upload.shownAt < INTERVAL_MS && !isLast) return undefined;
    upload.shownAt = time;
    const percent = total === 0 ? 100 : Math.floor((sent / total) * 100);
    const perSecond = sent / Math.max((time - upload.startedAt) / 1000, 0.001);
    return `${title}: ${percent} % of ${formatBytes(total)}, ${formatBytes(Math.round(perSecond))}/s`;
  };
}
