import type { AnomalyResult } from '../../common/anomaly';
import type { ModelSnapshot } from '../../common/model_snapshot';
import type { Session } from '../command_line/session';
import { createList } from './anomaly_list';
import type { FollowOptions } from './options';

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const at = (milliseconds: number): string => new Date(START + milliseconds).toISOString();

const resultOf = (detector: string, id: string, time: number, more: object): AnomalyResult =>
  ({
    '@timestamp': at(time),
    result: { type: 'log' },
    detector: { id: detector, name: detector },
    event: { kind: 'alert' },
    source: { index: 'logs', id },
    ...more,
  }) as unknown as AnomalyResult;
const anomalyOf = (confidence: number) => ({
  ...{ score: 0.7, confidence, severity: 'major', threshold: 0.6, attribution: [] },
  ...{ entity: 'web', entity_field: 'service.name' },
});
const followerOf = (detector: object) => ({ snapshot: { detector } as unknown as ModelSnapshot });

it('shows a bucket with more logs within than a call takes arguments', () => {
  const shown: unknown[] = [];
  const session = {
    json: true,
    say: () => undefined,
    emit: (line: unknown) => void shown.push(line),
  } as unknown as Session;
  const list = createList(session, { limit: 5, context: 1 } as FollowOptions, [
    followerOf({ unit: 'bucket', bucket: { span: '15m' } }),
    followerOf({ unit: 'log' }),
  ]);
  const bucket = resultOf('buckets', 'bucket', 0, {
    anomaly: anomalyOf(0.8),
    event: { start: at(0), end: at(15 * MINUTE) },
  });
  const logs = Array.from({ length: 150_000 }, (_none, place) =>
    resultOf('logs', String(place), place, { anomaly: anomalyOf(0.9), service: { name: 'web' } }),
  );
  list.show([bucket, ...logs]);
  expect(list.rows).toBe(1);
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatchObject({
    source: { id: 'bucket' },
    found_by: ['per 15 minutes and service', 'single log'],
  });
  expect((shown[0] as { parts: unknown[] }).parts).toHaveLength(150_000);
});

it('counts a log that was shown before its bucket as a part of the row of the bucket', () => {
  const session = { json: true, say: () => undefined, emit: () => undefined } as unknown as Session;
  const list = createList(session, { limit: 5, context: 1 } as FollowOptions, [
    followerOf({ unit: 'bucket', bucket: { span: '15m' } }),
    followerOf({ unit: 'log' }),
  ]);
  const log = (minute: number, service = 'web') =>
    resultOf('logs', `${service} ${minute}`, minute * MINUTE, {
      anomaly: { ...anomalyOf(0.9), entity: service },
      service: { name: service },
    });
  list.show([log(1), log(2), log(3, 'api')]);
  expect(list.rows).toBe(3);
  const bucket = resultOf('buckets', 'bucket', 0, {
    anomaly: anomalyOf(0.8),
    event: { start: at(0), end: at(15 * MINUTE) },
  });
  list.show([bucket]);
  expect(list.rows).toBe(2);
  list.show([log(4), log(120)]);
  expect(list.rows).toBe(3);
});
