import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiResponse, Endpoints, Operation } from '../../common/api';
import { ownerRole, readerRole } from '../../server/elasticsearch';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { parseAlertsConfig } from '../../server/notifications';
import {
  addLogs,
  administrator,
  createLogs,
  MINUTE,
  removeSpaces,
  uniqueName,
} from './fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn } from './fixtures/kibana_stand_in';

const HOUR = 60 * MINUTE;
const admin = administrator();
const index = uniqueName('weblogs');
const space = uniqueName('space').toLowerCase();
const end = thisMinute();
const received: string[] = [];
let receiver: Server;
let kibana: KibanaStandIn;
let owner: NewPerson;
let reader: NewPerson;

const ok = <Name extends Operation>(
  operation: Name,
  given?: Parameters<KibanaStandIn['call']>[2],
  person = owner,
): Promise<ApiResponse<Endpoints[Name]>> => answerOf(kibana, person, operation, given, space);

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: end - 2 * HOUR, to: end }), { mappings: TIME_MAPPINGS });
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push((JSON.parse(body) as { text: string }).text);
      response.end('ok');
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const { port } = receiver.address() as AddressInfo;
  kibana = startKibanaStandIn({
    administrator: admin,
    alerts: parseAlertsConfig({ slack: { webhook_url: `http://127.0.0.1:${port}/hook` } }),
  });
  owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
  reader = await personWith(admin, 'rita', readerRole(space), ['read']);
});
afterAll(async () => {
  receiver.close();
  await Promise.all([owner.remove(), reader.remove()]);
  await removeSpaces(admin, [space]);
  await admin.indices.delete({ index, ignore_unavailable: true });
  await admin.close();
});

it('goes from the logs to an incident that people work on, and is over by itself', async () => {
  kibana.now = () => end + MINUTE;
  const { id } = await ok('createDetector', { body: { detector: webDetector(index), start: false } });
  const target = { space, detectorId: id };
  await ok('startDetector', { params: { id } });
  await kibana.tasks.run(trainingTaskId(target));
  await kibana.tasks.run(detectionTaskId(target));
  const { results, total } = await ok('searchResults', { query: { detector_id: id, size: '1000' } });
  expect(total).toBeGreaterThan(2);
  const { incidents, states } = await ok('listIncidents', { query: { state: 'active' } }, reader);
  expect(incidents.reduce((sum, { counts }) => sum + counts.logs, 0)).toBe(total);
  expect(states).toEqual({ open: incidents.length, acknowledged: 0, closed: 0 });
  expect(incidents[0].title).toMatch(/^GET \/?page.* of (shop|blog)$|of (shop|blog)$/);

  // One message for each, whatever it holds.
  expect(received).toHaveLength(incidents.length);
  expect(received[0]).toMatch(/ of (shop|blog), since .* UTC: \w+, \d+ logs?$/);

  const [incident] = incidents;
  const own = await ok('searchResults', { query: { incident_id: incident.id, size: '1000' } }, reader);
  expect(own.total).toBe(incident.counts.logs);
  const held = await ok('listIncidents', { query: { result_id: own.results[0].id } }, reader);
  expect(held.incidents.map((each) => each.id)).toEqual([incident.id]);
  const severe = await ok('listIncidents', { query: { min_severity: 'warning', size: '0' } }, reader);
  expect([severe.total, severe.incidents]).toEqual([incidents.length, []]);

  const params = { incident_id: incident.id };
  const { incident: mine } = await ok('updateIncident', {
    params,
    body: { state: 'acknowledged', assignee: 'olga', comment: 'Looking' },
  });
  expect(mine).toMatchObject({ state: 'acknowledged', assignee: 'olga', comments: [{ by: 'olga' }] });
  const refused = await kibana.call(reader, 'updateIncident', { params, body: { state: 'closed' } }, space);
  expect(refused.status).toBe(403);
  const { entries } = await ok('listAudit', { params: { id }, query: { actions: 'incident_changed' } });
  expect(entries).toMatchObject([{ by: 'olga', from: 'open', to: 'acknowledged' }]);

  // A result that a person calls normal leaves it.
  const { source } = own.results[0].result;
  await ok('saveFeedback', {
    params: { id },
    body: {
      source: { index: source.index, id: source.id },
      verdict: 'not_an_anomaly',
      accept: ['hides_most_results'],
    },
  });
  const fewer = await ok('getIncident', { params }, reader);
  expect([fewer.incident.counts.logs, fewer.hidden]).toEqual([incident.counts.logs - 1, 1]);

  // A late log of the same kind extends it, the quiet time ends it.
  const late = webLogs(
    { from: end - 20 * MINUTE, to: end - 20 * MINUTE + 20_000 },
    (i) => i % 10 === 5,
    'late',
  );
  await addLogs(
    admin,
    index,
    late.map(({ id: logId, document }) => ({
      id: logId,
      document: { ...document, event: { ingested: new Date(end + 70_000).toISOString() } },
    })),
  );
  kibana.now = () => end + 3 * MINUTE;
  await kibana.tasks.run(detectionTaskId(target));
  const after = await ok('searchResults', { query: { detector_id: id, size: '1000' } });
  const extended = await ok('listIncidents', { query: {} });
  expect(extended.incidents.reduce((sum, { counts }) => sum + counts.logs, 0)).toBe(after.total);
  expect(after.total).toBeGreaterThan(results.length - 1);
  const told = received.length;
  kibana.now = () => end + 2 * HOUR;
  await kibana.tasks.run(detectionTaskId(target));
  const over = await ok('listIncidents', { query: {} });
  expect(received.slice(told).filter((text) => text.startsWith('Over: '))).toHaveLength(
    extended.states.open + extended.states.acknowledged,
  );
  const all = received.length;
  await kibana.tasks.run(detectionTaskId(target));
  expect(received).toHaveLength(all);
  expect(over.states).toMatchObject({ open: 0, acknowledged: 0 });
  expect(over.incidents.every((each) => each.closed_because === 'quiet')).toBe(true);
});
