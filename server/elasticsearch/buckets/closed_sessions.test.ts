import { parseDetector } from '../../../common/detector';
import type { LogRange } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { closedSessions } from './closed_sessions';
import { readSessions, rereadSessions } from './read_sessions';

const MINUTE = 60_000;
const START = Date.parse('2026-11-01T00:00:00Z');

interface Filter {
  readonly range?: Record<string, { gte?: number; lt?: number }>;
  readonly bool?: { filter?: Filter[] };
}
interface Asked {
  readonly size?: number;
  readonly query: Filter;
  readonly aggs?: { pages: { aggs: Record<string, { filter?: Filter }> } };
}
const matches = ({ range, bool }: Filter, time: number): boolean =>
  Object.values(range ?? {}).every(({ gte = -Infinity, lt = Infinity }) => time >= gte && time < lt) &&
  (bool?.filter ?? []).every((each) => matches(each, time));

/** A cluster with one id that logs at these minutes; it tells when it was asked for the logs themselves. */
function clientOf(minutes: readonly number[], asked: Asked[] = []): ElasticsearchClient {
  const search = async (request: Asked) => {
    asked.push(request);
    const { query, aggs, size } = request;
    if (size === 1) {
      const found = minutes.map((minute) => START + minute * MINUTE).filter((time) => matches(query, time));
      const hits = found.length === 0 ? [] : [{ _index: 'logs', _id: '1', sort: [Math.min(...found)] }];
      const answer = { timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits } };
      return { statusCode: 200, headers: {}, body: JSON.stringify(answer) };
    }
    if (aggs === undefined) throw new Error('read the logs');
    const times = minutes.map((minute) => START + minute * MINUTE).filter((time) => matches(query, time));
    const sides = aggs.pages.aggs;
    const of = (filter?: Filter) => times.filter((time) => filter === undefined || matches(filter, time));
    const least = (some: readonly number[]) => ({ value: some.length === 0 ? null : Math.min(...some) });
    const most = (some: readonly number[]) => ({ value: some.length === 0 ? null : Math.max(...some) });
    const cell = {
      key: { entity: 'host-1' },
      doc_count: times.length,
      first: least(times),
      last: most(times),
      before: { last: most(of(sides.before?.filter)) },
      after: { first: least(of(sides.after?.filter)) },
    };
    const body = JSON.stringify({
      timed_out: false,
      _shards: { total: 1, failed: 0 },
      hits: { hits: [] },
      aggregations: { pages: { buckets: times.length === 0 ? [] : [cell] } },
    });
    return { statusCode: 200, headers: {}, body };
  };
  const keyword = { type: 'keyword', aggregatable: true, searchable: true };
  const date = { type: 'date', aggregatable: true, searchable: true };
  const fields = { 'host.name': { keyword }, '@timestamp': { date } };
  const fieldCaps = async () => ({ indices: ['logs'], fields });
  return {
    search,
    fieldCaps,
    openPointInTime: async () => Promise.reject(new Error('read the logs')),
  } as unknown as ElasticsearchClient;
}

const detectorOf = (gap: string) =>
  parseDetector({
    name: 'Hosts',
    source: { index: 'logs' },
    unit: 'bucket',
    bucket: { session: { field: 'host.name', gap, max_length: '10m' } },
  });
const range: LogRange = {
  index: 'logs',
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: START,
  to: START,
};

/** Minutes of the steps in which the logs of the id are read. */
async function minutesRead(minutes: readonly number[], gap: string, step = 1): Promise<number[]> {
  const read: number[] = [];
  for (let minute = 0; minute < 60; minute += step) {
    const span = { from: START + minute * MINUTE, to: START + (minute + step) * MINUTE };
    const request = { range, common: {} };
    const options = { policy: { attempts: 1 } } as never;
    await closedSessions(clientOf(minutes), detectorOf(gap), request, {
      within: span,
      most: 100,
      options,
    }).then(
      ({ rows }) => expect(rows).toEqual([]),
      () => read.push(minute),
    );
  }
  return read;
}
const during = (from: number, to: number, each = 0.5): number[] =>
  Array.from({ length: Math.ceil((to - from) / each) }, (_none, place) => from + place * each);

