import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { parse } from 'yaml';
import type { ApiResponse, DetectorRecord, Endpoints } from '../../common/api';
import { parseDetector } from '../../common/detector';
import { ownerRole } from '../../server/elasticsearch';
import { outcomeOf, start } from './fixtures/command_line_fixture';
import { administrator, createLogs, startFaultyProxy, uniqueName } from './fixtures/elasticsearch_fixture';
import { answerOf, personWith, refusalOf, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn } from './fixtures/kibana_stand_in';

jest.setTimeout(180_000);

type Scan = ApiResponse<Endpoints['scanLogs']>;
type Looked = ApiResponse<Endpoints['proposeDetectors']>;

const admin = administrator();
const kibana = startKibanaStandIn({ administrator: admin });
const space = uniqueName('space').toLowerCase();
const prefix = uniqueName('scan');
const now = Date.now();
kibana.now = () => now;

const names = {
  /** Rotates by day. */
  web: [`${prefix}-web-2026.11.26`, `${prefix}-web-2026.11.27`],
  /** Has another field of time, and a name that wants to be more than a name. */
  odd: `${prefix}-it's-&lt;b&gt;-\u202egol`,
  numbers: `${prefix}-numbers`,
  old: `${prefix}-old`,
  /** Can only be read by its alias. */
  behind: `${prefix}-behind`,
  alias: `${prefix}-alias`,
  /** Nobody but an administrator may read it. */
  secret: `${prefix}-secret`,
};
const pattern = `${prefix}-web-*`;

const pick = <Value>(values: readonly Value[], place: number): Value => values[place % values.length];
const logs = (count: number, make: (place: number, time: string) => object) =>
  Array.from({ length: count }, (_none, place) => ({
    document: make(place, new Date(now - (place + 1) * 120_000).toISOString()),
  }));
const keywords = {
  dynamic_templates: [
    { texts: { match_mapping_type: 'string' as const, mapping: { type: 'keyword' as const } } },
  ],
};
const request = (place: number, time: string) => ({
  '@timestamp': time,
  event: { dataset: 'nginx.access' },
  host: { name: pick(['web-1', 'web-2'], place) },
  http: {
    request: { method: pick(['GET', 'POST'], place) },
    response: { status_code: pick([200, 200, 304, 404], place), body: { bytes: 300 + ((place * 37) % 900) } },
  },
  url: { original: pick(['/', '/cart', '/product/17', '/search?q=shoes'], place) },
});
const line = (place: number, time: string) => ({
  written: time,
  timestamp: time,
  level: pick(['info', 'error'], place),
  message: `Order ${place} was placed by somebody`,
});

/** May read all of it that is not secret, as an owner. */
let owner: NewPerson;
/** May read one index of those that rotate, and no pattern. */
let narrow: NewPerson;
/** May use the feature, and read nothing of Elasticsearch. */
let nobody: NewPerson;

beforeAll(async () => {
  const dates = {
    ...keywords,
    properties: { '@timestamp': { type: 'date' as const }, timestamp: { type: 'date' as const } },
  };
  const create = (index: string, documents: ReturnType<typeof logs>) =>
    createLogs(admin, index, documents, { mappings: dates });
  await Promise.all([
    ...names.web.map((index) => create(index, logs(400, request))),
    create(names.odd, logs(300, line)),
    create(
      names.numbers,
      logs(200, (place, time) => ({ '@timestamp': time, sensor: `s${place % 3}`, value: place })),
    ),
    create(names.old, [{ document: { '@timestamp': '2020-01-01T00:00:00Z', message: 'A log of long ago' } }]),
    create(names.behind, logs(300, line)),
    create(names.secret, logs(300, request)),
  ]);
  await admin.indices.putAlias({ index: names.behind, name: names.alias });
  const readable = [pattern, names.odd, names.numbers, names.old, names.alias];
  [owner, narrow, nobody] = await Promise.all([
    personWith(admin, 'olga', ownerRole(readable, space), ['read', 'write']),
    personWith(admin, 'nina', ownerRole([names.web[1]], space), ['read', 'write']),
    personWith(admin, 'noel', { cluster: [], indices: [] }, ['read']),
  ]);
});
afterAll(async () => {
  await Promise.all([owner, narrow, nobody].map((person) => person?.remove()));
  const made = await admin.indices.get({ index: `log-anomalies-*.${space}*`, allow_no_indices: true });
  const own = [
    ...Object.keys(made),
    ...names.web,
    names.odd,
    names.numbers,
    names.old,
    names.behind,
    names.secret,
  ];
  await admin.indices.delete({ index: own, ignore_unavailable: true });
  await admin.close();
});

