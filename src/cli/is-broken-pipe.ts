/** How a write fails whose reader has ended: EPIPE, and on Windows also what libuv makes of ERROR_BROKEN_PIPE, EOF. */
export function isBrokenPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || (error.code === 'EOF' && error.syscall === 'write');
}
