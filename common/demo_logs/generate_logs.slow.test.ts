import { isIP } from 'node:net';
import { DetectionError } from '../detection_error';
import type { DemoDocument, DemoLogOptions, GeneratedLog, Incident } from '.';
import { ANOMALY_KINDS, DEMO_SERVICES, generateLogs, incidentsOf } from '.';
import { DEFECTS } from './defects';
import { createRandom } from './random';
import { clientAddress } from './requests';
import { largestSeasonOf, seasonOf } from './services';
import { TimeQueue } from './time_queue';

const MONDAY = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const options: DemoLogOptions = {
  seed: 7,
  from: MONDAY,
  to: MONDAY + 24 * HOUR,
  ratePerSecond: 0.5,
  anomalyRate: 0.05,
};
const documentOf = (log: GeneratedLog) => log.document as unknown as DemoDocument;
const isAnomaly = (log: GeneratedLog) => documentOf(log).labels.anomaly === 'true';
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

describe('generateLogs', () => {
  const incidents: Incident[] = [];
  const logs = [...generateLogs(options, (incident) => incidents.push(incident))];

  it('gives the same logs for the same seed, others for another', () => {
    const start = { ...options, to: MONDAY + HOUR };
    expect([...generateLogs(start)]).toEqual([...generateLogs(start)]);
    expect([...generateLogs({ ...start, seed: 8 })]).not.toEqual([...generateLogs(start)]);
  });

  it('comes from addresses that are addresses, however many attackers there are', () => {
    for (const index of [0, 4, 65_535, 65_536, 25_496_159, 0xffffffff - 8]) {
      for (let near = index; near < index + 8; near++) expect(isIP(clientAddress(near))).not.toBe(0);
    }
  });

  it('keeps to the range, in order', () => {
    expect(logs[0].time).toBeGreaterThanOrEqual(options.from);
    expect(logs[logs.length - 1].time).toBeLessThan(options.to);
    expect(logs.every(({ time }, index) => index === 0 || time >= logs[index - 1].time)).toBe(true);
    expect(logs.every((log) => log.arrival === log.time)).toBe(true);
    expect(logs.every((log) => documentOf(log)['@timestamp'] === new Date(log.time).toISOString())).toBe(
      true,
    );
  });

  it.each([
    [0.01, 24],
    [0.05, 2],
    [0.05, 24],
    [0.2, 24],
  ])('keeps the share of anomalies to %f over %i hours', (anomalyRate, hours) => {
    let all = 0;
    let anomalies = 0;
    for (const log of generateLogs({
      ...options,
      anomalyRate,
      ratePerSecond: 1,
      to: MONDAY + hours * HOUR,
    })) {
      all++;
      if (isAnomaly(log)) anomalies++;
    }
    expect(anomalies / all).toBeGreaterThan(anomalyRate * 0.9);
    expect(anomalies / all).toBeLessThan(anomalyRate * 1.1);
  });

  it('keeps to the rate over a whole week', () => {
    let count = 0;
    for (const { time } of generateLogs({ ...options, to: MONDAY + WEEK, ratePerSecond: 0.2 }))
      count += time > 0 ? 1 : 0;
    const expected = 0.2 * (WEEK / 1_000);
    expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected) + expected * 0.01);
  });

  it('has seasons: busy evenings, quiet nights, other weekends', () => {
    const everyday = logs.filter((log) => !isAnomaly(log) && documentOf(log).service.name === 'web-frontend');
    const at = (hour: number) => everyday.filter((log) => new Date(log.time).getUTCHours() === hour).length;
    expect(at(19)).toBeGreaterThan(3 * at(7));
    const auth = DEMO_SERVICES.find(({ name }) => name === 'auth-api')!;
    expect(seasonOf(auth, MONDAY + 5 * 24 * HOUR) / seasonOf(auth, MONDAY)).toBeCloseTo(
      auth.weekendFactor,
      10,
    );
    for (const service of DEMO_SERVICES) {
      let sum = 0;
      let largest = 0;
      for (let hour = 0; hour < 168; hour++) {
        sum += seasonOf(service, MONDAY + hour * HOUR);
        largest = Math.max(largest, seasonOf(service, MONDAY + hour * HOUR));
      }
      expect(sum / 168).toBeCloseTo(1, 10);
      expect(largestSeasonOf(service)).toBeGreaterThanOrEqual(largest - 1e-12);
      expect(largestSeasonOf(service)).toBeLessThan(largest * 1.05);
    }
  });

  it('writes ECS names and those of the exercise, with the same values', () => {
    for (const log of logs.filter((candidate, index) => isAnomaly(candidate) || index % 20 === 0)) {
      const document = documentOf(log);
      expect(document.status_code).toBe(document.http.response.status_code);
      expect(document.request_size).toBe(document.http.request.bytes);
      expect(document.event.duration / 1e6).toBeCloseTo(document.response_time, 6);
      expect(Number.isInteger(document.event.duration)).toBe(true);
      expect(document.hour_of_day).toBe(new Date(log.time).getUTCHours());
      expect(document.url.original).toBe(
        document.url.path + (document.url.query ? `?${document.url.query}` : ''),
      );
      expect(document.url.original).not.toContain('{');
      expect(document.trace.id).toMatch(/^[0-9a-f]{32}$/);
      expect(document.http.response.status_code >= 500 ? 'error' : document.log.level).toBe(
        document.log.level,
      );
    }
  });

  it('gives services their own latencies, log-normal', () => {
    const milliseconds = logs
      .filter((log) => !isAnomaly(log))
      .map(documentOf)
      .filter(({ url, http }) => url.path === '/api/session' && http.response.status_code === 200)
      .map((document) => Math.log(document.response_time));
    expect(Math.exp(median(milliseconds))).toBeGreaterThan(8);
    expect(Math.exp(median(milliseconds))).toBeLessThan(11);
    const mean = milliseconds.reduce((sum, value) => sum + value, 0) / milliseconds.length;
    const deviation = Math.sqrt(
      milliseconds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / milliseconds.length,
    );
    expect(deviation).toBeGreaterThan(0.3);
    expect(deviation).toBeLessThan(0.4);
  });

  it('labels exactly the logs of its incidents', () => {
    const byIncident = new Map<string, GeneratedLog[]>();
    for (const log of logs) {
      const { labels } = documentOf(log);
      if (!log.incident) continue;
      expect(labels).toEqual({ anomaly: 'true', kind: log.incident.kind, incident: log.incident.id });
      byIncident.set(log.incident.id, [...(byIncident.get(log.incident.id) ?? []), log]);
    }
    const everyday = logs.filter(({ incident }) => !incident).map(documentOf);
    expect(new Set(everyday.map(({ labels }) => JSON.stringify(labels)))).toEqual(
      new Set(['{"anomaly":"false"}']),
    );
    expect(Math.max(...everyday.map((document) => document.status_code))).toBeLessThan(500);
    expect(new Set(incidents.map(({ kind }) => kind))).toEqual(new Set(ANOMALY_KINDS));
    expect(incidentsOf(options).next().value).toEqual(incidents[0]);
    expect([...incidentsOf(options)]).toEqual(incidents);
    for (const incident of incidents) {
      const own = byIncident.get(incident.id) ?? [];
      expect(own).toHaveLength(incident.logs);
      for (const log of own) {
        expect(documentOf(log).service.name).toBe(incident.service);
        expect(log.time).toBeGreaterThanOrEqual(incident.from);
        expect(log.time).toBeLessThanOrEqual(incident.to);
        if (incident.client) expect(documentOf(log).client.ip).toBe(incident.client);
      }
    }
  });

  it('makes anomalies what they are called', () => {
    const ofKind = (kind: string) => logs.filter((log) => log.incident?.kind === kind).map(documentOf);
    expect(ofKind('server_error').every((document) => document.status_code >= 500)).toBe(true);
    expect(ofKind('slow_response').every((document) => document.response_time >= 800)).toBe(true);
    const everyday = median(
      logs.filter((log) => !isAnomaly(log)).map((log) => documentOf(log).response_time),
    );
    expect(median(ofKind('burst').map((document) => document.response_time))).toBeGreaterThan(2 * everyday);
    const suspicious = ofKind('suspicious_request').map(({ url }) => url.original);
    expect(suspicious.some((url) => /UNION/.test(url))).toBe(true);
    expect(suspicious.some((url) => /script|onload|onerror/.test(url))).toBe(true);
    expect(suspicious.some((url) => /\.\.(%2F|%252F|\/)/.test(url))).toBe(true);
    expect(new Set(suspicious).size).toBeGreaterThan(suspicious.length * 0.8);
    expect(suspicious.every((url) => /^[\x21-\x7e]+$/.test(url))).toBe(true);
    for (const incident of incidents.filter(({ kind }) => kind === 'flood')) {
      const own = logs.filter((log) => log.incident?.id === incident.id).map(documentOf);
      expect(new Set(own.map(({ url }) => url.original)).size).toBe(1);
    }
  });

  it('keeps a service quiet through a silence, which is not its habit', () => {
    const silences = incidents.filter(({ kind }) => kind === 'silence');
    expect(silences.length).toBeGreaterThan(0);
    for (const { service, from, to } of silences) {
      const within = logs.filter((log) => log.time >= from && log.time < to);
      expect(within.filter((log) => documentOf(log).service.name === service)).toHaveLength(0);
      expect(to - from).toBeGreaterThanOrEqual(120_000);
    }
    const short = { ...options, to: MONDAY + 300_000, ratePerSecond: 20 };
    expect([...incidentsOf(short)].filter(({ kind }) => kind === 'silence')).toHaveLength(1);
  });

  it('obeys the choice of services and kinds', () => {
    const chosen = [
      ...generateLogs({ ...options, services: ['auth-api'], kinds: ['flood'], anomalyRate: 0.1 }),
    ].map(documentOf);
    expect(new Set(chosen.map(({ service }) => service.name))).toEqual(new Set(['auth-api']));
    expect(new Set(chosen.map(({ labels }) => labels.kind))).toEqual(new Set([undefined, 'flood']));
    expect([...generateLogs({ ...options, anomalyRate: 0 })].some(isAnomaly)).toBe(false);
    expect([...incidentsOf({ ...options, anomalyRate: 0 })]).toEqual([]);
    expect([...generateLogs({ ...options, kinds: ['silence'] })].some(isAnomaly)).toBe(false);
  });

  it('delivers late logs later, and none twice', () => {
    const delayed = [...generateLogs({ ...options, lateRate: 0.1, maximumDelay: 60_000 })];
    const late = delayed.filter((log) => log.arrival > log.time);
    expect(late.length / delayed.length).toBeGreaterThan(0.08);
    expect(late.length / delayed.length).toBeLessThan(0.12);
    expect(delayed.every(({ arrival }, index) => index === 0 || arrival >= delayed[index - 1].arrival)).toBe(
      true,
    );
    expect(delayed.every((log) => log.arrival - log.time <= 60_000)).toBe(true);
    expect(new Set(delayed.map((log) => documentOf(log).trace.id)).size).toBe(delayed.length);
  });

  it('dirties as many logs as asked, in every way, and keeps time and label', () => {
    const dirty = [...generateLogs({ ...options, dirtRate: 0.1 })];
    const defects = dirty.filter(({ defect }) => defect !== undefined);
    expect(defects.length / dirty.length).toBeGreaterThan(0.09);
    expect(defects.length / dirty.length).toBeLessThan(0.11);
    expect(new Set(defects.map(({ defect }) => defect))).toEqual(new Set(DEFECTS));
    for (const log of defects) {
      expect(documentOf(log)['@timestamp']).toBe(new Date(log.time).toISOString());
      expect(['true', 'false']).toContain(documentOf(log).labels.anomaly);
      expect(() => JSON.stringify(log.document)).not.toThrow();
    }
  });

  it('starts at once, however many logs there would be', () => {
    const endless = generateLogs({ ...options, ratePerSecond: 1e6, to: MONDAY + 52 * WEEK });
    for (let taken = 0; taken < 1_000; taken++) expect(endless.next().done).toBe(false);
  });

  it.each([
    ['seed', { seed: -1 }],
    ['from', { from: NaN }],
    ['to', { to: MONDAY - 1 }],
    ['ratePerSecond', { ratePerSecond: 0 }],
    ['anomalyRate', { anomalyRate: 0.6 }],
    ['services', { services: ['nowhere'] }],
    ['kinds', { kinds: ['rain' as never] }],
    ['dirtRate', { dirtRate: 2 }],
    ['lateRate', { lateRate: -1 }],
    ['maximumDelay', { maximumDelay: -1 }],
  ])('refuses a bad %s by name', (setting, bad) => {
    expect(() => generateLogs({ ...options, ...bad }).next()).toThrow(DetectionError);
    expect(() => generateLogs({ ...options, ...bad }).next()).toThrow(new RegExp(`^${setting} is `));
  });
});

describe('TimeQueue', () => {
  it('sorts, and keeps the order of equals', () => {
    const random = createRandom(3);
    const queue = new TimeQueue<number>();
    const times = Array.from({ length: 500 }, () => random.integer(0, 50));
    times.forEach((time, index) => queue.push(time, index));
    const expected = times.map((_, index) => index).sort((a, b) => times[a] - times[b] || a - b);
    expect(queue.nextTime).toBe(times[expected[0]]);
    expect(times.map(() => queue.pop())).toEqual(expected);
    expect(queue.pop()).toBeUndefined();
    expect(queue.nextTime).toBe(Infinity);
  });
});

describe('createRandom', () => {
  it('gives these numbers on every platform', () => {
    const random = createRandom(42);
    expect([random.integer(0, 999), random.integer(0, 999), random.hexadecimal(8)]).toMatchInlineSnapshot(`
     [
       293,
       329,
       "9f8795ec",
     ]
    `);
  });
});