const scanned = (person: NewPerson): Promise<Scan> => answerOf(kibana, person, 'scanLogs', {}, space);
const looked = (person: NewPerson, index: string, timestamp = '@timestamp'): Promise<Looked> =>
  answerOf(kibana, person, 'proposeDetectors', { body: { index, timestamp_field: timestamp } }, space);

describe('the API', () => {
  it('finds what the caller may read, by the names that the caller may read it by', async () => {
    const { sources, left_out: leftOut, incomplete } = await scanned(owner);
    expect(incomplete).toBe(false);
    expect(
      sources.map(({ index, reached_as, timestamp_field, logs: count, indices }) =>
        [index, reached_as, timestamp_field, count, indices].join(' '),
      ),
    ).toEqual([
      `${pattern} pattern @timestamp 800 2`,
      `${names.alias} alias timestamp 300 1`,
      `${names.odd} index timestamp 300 1`,
      `${names.numbers} index @timestamp 200 1`,
    ]);
    expect(leftOut).toContainEqual({ reason: 'no_recent_logs', count: 1, examples: [names.old] });
    expect(JSON.stringify(leftOut)).not.toContain(names.secret);
  });

  it('proposes what can be saved with the same rights, and is made at once', async () => {
    const { kind, proposals, logs: count } = await looked(owner, pattern);
    expect({ kind, count }).toEqual({ kind: 'nginx', count: 800 });
    expect(proposals.map(({ unit, detector }) => [unit, detector.entity_field])).toEqual([
      ['log', 'host.name'],
      ['bucket', 'host.name'],
    ]);
    for (const { detector, expected_alerts_per_day: aDay } of proposals) {
      expect(detector.threshold).toMatchObject({ method: 'adaptive', alerts_per_day: aDay });
      const made = await answerOf(
        kibana,
        owner,
        'createDetector',
        { body: { detector: JSON.parse(JSON.stringify(detector)), start: true } },
        space,
      );
      expect(made).toMatchObject({ enabled: true, owner: 'olga' });
    }
    const { sources } = await scanned(owner);
    expect(sources.map(({ detectors }) => detectors.length)).toEqual([2, 0, 0, 0]);
  });

  it('reads a source by its alias and its own field of time, and proposes nothing for numbers', async () => {
    for (const index of [names.alias, names.odd]) {
      const { kind, proposals } = await looked(owner, index, 'timestamp');
      expect(kind).toBe('application');
      expect(proposals[0].detector.source).toMatchObject({ index, timestamp_field: 'timestamp' });
      expect(proposals[0].detector.name).not.toContain('\u202e');
    }
    expect(await looked(owner, names.numbers)).toMatchObject({ proposals: [] });
  });

  it('shows single indices to who may read those alone, and nothing to who may read nothing', async () => {
    const { sources } = await scanned(narrow);
    expect(sources.map(({ index, reached_as }) => `${reached_as} ${index}`)).toEqual([
      `index ${names.web[1]}`,
    ]);
    expect((await looked(narrow, names.web[1])).kind).toBe('nginx');
    expect((await scanned(nobody)).sources).toEqual([]);
    const body = { index: names.secret, timestamp_field: '@timestamp' };
    for (const person of [owner, nobody]) {
      expect(refusalOf(await kibana.call(person, 'proposeDetectors', { body }, space))).toMatch(/^403 /);
    }
  });

  it('takes four requests, and at most twenty for each source', async () => {
    const proxy = await startFaultyProxy();
    const { connect } = await import('../../server/elasticsearch');
    const { username, password } = owner.authorization!;
    const client = connect({ url: proxy.url, username, password });
    try {
      const person = { ...owner, client };
      await scanned(person);
      expect(proxy.requests()).toBeLessThanOrEqual(4);
      const before = proxy.requests();
      await looked(person, pattern);
      expect(proxy.requests() - before).toBeLessThanOrEqual(20);
    } finally {
      await client.close();
      await proxy.close();
    }
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-scan-'));
  /** Kibana as far as the command sees it: lists and makes detectors as the owner, who lacks the rights on one. */
  const server = createServer((incoming, response) => {
    void (async () => {
      const isList = incoming.method === 'GET';
      const given = isList ? {} : { body: JSON.parse(await textOf(incoming)) as unknown };
      const reply = await kibana.call(owner, isList ? 'listDetectors' : 'createDetector', given, space);
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply.body));
    })();
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(folder, 'config.yaml'), `space: ${space}\n`);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const command = ({ authorization }: NewPerson, ...given: string[]) =>
    outcomeOf(
      start(folder, ['scan', ...given], {
        KIBANA_URL: url,
        ELASTICSEARCH_USERNAME: authorization!.username,
        ELASTICSEARCH_PASSWORD: authorization!.password,
        ELASTICSEARCH_API_KEY: undefined,
      }),
    );

  it('lists, proposes, and writes files that can be read again', async () => {
    const { code, stdout } = await command(owner, '--output', 'found');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `${pattern}  (800 documents in 2 indices)\n    nginx\n    each log, by host.name`,
    );
    expect(stdout).toContain(`${names.numbers}  (200 documents in 1 index)\n    does not look like logs`);
    expect(stdout).toMatch(/Left out: 1 without a document in this time, such as /);
    expect(stdout).not.toContain('\u202e');
    const files = readdirSync(join(folder, 'found'));
    expect(files.length).toBeGreaterThanOrEqual(4);
    const detectors = files.map((file) =>
      parseDetector(parse(readFileSync(join(folder, 'found', file), 'utf8'))),
    );
    expect(new Set(detectors.map(({ source }) => source.index))).toEqual(
      new Set([pattern, names.alias, names.odd]),
    );
  });

  it('makes the chosen ones, and says of each what became of it', async () => {
    const made = await command(owner, '--only', names.alias, '--create', '--json');
    const answer = JSON.parse(made.stdout) as { made: { name: string; id?: string }[] };
    expect(answer.made.length).toBeGreaterThanOrEqual(1);
    const { detectors } = (await answerOf(kibana, owner, 'listDetectors', {}, space)) as {
      detectors: DetectorRecord[];
    };
    expect(detectors.map(({ id }) => id)).toEqual(expect.arrayContaining(answer.made.map(({ id }) => id)));
    // A source that is read already gets no other.
    const again = await command(owner, '--only', names.alias, '--create');
    expect(again.code).toBe(0);
    expect(again.stdout).toContain(`watched already by ${answer.made[0].name}`);
    expect(again.stdout).not.toContain('made and started');

    // The person who scans may read it, and the user of Kibana may not.
    const secret = await personWith(admin, 'sara', ownerRole([names.secret], space), ['read', 'write']);
    try {
      const refused = await command(secret, '--create');
      expect(refused.code).toBe(5);
      expect(refused.stdout).toContain(`${names.secret}: refused: Kibana answers 403`);
      expect(refused.stdout).toContain(`read on "${names.secret}"`);
    } finally {
      await secret.remove();
    }
    expect((await command(owner, '--only', 'nothing')).code).toBe(3);
  });
});
