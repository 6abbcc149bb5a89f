import {
  ENDPOINTS,
  type ApiResponse,
  type DetectorRecord,
  type Endpoint,
  type Endpoints,
  type Operation,
} from '../../common/api';
import { ownerRole, readerRole, resultsPattern } from '../../server/elasticsearch';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/identifiers';
import { administrator, createLogs, MINUTE, uniqueName, userWith } from './elasticsearch_fixture';
import { thisMinute, webDetector, webLogs } from './kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Person, type Reply } from './kibana_stand_in';

/** What the pages ask beside the life of a detector, through the HTTP API over a real Elasticsearch. */
const SECONDS = 7_200;
const admin = administrator();
const index = uniqueName('pagelogs');
const space = uniqueName('pages').toLowerCase();
const start = thisMinute() - SECONDS * 1_000;
const cleanUp: (() => Promise<unknown>)[] = [];
let kibana: KibanaStandIn;
let owner: Person;
let reader: Person;
let detector: DetectorRecord;

async function person(
  name: string,
  role: Parameters<typeof userWith>[1],
  privileges: Person['privileges'],
): Promise<Person> {
  const user = await userWith(admin, role);
  cleanUp.push(user.remove);
  return {
    name,
    client: user.client,
    authorization: { username: user.username, password: user.password },
    privileges,
  };
}

async function ok<Name extends Operation>(
  who: Person,
  operation: Name,
  given?: Parameters<KibanaStandIn['call']>[2],
): Promise<ApiResponse<Endpoints[Name]>> {
  const reply = await kibana.call(who, operation, given, space);
  if (reply.status !== 200) throw new Error(`${operation}: ${reply.status} ${JSON.stringify(reply.body)}`);
  const { response }: Endpoint = ENDPOINTS[operation];
  return response.parse(JSON.parse(JSON.stringify(reply.body))) as ApiResponse<Endpoints[Name]>;
}

const refused = ({ status, body }: Reply): string => `${status} ${(body as { message: string }).message}`;
const refresh = () => admin.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: start, to: start + SECONDS * 1_000 }), {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        event: { properties: { ingested: { type: 'date' } } },
        message: { type: 'text' },
      },
    },
  });
  kibana = startKibanaStandIn({ administrator: admin });
  kibana.now = () => start + SECONDS * 1_000 + MINUTE;
  owner = await person('olga', ownerRole([index], space), ['read', 'write']);
  reader = await person('rita', readerRole(space), ['read']);
  detector = await ok(owner, 'createDetector', { body: { detector: webDetector(index), start: true } });
  const target = { space, detectorId: detector.id };
  await ok(owner, 'startDetector', { params: { id: detector.id } });
  await kibana.tasks.run(trainingTaskId(target));
  await kibana.tasks.run(detectionTaskId(target));
  await refresh();
});

afterAll(async () => {
  for (const work of cleanUp) await work();
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: [index, ...Object.keys(results)], ignore_unavailable: true });
  await admin.close();
});

describe('a filter made of a query bar', () => {
  const range = { from: String(start), to: String(start + SECONDS * 1_000) };
  /** Of the odd requests, those that took longest. */
  const SLOWEST = 33_000;
  const slowest = JSON.stringify({ bool: { filter: [{ range: { response_time: { gte: SLOWEST } } }] } });

  it('chooses among results and among the anomalies of summaries alike, not among logs scored', async () => {
    const query = { detector_id: detector.id, ...range };
    const all = await ok(reader, 'searchResults', { query });
    const chosen = await ok(reader, 'searchResults', { query: { ...query, filter: slowest } });
    expect(chosen.total).toBeGreaterThan(0);
    expect(chosen.total).toBe(
      all.results.filter(({ result }) => (result.response_time as number) >= SLOWEST).length,
    );
    expect(chosen.total).toBeLessThan(all.total);
    const [before] = (await ok(reader, 'summarizeResults', { query })).groups;
    const [after] = (await ok(reader, 'summarizeResults', { query: { ...query, filter: slowest } })).groups;
    expect(before).toMatchObject({ anomalies: all.total });
    expect(after).toMatchObject({ anomalies: chosen.total, logs: before.logs });
    const highest = Math.max(...chosen.results.map(({ result }) => result.anomaly.confidence));
    expect(Math.max(...after.buckets.map((bucket) => bucket.max_confidence ?? 0))).toBeCloseTo(highest, 6);
  });

  it('leaves the entities of nothing it chooses without anomalies', async () => {
    const { groups } = await ok(reader, 'summarizeResults', {
      query: { detector_id: detector.id, ...range, by: 'entity', severity: 'critical', filter: slowest },
    });
    const blog = groups.find(({ key }) => key === 'blog');
    expect(blog?.logs).toBeGreaterThan(0);
    expect(blog).toMatchObject({ anomalies: 0 });
  });

  it('is refused with what is wrong', async () => {
    const search = (filter: string) => kibana.call(reader, 'searchResults', { query: { filter } }, space);
    expect(refused(await search('service.name : shop'))).toMatch(/^400 filter: .*JSON object/);
    expect(refused(await search('[]'))).toMatch(/^400 filter: .*JSON object/);
    expect(refused(await search('{"no_such_query":{}}'))).toMatch(/^400 .*no_such_query/);
    const broken = JSON.stringify({ query_string: { query: 'service.name:(' } });
    expect(refused(await search(broken))).toMatch(/^400 .*Encountered/);
  });
});
