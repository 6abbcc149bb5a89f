import { parseDetector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import { PatternCounts } from '../../../common/patterns';
import { checkpointStore, logSource } from '../../../test/fakes/run_stores';
import type { PatternProgress } from '../ports/patterns';
import { passOverSilence } from './pass_over_silence';

const BEGIN = Date.UTC(2026, 0, 5);
const plain = {
  name: 'Till',
  source: { index: 'weblogs' },
  features: [{ type: 'hour_of_day', field: '@timestamp' }],
  schedule: { query_delay: '1m' },
};
const counting = { ...plain, patterns: { field: 'message', span: '15m' } };
const none: PatternProgress = {
  ...{ sequence: 1, since: BEGIN, judgedTo: BEGIN, catalogue: 0 },
  open: { seen: [], cells: [] },
  arrivals: [],
  silences: [],
};
const held: PatternProgress = { ...none, open: { seen: [], cells: [['p', 'a', BEGIN, 3]] } };

async function passed(
  minute: number,
  patterns?: PatternProgress,
  settings: object = counting,
  isEmpty = true,
) {
  const checkpoints = checkpointStore();
  const before = { detectorId: 'till', timestampTo: BEGIN, ingestedTo: BEGIN, runId: 'before', patterns };
  await checkpoints.write(before, undefined);
  const known = await passOverSilence({
    ...{ detectorId: 'till', detector: parseDetector(settings), checkpoints, runId: 'run' },
    source: { ...logSource([]), isEmpty: async () => isEmpty },
    clock: { now: () => BEGIN + minute * MINUTE, sleep: async () => undefined },
  });
  const moved = checkpoints.written.at(-1)!;
  return [known === undefined ? undefined : (known - BEGIN) / MINUTE, (moved.ingestedTo - BEGIN) / MINUTE];
}

test('the checkpoint moves to now less the delay, where no log has come', async () => {
  expect(await passed(40, undefined, plain)).toEqual([39, 39]);
  expect(await passed(40, undefined, plain, false)).toEqual([undefined, 0]);
  expect(await passed(40, none)).toEqual([39, 39]);
});

test('nothing counts as known beyond patterns that are not judged, and a bucket that is over takes a run', async () => {
  expect(await passed(15, held)).toEqual([0, 14]);
  expect(await passed(16, held)).toEqual([undefined, 0]);
  const sealed = new PatternCounts(held.open).toJSON();
  expect(await passed(40, { ...none, sealed })).toEqual([undefined, 0]);
  expect(await passed(40, { ...none, hasUnjudged: true })).toEqual([undefined, 0]);
  expect(await passed(40, { ...held, judgedTo: BEGIN + 30 * MINUTE })).toEqual([30, 39]);
  // Counts of a detector that counts no patterns any more are never judged.
  expect(await passed(40, held, plain)).toEqual([39, 39]);
});
