/**
 * Milliseconds on a steady clock. Not `performance.now()`: Node loads all of node:perf_hooks when `performance` is first
 * touched, a millisecond before the first request.
 */
export function steadyNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
