import type { BackfillReport, DetectorRecord } from '../../common/api';
import { resultsPattern } from '../../server/elasticsearch';
import { backfillTaskId } from '../../server/kibana/contracts/identifiers';
import { createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { upkeepWorld } from './fixtures/upkeep_world';

jest.setTimeout(240_000);

const world = upkeepWorld();
const { admin, space, kibana, ok, runTraining } = world;
const HOURS = 4;

/**
 * Every fiftieth log is slow, each by another amount: of scores that are all alike a threshold would have nothing to choose
 * between, and would stand.
 */
const withSlowOnes = (logs: ReturnType<typeof webLogs>): ReturnType<typeof webLogs> =>
  logs.map(({ id, document }, i) => ({
    id,
    document: i % 50 === 7 ? { ...document, response_time: 250 + 10 * ((i * 7) % 997) } : document,
  }));

/** Thresholds of the results of a detector by the log that each is of. */
async function thresholdsOf(detectorId: string): Promise<Record<string, number>> {
  const index = resultsPattern(space);
  await admin.indices.refresh({ index });
  const { hits } = await admin.search<{ source: { id: string }; anomaly: { threshold: number } }>({
    index,
    size: 1_000,
    query: {
      bool: { filter: [{ term: { 'detector.id': detectorId } }, { term: { 'result.type': 'log' } }] },
    },
  });
  return Object.fromEntries(
    hits.hits.map(({ _source }) => [_source!.source.id, _source!.anomaly.threshold]).sort(),
  ) as Record<string, number>;
}

it('a backfill hour by hour has the alerts and thresholds of one in a piece', async () => {
  const index = uniqueName('upkeep');
  const to = kibana.now() - MINUTE;
  const from = to - HOURS * 60 * MINUTE;
  await createLogs(admin, index, withSlowOnes(webLogs({ from, to })), { mappings: TIME_MAPPINGS });
  try {
    const trained = async (): Promise<string> => {
      const detector = webDetector(index, {
        threshold: { method: 'adaptive', contamination: 0.01, alerts_per_day: 1_000 },
        training: { window: '4h', max_rows: 3_000 },
        drift: { every: 'off' },
      });
      const { id } = await ok<DetectorRecord>('createDetector', { body: { detector, start: false } });
      await ok('trainDetector', { params: { id } });
      await runTraining(id);
      return id;
    };
    const backfilled = async (id: string, begin: number, end: number): Promise<void> => {
      const body = { from: new Date(begin).toISOString(), to: new Date(end).toISOString() };
      await ok('startBackfill', { params: { id }, body });
      await kibana.tasks.run(backfillTaskId({ space, detectorId: id }));
      expect(await ok<BackfillReport>('getBackfill', { params: { id } })).toMatchObject({ state: 'done' });
    };
    const whole = await trained();
    await backfilled(whole, from, to);
    const pieces = await trained();
    for (let hour = 0; hour < HOURS; hour++) {
      await backfilled(pieces, from + hour * 60 * MINUTE, from + (hour + 1) * 60 * MINUTE);
    }
    const expected = await thresholdsOf(whole);
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(new Set(Object.values(expected)).size).toBeGreaterThan(1);
    expect(await thresholdsOf(pieces)).toEqual(expected);
  } finally {
    await admin.indices.delete({ index, ignore_unavailable: true });
  }
});
