import type { ApiResponse, Endpoints, Operation } from '../../common/api';
import { feedbackIndex, ownerRole, resultsPattern } from '../../server/elasticsearch';
import { backfillTaskId, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { addLogs, administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn } from './fixtures/kibana_stand_in';

const HOUR = 60 * MINUTE;
const admin = administrator();
const index = uniqueName('weblogs');
const space = uniqueName('space').toLowerCase();
const end = thisMinute();
let kibana: KibanaStandIn;
let owner: NewPerson;

const ok = <Name extends Operation>(
  operation: Name,
  given?: Parameters<KibanaStandIn['call']>[2],
): Promise<ApiResponse<Endpoints[Name]>> => answerOf(kibana, owner, operation, given, space);

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: end - 2 * HOUR, to: end }), { mappings: TIME_MAPPINGS });
  kibana = startKibanaStandIn({ administrator: admin });
  owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
});
afterAll(async () => {
  await owner.remove();
  const results = await admin.indices.get({ index: resultsPattern(space) });
  await admin.indices.delete({
    index: [index, feedbackIndex(space), ...Object.keys(results)],
    ignore_unavailable: true,
  });
  await admin.close();
});

it('a false alarm is marked, gone from the next run and from the charts, and undone', async () => {
  kibana.now = () => end + MINUTE;
  const { id } = await ok('createDetector', {
    body: { detector: webDetector(index), start: false },
  });
  const target = { space, detectorId: id };
  await ok('startDetector', { params: { id } });
  await kibana.tasks.run(trainingTaskId(target));
  await kibana.tasks.run(detectionTaskId(target));
  const refresh = () => admin.indices.refresh({ index: resultsPattern(space) });
  const found = async (status = 'open') => {
    await refresh();
    const { results } = await ok('searchResults', { query: { detector_id: id, size: '1000', status } });
    return results.map(({ result }) => result.source.id).sort();
  };
  const counted = async () => {
    const query = { detector_id: id, from: String(end - 30 * MINUTE), to: String(end + HOUR) };
    return (await ok('summarizeResults', { query })).groups[0].anomalies;
  };
  const before = await found();
  expect(before.length).toBeGreaterThan(2);
  expect(await counted()).toBe(before.length);

  const source = { index, id: before[0] };
  const expiry = new Date(end + 30 * 24 * HOUR).toISOString();
  const preview = await ok('previewFeedback', { params: { id }, body: { source, scope: 'pattern' } });
  expect(preview).toMatchObject({
    results: { before: before.length },
    consequences: ['hides_most_results'],
  });
  const saved = await ok('saveFeedback', {
    params: { id },
    body: {
      source,
      verdict: 'not_an_anomaly',
      scope: 'pattern',
      expires_at: expiry,
      accept: ['hides_most_results'],
    },
  });
  expect(saved.hidden).toBe(preview.results.hidden);
  const shown = await found();
  expect([shown.length, await counted()]).toEqual([before.length - saved.hidden, shown.length]);

  // Slow failures as before, and some with another message.
  await addLogs(
    admin,
    index,
    webLogs({ from: end, to: end + 10 * MINUTE }, (i) => i % 100 === 50, 'next').map((log, place) => {
      const document = log.document as { message: string; http: { response: { status_code: number } } };
      const isOther = place % 200 === 150 && document.http.response.status_code === 500;
      return { ...log, document: { ...document, ...(isOther && { message: 'Disk of node 7 is full' }) } };
    }),
  );
  kibana.now = () => end + 11 * MINUTE;
  await kibana.tasks.run(detectionTaskId(target));
  const next = (await found()).filter((log) => log.startsWith('next'));
  const hidden = (await found('suppressed')).filter((log) => log.startsWith('next'));
  expect(hidden).toEqual(expect.arrayContaining(['next-50', 'next-250', 'next-450']));
  expect(next).toEqual(expect.arrayContaining(['next-150', 'next-350', 'next-550']));
  const { last_run: last } = await ok('getStatus', { params: { id } });
  expect(last?.anomalies).toBe(next.length);

  // The past is scored by the same rules.
  await ok('startBackfill', {
    params: { id },
    body: { from: new Date(end - 90 * MINUTE).toISOString(), to: new Date(end - HOUR).toISOString() },
  });
  await kibana.tasks.run(backfillTaskId(target));
  const past = (await found('suppressed')).filter((log) => !log.startsWith('next') && !before.includes(log));
  expect(past.length).toBeGreaterThan(5);

  const { shown: restored } = await ok('removeFeedback', { params: { id }, query: source });
  expect(restored).toBe(saved.hidden + hidden.length + past.length);
  expect(await found('suppressed')).toEqual([]);
  expect(await found()).toEqual([...before, ...next, ...hidden, ...past].sort());
  expect(await counted()).toBe((await found()).filter((log) => !past.includes(log)).length);
  const { entries } = await ok('listAudit', {
    params: { id },
    query: { actions: 'feedback_given,feedback_removed' },
  });
  expect(entries.map(({ action, by }) => [action, by])).toEqual([
    ['feedback_removed', 'olga'],
    ['feedback_given', 'olga'],
  ]);
});
