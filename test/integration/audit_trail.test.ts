import { ALL_DETECTORS, type AuditEntry } from '../../common/audit';
import {
  createAuditTrail,
  createFeedbackStore,
  feedbackIndex,
  auditIndex,
  ownerRole,
  readerRole,
} from '../../server/elasticsearch';
import { administrator, MINUTE, START, uniqueName, userWith } from './fixtures/elasticsearch_fixture';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './fixtures/kibana_stand_in';

const admin = administrator();
const space = uniqueName('space').toLowerCase();
const cleanUp: (() => Promise<unknown>)[] = [];
let kibana: KibanaStandIn;
let reader: Person;

const entry = (minute: number, change: Partial<AuditEntry> = {}): AuditEntry => ({
  detectorId: 'web',
  at: new Date(START + minute * MINUTE).toISOString(),
  action: 'model_promoted',
  reason: 'It passed its gate.',
  ...change,
});

beforeAll(async () => {
  kibana = startKibanaStandIn({ administrator: admin });
  const owner = await userWith(admin, ownerRole([], space));
  const looker = await userWith(admin, readerRole(space));
  cleanUp.push(owner.remove, looker.remove);
  reader = { name: looker.username, client: looker.client, privileges: ['read'] };
  const trail = createAuditTrail(owner.client, { space });
  await trail.append([
    entry(0, { by: 'ann', from: 'web-1', to: 'web-2', details: { false_alarms_per_day: [12, 9] } }),
  ]);
  await trail.append([
    entry(1, { action: 'model_reverted', from: 'web-2', to: 'web-1', reason: 'x'.repeat(3_000) }),
    entry(1, { action: 'suppression_added', detectorId: ALL_DETECTORS, by: 'bob' }),
    entry(2, { detectorId: 'other' }),
  ]);
  await createFeedbackStore(owner.client, { space }).save({
    detectorId: 'web',
    source: { index: 'weblogs', id: '1' },
    verdict: 'real',
    at: new Date(START).toISOString(),
  });
});
afterAll(async () => {
  await admin.indices.delete({ index: [feedbackIndex(space), auditIndex(space)], ignore_unavailable: true });
  for (const remove of cleanUp) await remove();
  await admin.close();
});

describe('audit trail', () => {
  it('lists what concerns a detector, newest first, and nothing else of the same index', async () => {
    const { total, entries } = await createAuditTrail(admin, { space }).list('web');
    expect(total).toBe(3);
    expect(entries.map(({ action, by }) => [action, by])).toEqual([
      ['suppression_added', 'bob'],
      ['model_reverted', undefined],
      ['model_promoted', 'ann'],
    ]);
    expect(entries[1].reason).toHaveLength(2_000);
    expect(entries[2]).toEqual(
      entry(0, { by: 'ann', from: 'web-1', to: 'web-2', details: { false_alarms_per_day: [12, 9] } }),
    );
  });

  it('chooses by time and by what was done', async () => {
    const trail = createAuditTrail(admin, { space });
    expect((await trail.list('web', { to: START + MINUTE })).entries).toHaveLength(1);
    expect((await trail.list('web', { from: START + MINUTE })).entries).toHaveLength(2);
    expect((await trail.list('web', { actions: ['model_reverted'] })).entries).toHaveLength(1);
    expect(await trail.list('web', { size: 1 })).toMatchObject({ total: 3, entries: [{ by: 'bob' }] });
  });

  it('is empty where nothing was done', async () => {
    expect(await createAuditTrail(admin, { space: `${space}-none` }).list('web')).toEqual({
      total: 0,
      entries: [],
    });
  });

  it('leaves verdicts to the list of feedback', async () => {
    expect(await createFeedbackStore(admin, { space }).list('web')).toEqual([
      {
        detectorId: 'web',
        source: { index: 'weblogs', id: '1' },
        verdict: 'real',
        at: new Date(START).toISOString(),
      },
    ]);
  });

  it('is read and exported by whoever may read', async () => {
    const params = { id: 'web' };
    const listed = await kibana.call(
      reader,
      'listAudit',
      { params, query: { actions: 'model_promoted,model_reverted' } },
      space,
    );
    expect(listed).toMatchObject({ status: 200, body: { total: 2, entries: [{ detector_id: 'web' }, {}] } });
    const file = await kibana.call(reader, 'exportAudit', { params }, space);
    expect(file.headers['content-type']).toBe('application/x-ndjson');
    const lines = (file.body as string)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ action }: { action: string }) => action)).toEqual([
      'model_promoted',
      'model_reverted',
      'suppression_added',
    ]);
    expect(lines[2].detector_id).toBe('*');
  });
});
