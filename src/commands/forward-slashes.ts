/**
 * A path as GitHub, SARIF and globs write it. Windows takes either slash; elsewhere a backslash is a letter of a name.
 */
export function forwardSlashes(path: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
