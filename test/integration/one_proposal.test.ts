import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseDetector, type Detector, type DetectorInput } from '../../common/detector';
import { proposeBucket } from '../../common/buckets/propose_bucket';
import { ownerRole } from '../../server/elasticsearch';
import { outcomeOf, start } from './fixtures/command_line_fixture';
import { administrator, createLogs, uniqueName } from './fixtures/elasticsearch_fixture';
import { answerOf, personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn } from './fixtures/kibana_stand_in';

jest.setTimeout(120_000);

const admin = administrator();
const kibana = startKibanaStandIn({ administrator: admin });
const space = uniqueName('space').toLowerCase();
const index = uniqueName('apache');
const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-proposal-'));
let owner: NewPerson;

const pick = <Value>(values: readonly Value[], place: number): Value => values[place % values.length];
/** A number that looks random, from 0 to before `most`. */
const mixed = (place: number, most: number): number => ((place * 2_654_435_761) % 4_294_967_296) % most;

/** Requests of six days: in 300 of them most clients come once, in all of them many times. */
const request = (place: number, time: string) => ({
  '@timestamp': time,
  event: { dataset: 'apache.access' },
  host: { name: pick(['web-1', 'web-2', 'web-3'], place) },
  url: { domain: pick(['shop.example', 'api.example'], mixed(place, 2)) },
  client: { address: `10.0.${mixed(place, 500) % 4}.${mixed(place, 500) % 250}` },
  http: {
    request: { method: pick(['GET', 'GET', 'POST'], mixed(place, 3)) },
    response: {
      status_code: pick([200, 200, 200, 304, 404], mixed(place, 5)),
      body: { bytes: 300 + mixed(place, 9_000) },
    },
  },
  'url.original': pick(['/', '/cart', `/product/${mixed(place, 90)}`, '/search?q=shoes'], mixed(place, 4)),
  user_agent: { original: pick(['Mozilla/5.0 (X11)', 'curl/8.0', 'Wget/1.21'], mixed(place, 3)) },
  message: `worker ${mixed(place, 9)} answered client ${mixed(place, 500)} in ${mixed(place, 80)} ms`,
});

beforeAll(async () => {
  const now = Date.now();
  await createLogs(
    admin,
    index,
    Array.from({ length: 2_400 }, (_none, place) => ({
      document: request(place, new Date(now - (place + 1) * 216_000).toISOString()),
    })),
    {
      mappings: {
        dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }],
        properties: { '@timestamp': { type: 'date' }, message: { type: 'text' } },
      },
    },
  );
  owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
});
afterAll(async () => {
  await owner?.remove();
  await admin.indices.delete({ index, ignore_unavailable: true });
  await admin.close();
  rmSync(folder, { recursive: true });
});

/** Returns what is looked at, without names, budgets and defaults. */
const looks = ({ unit, entity_field: entity, bucket, features }: Detector) => ({
  unit,
  entity,
  bucket,
  features: unit === 'bucket' ? [] : features,
});

/** As `_Suggest from the logs_` fills in the form, for either unit. */
async function byForm(): Promise<DetectorInput[]> {
  const source = { index };
  const [{ suggestions }, { fields, entity_field: suggested }] = await Promise.all([
    answerOf(kibana, owner, 'suggestFeatures', { body: { source } }, space),
    answerOf(kibana, owner, 'describeLogs', { body: { source } }, space),
  ]);
  const features = suggestions.map(({ definition }) => definition) as DetectorInput['features'];
  return [
    { name: 'form', source, entity_field: suggested, features },
    { name: 'form', source, unit: 'bucket', ...proposeBucket(fields, suggested) },
  ];
}

async function byCommand(...given: string[]): Promise<DetectorInput[]> {
  const { username, password } = owner.authorization!;
  const { code, stderr } = await outcomeOf(
    start(folder, given, {
      ELASTICSEARCH_USERNAME: username,
      ELASTICSEARCH_PASSWORD: password,
      ELASTICSEARCH_API_KEY: undefined,
    }),
  );
  if (code !== 0) throw new Error(`${given.join(' ')}: ${stderr}`);
  const written = join(folder, given[0]);
  return readdirSync(written)
    .map((file) => parse(readFileSync(join(written, file), 'utf8')) as DetectorInput)
    .sort((one, other) => Number(one.unit === 'bucket') - Number(other.unit === 'bucket'));
}

it('a scan, the form and the commands propose the same for the same logs', async () => {
  const body = { index, timestamp_field: '@timestamp' };
  const { proposals } = await answerOf(kibana, owner, 'proposeDetectors', { body }, space);
  const scanned = proposals.map(({ detector }) => looks(detector));
  expect(scanned.map(({ unit, entity }) => [unit, entity])).toEqual([
    ['log', 'url.domain'],
    ['bucket', 'url.domain'],
  ]);
  const read = scanned[0].features.map(({ field }) => field);
  expect(read).toEqual(expect.arrayContaining(['message', '@timestamp', 'http.response.status_code']));

  expect((await byForm()).map((each) => looks(parseDetector(each)))).toEqual(scanned);
  const suggested = await byCommand(
    ...['suggest-features', '--index', index, '--output', 'suggest-features/made.yml'],
  );
  expect(suggested.map((each) => looks(parseDetector(each)))).toEqual(scanned);
  const found = await byCommand('scan', '--only', index, '--output', 'scan');
  expect(found.map((each) => looks(parseDetector(each)))).toEqual(scanned);
});
