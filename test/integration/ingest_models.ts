import { generateLogs } from '../../common/demo_logs';
import { parseDetector, type DetectorInput } from '../../common/detector';
import type { LogDocument } from '../../common/log_document';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/train_model';

/** Demo logs of two days, some of them dirty. */
export const demoDocuments = (ratePerSecond: number, dirtRate: number, seed = 7): LogDocument[] =>
  [
    ...generateLogs({
      seed,
      from: Date.UTC(2026, 10, 1),
      to: Date.UTC(2026, 10, 3),
      ratePerSecond,
      anomalyRate: 0.03,
      dirtRate,
    }),
  ].map(({ document }) => document);

export function trainOn(
  documents: readonly LogDocument[],
  features: DetectorInput['features'],
  settings: Partial<DetectorInput> = {},
): ModelSnapshot {
  const detector = parseDetector({ name: 'ingest test', source: { index: 'logs' }, features, ...settings });
  return trainModel({ detector, documents, source: 'demo', clock: { now: () => Date.UTC(2026, 10, 3) } })
    .snapshot;
}

/** A feature of every kind and encoding that a pipeline can compute. */
export const ALL_KINDS: DetectorInput['features'] = [
  { type: 'number', field: 'response_time' },
  { type: 'number', field: 'request_size', scale: 'log1p' },
  { type: 'number', field: 'http.response.body.bytes', scale: 'linear' },
  { type: 'category', field: 'status_code', encoding: 'rarity' },
  { type: 'category', field: 'http.response.status_code', encoding: 'one_hot', one_hot_limit: 6 },
  { type: 'category', field: 'service.name' },
  { type: 'hour_of_day', field: 'hour_of_day' },
  { type: 'hour_of_day', field: '@timestamp', time_zone: 'Europe/Berlin', name: 'local hour' },
  { type: 'day_of_week', field: 'no_such_field', time_zone: 'America/New_York' },
  { type: 'text', field: 'url.original', direction: 'low' },
  { type: 'text', field: 'message', max_length: 1_000, direction: 'high' },
  { type: 'severity', field: 'http.response.status_code', name: 'status' },
  {
    type: 'severity',
    field: 'http.response.status_code',
    name: 'status of route',
    by: ['service.name', 'http.request.method', { route: 'url.original' }],
  },
  { type: 'severity', field: 'log.level', by: 'service.name' },
  { type: 'route', field: 'url.original', name: 'route', method: 'http.request.method' },
  { type: 'attack_signs', field: 'url.original', name: 'attacks' },
  { type: 'combination', fields: ['service.name', { route: 'url.original' }] },
  { type: 'deviation', field: 'response_time', name: 'slow', by: 'service.name', time_zone: 'Europe/Berlin' },
  {
    type: 'deviation',
    field: 'event.duration',
    name: 'slow for its route',
    by: ['service.name', 'http.request.method', { route: 'url.original' }],
    direction: 'high',
    ignore_below: 2_000_000,
    ignore_within_percent: 20,
  },
  {
    type: 'deviation',
    field: 'request_size',
    name: 'size',
    by: ['no_such_field', 'service.name'],
    tolerance: 40,
    scale: 'linear',
  },
];
