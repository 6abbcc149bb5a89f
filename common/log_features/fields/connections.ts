/** Subject of features that compare the port of a service. */
export const SERVICE_PORT = 'service port';

/** Names of what is in no network of one's own. */
const PUBLIC = 'public';
const MULTICAST = 'multicast';

/** First port of those that are given to clients, by IANA (RFC 6335). Linux begins lower, where services are as well. */
const FIRST_DYNAMIC = 49_152;
const LAST_PORT = 65_535;

/**
 * Returns the port of the service of a connection: the lower one, for clients take a high one that is drawn anew each time. Both sides
 * tell the same of it, so that answers belong to the service as well as requests. What has no lower one than those is `dynamic`.
 *
 * @param ports of both sides; 0 stands for none, as of ICMP
 */
export function servicePortOf(ports: readonly (number | undefined)[]): string | undefined {
  const known = ports.filter((port) => port !== undefined && port >= 1 && port <= LAST_PORT) as number[];
  const lowest = Math.floor(Math.min(...known));
  return known.length === 0 ? undefined : lowest >= FIRST_DYNAMIC ? 'dynamic' : String(lowest);
}

const DIGITS = '0123456789abcdefABCDEF';

/** Returns the number of at most so many digits; -1 for anything else. */
function numberIn(text: string, radix: number, mostDigits: number): number {
  if (text.length === 0 || text.length > mostDigits) return -1;
  let number = 0;
  for (let index = 0; index < text.length; index++) {
    const place = DIGITS.indexOf(text.charAt(index));
    const digit = place >= 16 ? place - 6 : place;
    if (digit < 0 || digit >= radix) return -1;
    number = number * radix + digit;
  }
  return number;
}

/** Returns the bytes of an IPv4 address; undefined for anything else. */
function bytesOf(text: string): number[] | undefined {
  const parts = text.split('.').map((part) => numberIn(part, 10, 3));
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? parts : undefined;
}

/** Returns the eight groups of an IPv6 address; undefined for anything else. */
function groupsOf(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const read = halves.map((half) => (half === '' ? [] : half.split(':')).flatMap(groupsIn));
  const given = read.reduce((sum, half) => sum + half.length, 0);
  const isWhole = halves.length === 1 ? given === 8 : given < 8;
  if (!isWhole || read.flat().includes(-1)) return undefined;
  return halves.length === 1 ? read[0] : [...read[0], ...new Array<number>(8 - given).fill(0), ...read[1]];
}

/** An IPv4 address within an IPv6 address stands for two groups. */
function groupsIn(part: string): number[] {
  const bytes = bytesOf(part);
  return bytes === undefined
    ? [numberIn(part, 16, 4)]
    : [bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]];
}

/** Returns true for an address of IPv4 or IPv6. */
export const isAddress = (text: string): boolean =>
  bytesOf(text) !== undefined || groupsOf(text) !== undefined;

function networkOfBytes([first, second, third]: readonly number[]): string {
  if (first >= 224) return MULTICAST;
  const isOwn =
    first === 0 ||
    first === 10 ||
    first === 127 ||
    (first === 100 && second >= 64 && second < 128) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168);
  return isOwn ? `${first}.${second}.${third}.0/24` : PUBLIC;
}

/**
 * Returns the network of an address: of a private one (RFC 1918, 6598, 4193, link-local, loopback) the /24 of IPv4 and the /64 of IPv6,
 * `public` for all others, since those of clients are new all the time, and `multicast`. What is no address stays as it is.
 */
export function networkOf(text: string): string {
  const zone = text.indexOf('%');
  const address = zone < 0 ? text : text.slice(0, zone);
  const bytes = bytesOf(address);
  if (bytes !== undefined) return networkOfBytes(bytes);
  const groups = groupsOf(address);
  if (groups === undefined) return text.slice(0, 256);
  const [first] = groups;
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return networkOfBytes([groups[6] >> 8, groups[6] & 255, groups[7] >> 8]);
  if (first >= 0xff00) return MULTICAST;
  const isLoopback = groups.slice(0, 7).every((group) => group === 0);
  const isOwn = isLoopback || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
  return isOwn
    ? `${groups
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(':')}::/64`
    : PUBLIC;
}
