/** What undici 8 asks for (its `engines`). */
export const OLDEST_NODE = '22.19.0';

/** Whether a version such as `24.21.0` is OLDEST_NODE or newer. */
export function isNodeSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