describe('the logs of an id are read', () => {
  it('when a session of it is over, and never of one that goes on for ever', async () => {
    expect(await minutesRead(during(-60, 60), '2m')).toEqual([]);
    // Once at its longest time, and once when it falls silent.
    expect(await minutesRead(during(5, 40), '2m')).toEqual([15, 41]);
    expect(await minutesRead([...during(-60, 20), ...during(30, 60)], '2m')).toEqual([21, 40]);
    expect(await minutesRead(during(5, 8), '2m')).toEqual([9]);
  });

  it('as seldom where a step is longer than a gap', async () => {
    expect(await minutesRead(during(-60, 60, 0.25), '30s')).toEqual([]);
    expect(await minutesRead(during(5, 40, 0.25), '30s')).toEqual([15, 40]);
  });

  it('again for late logs only where they may have changed a session that is over', async () => {
    const changed = async (minutes: readonly number[], ...late: number[]): Promise<boolean> => {
      const client = clientOf(minutes);
      const search = client.search.bind(client) as unknown as (asked: Asked) => Promise<unknown>;
      const both = {
        ...client,
        search: (asked: Asked) =>
          JSON.stringify(asked.query).includes('event.ingested')
            ? (clientOf(late).search as unknown as (asked: object) => Promise<unknown>)({
                ...asked,
                query: {},
              })
            : search(asked),
      } as unknown as ElasticsearchClient;
      const pages = rereadSessions(both, detectorOf('2m'), { ...range, closedTo: START + 30 * MINUTE }, {
        policy: { attempts: 1 },
      } as never);
      return pages.next().then(
        ({ done }) => done !== true,
        () => true,
      );
    };
    expect(await changed(during(0, 60), 29.5)).toBe(false);
    expect(await changed(during(0, 60), 20)).toBe(true);
    // It has reached its longest time just before the end.
    expect(await changed(during(19.75, 60), 29.5)).toBe(true);
    expect(await changed(during(19, 60), 29.5)).toBe(false);
  });
});

describe('time without sessions', () => {
  const DAY = 24 * 60;
  /** Minutes at which reading stopped, and the number of searches. */
  async function passOver(
    minutes: readonly number[],
    days = 60,
  ): Promise<{ stops: number[]; searches: number }> {
    const asked: Asked[] = [];
    const stops: number[] = [];
    const whole = { ...range, to: START + days * DAY * MINUTE };
    const pages = readSessions(clientOf(minutes, asked), detectorOf('2m'), whole, {
      policy: { attempts: 1 },
    } as never);
    try {
      for await (const { logs, position } of pages) {
        expect(logs).toEqual([]);
        stops.push(((position as { next: number }).next - START) / MINUTE);
      }
    } catch (error) {
      expect(String(error)).toContain('read the logs');
      stops.push(NaN);
    }
    return { stops, searches: asked.length };
  }

  it('is passed over with a position, to where the next session can be over', async () => {
    const nothing = await passOver([]);
    expect(nothing.stops).toEqual([60 * DAY]);
    expect(nothing.searches).toBeLessThan(60);
    // Logs from 30 days on: the first session is over two minutes after it.
    const later = await passOver([30 * DAY + 0.5]);
    expect(later.stops).toEqual([30 * DAY + 2, NaN]);
    expect(later.searches).toBeLessThan(60);
  });

  it('in which an id goes on has positions all the same', async () => {
    const { stops, searches } = await passOver(during(-30, DAY / 2, 1.5), 0.5);
    expect(stops.length).toBeGreaterThan(15);
    expect(Math.max(...stops.filter((stop) => !Number.isNaN(stop)))).toBeGreaterThan(0.45 * DAY);
    expect(searches).toBeGreaterThan(stops.length);
  });
});
