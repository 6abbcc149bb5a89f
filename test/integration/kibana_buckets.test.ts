import type { DetectorRecord, DetectorStatus, Operation } from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import { ownerRole, resultsPattern } from '../../server/elasticsearch';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { LOG_MAPPINGS } from './fixtures/bucket_fixture';
import { administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { thisMinute, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn } from './fixtures/kibana_stand_in';

const admin = administrator();
const index = uniqueName('bucket-weblogs');
const space = uniqueName('space').toLowerCase();
const end = thisMinute();
const start = end - 120 * MINUTE;
/** The service blog says nothing from so many minutes before the end on. */
const SILENT_MINUTES = 5;
let kibana: KibanaStandIn;
let owner: NewPerson;

const detector: DetectorInput = {
  name: 'Services',
  source: { index },
  unit: 'bucket',
  entity_field: 'service.name',
  bucket: { span: '1m', latency: 'response_time', distinct: { clients: 'client.ip' } },
  training: { window: '2h', min_rows: 100 },
};

const call = <Body>(operation: Operation, given?: Parameters<KibanaStandIn['call']>[2]): Promise<Body> =>
  answerOf(kibana, owner, operation, given, space) as Promise<Body>;

beforeAll(async () => {
  const logs = webLogs({ from: start, to: end }).filter(({ document }) => {
    const log = document as { '@timestamp': string; service: { name: string } };
    const isLate = Date.parse(log['@timestamp']) >= end - SILENT_MINUTES * MINUTE;
    return !(isLate && log.service.name === 'blog');
  });
  await createLogs(admin, index, logs, { mappings: LOG_MAPPINGS });
  kibana = startKibanaStandIn({ administrator: admin });
  kibana.now = () => end + MINUTE;
  owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
});
afterAll(async () => {
  await owner.remove();
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: [index, ...Object.keys(results)], ignore_unavailable: true });
  await admin.close();
});

describe('a detector of buckets through the HTTP API', () => {
  it('is tried out, created, trained, run and backfilled like any other, with the rights of an owner', async () => {
    const preview = await call<{ rows: number; top: { document: { message: string } }[] }>(
      'previewDetector',
      { body: { detector, rows: 5_000, top: 3 } },
    );
    expect(preview.rows).toBeGreaterThan(200);
    expect(preview.top[0].document.message).toMatch(/^(blog|shop): \d+ logs in 1 min, usually \d+/);

    const { id, detector: stored } = await call<DetectorRecord>('createDetector', {
      body: { detector, start: false },
    });
    expect(stored.bucket).toMatchObject(detector.bucket as object);
    const again = await call<{ valid: boolean; detector: unknown }>('validateDetector', {
      body: { detector: stored },
    });
    expect(again).toMatchObject({ valid: true, detector: stored });

    const target = { space, detectorId: id };
    await call('startDetector', { params: { id } });
    await kibana.tasks.run(trainingTaskId(target));
    await kibana.tasks.run(detectionTaskId(target));
    const status = await call<DetectorStatus>('getStatus', { params: { id } });
    expect(status).toMatchObject({ state: 'running', consecutive_failures: 0 });
    expect(status.lag_ms).toBeLessThanOrEqual(MINUTE);
    await admin.indices.refresh({ index: resultsPattern(space) });
    const found = await call<{ results: { result: { message: string; '@timestamp': string } }[] }>(
      'searchResults',
      { query: { detector_id: id, entity: 'blog', size: '100' } },
    );
    const silent = found.results.filter(({ result }) => result.message.startsWith('blog: 0 logs in 1 min'));
    expect(silent.map(({ result }) => (end - Date.parse(result['@timestamp'])) / MINUTE).sort()).toEqual(
      Array.from({ length: SILENT_MINUTES }, (_, i) => i + 1),
    );

    const backfill = await call<{ total: number }>('startBackfill', {
      params: { id },
      body: { from: new Date(end - 60 * MINUTE).toISOString(), to: new Date(end).toISOString() },
    });
    expect(backfill.total).toBe(120);
  });

  it('keeps the busiest entities where there are more than places, and says what it left out', async () => {
    const { id } = await call<DetectorRecord>('createDetector', {
      body: {
        detector: {
          ...detector,
          name: 'Few places',
          bucket: { ...detector.bucket, max_entities: 1 },
          training: { window: '2h', min_rows: 50 },
        },
        start: false,
      },
    });
    const target = { space, detectorId: id };
    await call('startDetector', { params: { id } });
    await kibana.tasks.run(trainingTaskId(target));
    await kibana.tasks.run(detectionTaskId(target));
    const { last_run: run } = await call<DetectorStatus>('getStatus', { params: { id } });
    expect(run?.entities).toMatchObject({ kept: 1, of: 2 });
    const { left_out_logs: leftOut, logs } = run!.entities!;
    expect(leftOut).toBeGreaterThan(0);
    expect(leftOut).toBeLessThanOrEqual(logs / 2);
  });

  it('says when a preview finds no log with the entity', async () => {
    const body = { detector: { ...detector, entity_field: 'host.name' } };
    const { status, body: answer } = await kibana.call(owner, 'previewDetector', { body }, space);
    expect([status, (answer as { message: string }).message]).toEqual([
      400,
      expect.stringContaining(`entity_field: no log of "${index}" has the field "host.name"`),
    ]);
  });

  it('is refused with scoring: ingest, which sees one log at a time', async () => {
    const { valid, issues } = await call<{ valid: boolean; issues: string[] }>('validateDetector', {
      body: { detector: { ...detector, scoring: 'ingest' } },
    });
    expect(valid).toBe(false);
    expect(issues.join()).toMatch(/^scoring: cannot be ingest with unit: bucket/);
  });
});
