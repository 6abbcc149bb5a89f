import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';
import { dataFolder, readWebSources } from '../../real_logs/web_attack_logs';
import { makeTraffic, trafficKinds, type TrafficKind } from './index';

const hasData = existsSync(join(dataFolder(), 'apache_access.log.gz'));
const kinds = hasData
  ? trafficKinds(readWebSources())
  : trafficKinds({ requests: [], normalValues: [], attackValues: [] }).filter(
      ({ name }) => !name.startsWith('real'),
    );

/** The same kind with a tenth of the logs. */
const smaller = (kind: TrafficKind): TrafficKind => ({ ...kind, logsADay: Math.round(kind.logsADay / 10) });
const timeOf = (log: LogDocument): number => Date.parse(log['@timestamp'] as string);

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_name, kind) => {
  const traffic = makeTraffic({ ...kind, logsADay: kind.logsADay / 2 }, 1);

  it('knows at least eight kinds of incident, all of which the test holds', () => {
    const found = new Set(traffic.truths.filter((truth) => truth !== undefined));
    expect(found.size).toBeGreaterThanOrEqual(8);
    expect([...found].sort()).toEqual(Object.keys(kind.incidents).sort());
  });

  it('has one anomaly in a hundred logs of the test', () => {
    const share = traffic.truths.filter((truth) => truth !== undefined).length / traffic.test.length;
    expect(share).toBeCloseTo(0.01, 3);
  });

  it('is in the order of time, and busier by day than by night', () => {
    const times = traffic.history.map(timeOf);
    expect([...times].sort((one, other) => one - other)).toEqual(times);
    const hours = times.map((time) => new Date(time).getUTCHours());
    const within = (hour: number): number => hours.filter((one) => one === hour).length;
    expect(within(kind.peakHour)).toBeGreaterThan(1.5 * within((kind.peakHour + 12) % 24));
  });

  it('has durations that differ by a thousand', () => {
    const durations = traffic.history
      .map((log) => getField(log, kind.fields.duration))
      .filter((value): value is number => typeof value === 'number')
      .sort((one, other) => one - other);
    const at = (share: number): number => durations[Math.floor(share * durations.length)];
    expect(at(0.999) / at(0.001)).toBeGreaterThan(1_000);
  });

  it('carries no word of the truth in its logs', () => {
    for (const name of Object.keys(kind.incidents)) {
      if (!name.includes('_')) continue;
      expect(JSON.stringify(traffic.test)).not.toContain(name);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    const made = makeTraffic(smaller(kind), 5);
    expect(makeTraffic(smaller(kind), 5).test).toEqual(made.test);
    expect(makeTraffic(smaller(kind), 6).test).not.toEqual(made.test);
  });
});
