/**
 * Loaded before a program (`node --import`): says on stderr which hosts it connects to, and lets it reach none but this
 * machine. Every TCP and TLS connection of Node goes through net.Socket's `connect`.
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

const HERE: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const connect = Socket.prototype.connect as (...args: unknown[]) => Socket;

/** `connect(options)`, `connect(port, host)`, `connect(path)`, or what Node itself makes of these: `connect([options])`. */
function hostOf(args: readonly unknown[]): string {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === 'object' && first !== null) return 'host' in first ? String(first.host) : 'localhost';
  return typeof args[1] === 'string' ? args[1] : 'localhost';
}

Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  writeSync(2, `connects to ${host}\n`);
  if (HERE.has(host)) return connect.apply(this, args);
  process.nextTick(() => this.destroy(new Error(`${host} is not this machine`)));
  return this;
};
