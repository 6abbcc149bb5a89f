import type { DetectorInput } from '../../common/detector';
import type { TrafficKind } from '../../scripts/bench/traffic/labelled_traffic';

/** A detector of the soak; one whose logs the cluster scores has a pipeline that its index sends them through. */
export interface SoakDetector {
  readonly detector: DetectorInput;
  readonly hasPipeline: boolean;
}

type Change = Partial<DetectorInput> & Pick<DetectorInput, 'name'>;

/** Returns five detectors of different kinds over the logs of one kind of traffic. */
export function detectorsOf({ name, fields }: TrafficKind, index: string): SoakDetector[] {
  const { duration, size, status, statusOf, route, rare, message, text } = fields;
  const [entity] = route;
  const numbers: DetectorInput['features'] = [
    { type: 'number', field: duration },
    { type: 'number', field: size },
    { type: 'severity', field: status, codes: statusOf, name: 'status' },
  ];
  const make = (change: Change, hasPipeline = false): SoakDetector => ({
    hasPipeline,
    detector: {
      source: { index, timestamp_field: fields.timestamp },
      features: numbers,
      entity_field: entity,
      training: { window: '1d', max_rows: 5_000 },
      schedule: { interval: '1m', query_delay: '10s', quiet_time: '5m' },
      ...change,
    },
  });
  return [
    make({ name: `${name}: numbers`, threshold: { method: 'contamination', contamination: 0.005 } }),
    make({
      name: `${name}: adaptive, trained again and again`,
      features: [{ type: 'deviation', field: duration, by: entity }, ...(numbers ?? []).slice(1)],
      threshold: { method: 'adaptive', contamination: 0.005, alerts_per_day: 200 },
      training: { window: '1d', max_rows: 5_000, retrain_every: '20m' },
      drift: { every: '10m' },
    }),
    make({
      name: `${name}: buckets`,
      unit: 'bucket',
      features: [],
      bucket: { span: '1m', latency: duration },
      training: { window: '6h', min_rows: 100 },
    }),
    make({
      name: `${name}: texts and what goes together`,
      features: [
        ...rare.map((field) => ({ type: 'category' as const, field, encoding: 'rarity' as const })),
        ...(message === undefined ? [] : [{ type: 'template' as const, field: message }]),
        ...(text === undefined ? [] : [{ type: 'text' as const, field: text }]),
        { type: 'combination' as const, fields: [entity, rare[0]].filter(isFirst) },
        { type: 'hour_of_day' as const, field: fields.timestamp },
      ].filter((feature) => feature.type !== 'combination' || feature.fields.length > 1),
      promotion: { shadow: '10m' },
      training: { window: '1d', max_rows: 5_000, retrain_every: '30m' },
    }),
    make({ name: `${name}: scored by the cluster`, scoring: 'ingest' }, true),
  ];
}

const isFirst = (field: string, place: number, all: readonly string[]): boolean =>
  all.indexOf(field) === place;
