import type { DetectorRecord } from '../../common/api';
import { checkConnection, ownerRole } from '../../server/elasticsearch';
import { administrator, createLogs, uniqueName } from './fixtures/elasticsearch_fixture';
import { TIME_MAPPINGS, webDetector } from './fixtures/kibana_logs';
import { personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn } from './fixtures/kibana_stand_in';

const admin = administrator();
const index = uniqueName('weblogs');
const space = uniqueName('space');
const kibana = startKibanaStandIn({ administrator: admin });
let owner: NewPerson;

/** Document-level security is paid for: a new cluster has a trial once, and goes back to the Basic licence afterwards. */
let hasTrial = false;

beforeAll(async () => {
  await createLogs(admin, index, [], { mappings: TIME_MAPPINGS });
  owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
  const started = await admin.license.postStartTrial({ acknowledge: true }).catch(() => undefined);
  hasTrial = started !== undefined || (await admin.license.get()).license.type === 'trial';
});
afterAll(async () => {
  await owner.remove();
  if (hasTrial) await admin.license.postStartBasic({ acknowledge: true });
  const own = Object.keys(await admin.indices.get({ index: `log-anomalies-*.${space}*` }));
  await admin.indices.delete({ index: [index, ...own] });
  await admin.close();
});

const create = async (): Promise<DetectorRecord> => {
  const body = { detector: webDetector(index), start: false };
  const { status, body: record } = await kibana.call(owner, 'createDetector', { body }, space);
  expect(status).toBe(200);
  return record;
};

test('an owner who sees all of the logs is not warned', async () => {
  expect(await create()).not.toHaveProperty('warnings');
});

test('an owner whose role limits documents and fields is warned on saving, and still saves', async () => {
  if (!hasTrial) {
    console.warn('This cluster grants no trial licence: only the answer kept in the unit test was tried.');
    return;
  }
  const name = owner.authorization!.username;
  const { cluster, indices } = ownerRole([], space);
  await admin.security.putRole({
    name,
    cluster: [...cluster] as never,
    indices: [
      ...indices.map(({ names, privileges }) => ({ names: [...names], privileges: [...privileges] })),
      {
        names: [`${index}*`],
        privileges: ['read'],
        query: { term: { 'service.name': 'shop' } },
        field_security: { grant: ['*'], except: ['client.*'] },
      },
    ],
  });
  const record = await create();
  expect(record.warnings).toEqual([
    expect.stringContaining(`only some documents of "${index}"`),
    expect.stringContaining(`only some fields of "${index}"`),
  ]);
  const { body: edited } = await kibana.call(
    owner,
    'updateDetector',
    { params: { id: record.id }, body: { detector: record.detector, version: record.version } },
    space,
  );
  expect((edited as DetectorRecord).warnings).toHaveLength(2);
  const { body: validated } = await kibana.call(
    owner,
    'validateDetector',
    { body: { detector: webDetector(index) } },
    space,
  );
  expect(validated).toMatchObject({ valid: true, warnings: [{}, {}].map(() => expect.any(String)) });
  expect((await checkConnection(owner.client, { indices: [index], space })).warnings).toHaveLength(2);
  expect((await checkConnection(owner.client, { indices: ['elsewhere'], space })).warnings).toEqual([]);
});
