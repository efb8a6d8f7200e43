import { isIP } from 'node:net';

/**
 * What kind of place an address is:
 * - `forbidden`: nobody's word leads there. Link-local addresses, and the few others at which clouds serve the
 *   credentials of a machine.
 * - `private`: this machine or its own network (loopback, RFC 1918, RFC 4193, carrier-grade NAT, unspecified), and
 *   whatever is not unicast.
 * - `public`: the rest.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

/** An address block: its first address (4 or 16 bytes) and how many leading bits all its addresses share. */
interface Block {
  readonly bytes: readonly number[];
  readonly bits: number;
}

const FORBIDDEN: readonly Block[] = [
  block('169.254.0.0/16'), // RFC 3927 link-local; metadata service of AWS, Azure, Google Cloud and others
  block('168.63.129.16/32'), // Azure's host agent
  block('100.100.100.200/32'), // Alibaba Cloud's metadata service
  block('192.0.0.192/32'), // Oracle Cloud's metadata service
  block('fe80::/10'), // RFC 4291 link-local
  block('fd00:ec2::254/128'), // AWS's metadata service over IPv6
];

const PRIVATE: readonly Block[] = [
  block('0.0.0.0/8'), // "this host", RFC 1122 §3.2.1.3
  block('10.0.0.0/8'),
  block('100.64.0.0/10'), // carrier-grade NAT, RFC 6598
  block('127.0.0.0/8'),
  block('172.16.0.0/12'),
  block('192.0.0.0/24'),
  block('192.168.0.0/16'),
  block('198.18.0.0/15'), // benchmarking, RFC 2544
  block('224.0.0.0/3'), // multicast, reserved, broadcast
  block('::/128'),
  block('::1/128'),
  block('fc00::/7'), // unique local, RFC 4193
  block('fec0::/10'), // site-local, deprecated by RFC 3879
  block('ff00::/8'),
];

const LOOPBACK: readonly Block[] = [block('127.0.0.0/8'), block('::1/128')];

const NAT64 = block('64:ff9b::/96');
const SIX_TO_FOUR = block('2002::/16');

/** The kind of an IP address in text; undefined when `text` is none (a name). Brackets and zones are taken off. */
export function classifyAddress(text: string): AddressKind | undefined {
  const bytes = parseAddress(text);
  if (bytes === undefined) return undefined;
  if (FORBIDDEN.some((each) => isWithin(bytes, each))) return 'forbidden';
  return PRIVATE.some((each) => isWithin(bytes, each)) ? 'private' : 'public';
}

/** Whether a URL's host is this machine: a loopback address, or `localhost` and what is under it (RFC 6761 §6.3). */
export function isLoopbackHost(host: string): boolean {
  const bytes = parseAddress(host);
  if (bytes !== undefined) return LOOPBACK.some((each) => isWithin(bytes, each));
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost');
}

/** Whether the address `text` lies in the block `cidr` ("10.0.0.0/8"); false when either is not one. */
export function isInBlock(text: string, cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  const bytes = parseAddress(text);
  const start = parseAddress(base);
  if (bytes === undefined || start === undefined || !/^\d{1,3}$/.test(bits)) return false;
  return isWithin(bytes, { bytes: start, bits: Number(bits) });
}

/** 4 or 16 bytes. An IPv4 address inside an IPv6 one is that IPv4 address: it is where the packets end up. */
function parseAddress(text: string): readonly number[] | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 4) return bare.split('.').map(Number);
  if (family === 6) return unwrapIpv4(parseIpv6(bare));
  return undefined;
}

function parseIpv6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const before = parseGroups(head);
  const after = tail === undefined ? [] : parseGroups(tail);
  return [...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after];
}

function parseGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Where IPv6 carries IPv4: mapped and compatible (RFC 4291 §2.5.5), NAT64 (RFC 6052), 6to4 (RFC 3056). */
function unwrapIpv4(bytes: readonly number[]): readonly number[] {
  const leadingZeros = bytes.findIndex((byte) => byte !== 0);
  const mapped = leadingZeros === 10 && bytes[10] === 0xff && bytes[11] === 0xff;
  const compatible = leadingZeros >= 12 && !(leadingZeros === 15 && bytes[15] === 1);
  if (mapped || compatible || isWithin(bytes, NAT64)) return bytes.slice(12);
  if (isWithin(bytes, SIX_TO_FOUR)) return bytes.slice(2, 6);
  return bytes;
}

function isWithin(bytes: readonly number[], { bytes: start, bits }: Block): boolean {
  if (start.length !== bytes.length || bits > bytes.length * 8) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    const index = bit / 8;
    if (((bytes[index] ?? 0) & mask) !== ((start[index] ?? 0) & mask)) return false;
  }
  return true;
}

function block(cidr: string): Block {
  const [base = '', bits = ''] = cidr.split('/');
  const bytes = isIP(base) === 4 ? base.split('.').map(Number) : parseIpv6(base);
  return { bytes, bits: Number(bits) };
}
