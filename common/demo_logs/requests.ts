import type { Random } from './random';
import { weightedChoice } from './random';
import type { DemoService, Endpoint } from './services';

/** Values drawn for one request, before it is written as a document. */
export interface DemoRequest {
  service: DemoService;
  host: string;
  method: string;
  path: string;
  query: string;
  status: number;
  milliseconds: number;
  requestBytes: number;
  responseBytes: number;
  client: string;
  userAgent: string;
  /** Added to the message, e.g. the cause of an error. */
  remark: string;
}

const WORDS = (
  'apron basket blanket bottle bowl candle carpet chair clock cotton cup curtain desk drawer fan fork frame glass ' +
  'jar kettle knife ladder lamp linen mirror mug napkin oak oven pan pillow plate pot rug shelf sofa spoon stool ' +
  'table teapot towel tray vase wool'
).split(' ');
const SORTS = ['price', 'newest', 'rating', 'name'];
const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36 Edg/127.0.0.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];
const chooseBrowser = weightedChoice([30, 10, 16, 9, 20, 14, 1]);
const PROGRAMS = ['shop-gateway/4.2 (okhttp/4.12.0)', 'stock-sync/1.9 Java/21', 'warehouse-worker/2.3 node'];
const CLIENTS = 4_000;

/**
 * Address number `index`: from the shared address space 100.64.0.0/10 (RFC 6598), one in eight from the IPv6
 * documentation prefix 2001:db8::/32 (RFC 3849), so no generated log points at a real machine.
 */
export function clientAddress(index: number): string {
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  if (mixed % 8 === 0) {
    const host = index + 1;
    const high = (host >>> 16) & 0xffff;
    const low = (host & 0xffff).toString(16);
    return `2001:db8:${((mixed >>> 8) & 0xffff).toString(16)}::${high === 0 ? '' : `${high.toString(16)}:`}${low}`;
  }
  return `100.${64 + ((mixed >>> 3) & 63)}.${(mixed >>> 9) & 255}.${1 + ((mixed >>> 17) % 254)}`;
}

/** A client that may be anybody; some come far more often than others. */
const anyClient = (random: Random): string => clientAddress(Math.floor(CLIENTS * random.uniform() ** 2));

function fill(template: string, random: Random): string {
  if (!template.includes('{')) return template;
  return template.replace(/\{([a-z]+)\}/g, (whole, name: string) => {
    switch (name) {
      case 'id':
        return String(10_000 + Math.floor(50_000 * random.uniform() ** 2));
      case 'slug':
        return `${random.pick(WORDS)}-${random.pick(WORDS)}-${random.integer(1, 40)}`;
      case 'word':
        return random.pick(WORDS);
      case 'prefix':
        return random.pick(WORDS).slice(0, random.integer(1, 4));
      case 'page':
        return String(1 + Math.floor(random.exponential(1.5)));
      case 'sort':
        return random.pick(SORTS);
      case 'build':
        return '8f3c21';
      case 'uuid': {
        const digits = random.hexadecimal(32);
        return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
      }
      default:
        return whole;
    }
  });
}

const choosers = new WeakMap<DemoService, (random: Random) => number>();
function chooseEndpoint(service: DemoService, random: Random): Endpoint {
  let choose = choosers.get(service);
  if (!choose) {
    choose = weightedChoice(service.endpoints.map(({ weight }) => weight));
    choosers.set(service, choose);
  }
  return service.endpoints[choose(random)];
}

/**
 * An everyday request to a service: latency and sizes are log-normal, and at most a client error goes wrong.
 *
 * @param load traffic compared with the weekly mean; busy hours are slower
 */
export function everydayRequest(service: DemoService, random: Random, load: number): DemoRequest {
  const endpoint = chooseEndpoint(service, random);
  const failed = random.chance(service.clientErrorRate);
  const busy = 0.85 + 0.15 * load;
  return {
    service,
    host: random.pick(service.hosts),
    method: endpoint.method,
    path: fill(endpoint.path, random),
    query: endpoint.query ? fill(endpoint.query, random) : '',
    status: failed ? random.pick(service.clientErrors) : endpoint.success,
    milliseconds: random.logNormal(
      endpoint.medianMilliseconds * busy * (failed ? 0.5 : 1),
      service.latencySpread,
    ),
    requestBytes: Math.round(random.logNormal(endpoint.medianRequestBytes, 0.25)),
    responseBytes: failed
      ? Math.round(random.logNormal(310, 0.2))
      : Math.round(random.logNormal(endpoint.medianBytes, 0.35)),
    client: anyClient(random),
    userAgent: service.audience === 'programs' ? random.pick(PROGRAMS) : BROWSERS[chooseBrowser(random)],
    remark: '',
  };
}

/** A client that has not been seen among the everyday ones, from the same address ranges. */
export const strangeClient = (random: Random): string => clientAddress(random.integer(CLIENTS, 40_000_000));
