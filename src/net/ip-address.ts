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
  if (!bare.includes(':')) return parseIpv4(bare);
  const bytes = parseIpv6(bare);
  return bytes === undefined ? undefined : unwrapIpv4(bytes);
}

/** Four decimal numbers, as inet_pton reads them. URLs have turned the other spellings into this one. */
function parseIpv4(text: string): number[] | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** RFC 4291 §2.2: groups of 16 bits, once "::" for as many zeros as are missing, and perhaps an IPv4 address at the end. */
function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = parseGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const ipv4 = endsAddress && last.includes('.') ? parseIpv4(last) : undefined;
  if (ipv4 !== undefined) groups.pop();
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const values = groups.map((group) => Number.parseInt(group, 16));
  return [...values.flatMap((value) => [value >> 8, value & 0xff]), ...(ipv4 ?? [])];
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
  return { bytes: (base.includes(':') ? parseIpv6(base) : parseIpv4(base)) ?? [], bits: Number(bits) };
}
