import { BUCKET_CONTAMINATION, guessedTypes, proposeBucket } from '../../common/buckets/propose_bucket';
import { generateLogs } from '../../common/demo_logs';
import { parseDetector } from '../../common/detector';
import { DAY, HOUR, MINUTE } from '../../common/duration';
import { getField } from '../../common/log_features';
import { logFieldsOf } from '../../common/log_features/fields/log_fields';
import { createModelScorer } from '../../common/model_snapshot';
import { bucketRows, commonValues } from '../../scripts/bench/traffic/bucket_rows';
import { trainModel } from '../../server/detection/training/train_model';

const SILENT = 'inventory-api';
const OUTAGE = 30 * MINUTE;
const SPAN = 5 * MINUTE;

/** Two days of two busy services until `to`, one of which is silent for half an hour, three hours before. */
function logsWithOutage(to: number) {
  const begin = Math.floor((to - 3 * HOUR) / SPAN) * SPAN;
  const services = [SILENT, 'auth-api'];
  const made = generateLogs({
    seed: 11,
    from: to - 2 * DAY,
    to,
    ratePerSecond: 0.2,
    anomalyRate: 0,
    services,
  });
  return [...made]
    .filter(
      ({ document, time }) =>
        getField(document, 'service.name') !== SILENT || time < begin || time >= begin + OUTAGE,
    )
    .map(({ document }) => ({ log: document }));
}

/** Trains and scores with what the form proposes, as a preview does. @returns ranks of the rows of the outage, from 1, and their number above the threshold */
function silentRanks(to: number): { ranks: number[]; flagged: number } {
  const logs = logsWithOutage(to);
  const documents = logs.map(({ log }) => log);
  const described = documents.slice(0, 500);
  const proposal = proposeBucket(logFieldsOf(described, guessedTypes(described)));
  const detector = parseDetector({
    name: 'services',
    source: { index: 'logs' },
    unit: 'bucket',
    entity_field: 'service.name',
    bucket: { ...proposal.bucket, span: '5m' },
    threshold: { method: 'contamination', contamination: BUCKET_CONTAMINATION },
  });
  const rows = bucketRows(detector, logs, commonValues(detector, documents));
  const { snapshot } = trainModel({ detector, documents: rows, source: 'logs', clock: { now: () => to } });
  const { scores } = createModelScorer(snapshot).score(rows);
  const ranked = rows
    .map((row, place) => ({ row, score: scores[place] }))
    .sort((one, other) => other.score - one.score);
  const silent = ranked.flatMap(({ row, score }, place) =>
    getField(row, 'service.name') === SILENT && getField(row, 'bucket.count') === 0
      ? [{ rank: place + 1, score }]
      : [],
  );
  return {
    ranks: silent.map(({ rank }) => rank),
    flagged: silent.filter(({ score }) => score >= snapshot.threshold).length,
  };
}

describe('a busy service that is silent for half an hour', () => {
  it.each(['2026-11-28T04:04:00Z', '2026-11-28T07:18:00Z'])(
    'is among the first of two days of rows that hold it themselves, at %s',
    (time) => {
      const { ranks, flagged } = silentRanks(Date.parse(time));
      expect(ranks).toHaveLength(OUTAGE / SPAN);
      expect(flagged).toBe(ranks.length);
      expect(Math.max(...ranks)).toBeLessThanOrEqual(20);
    },
  );
});
