import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Annotation } from '../../common/annotations';
import type { Incident } from '../../common/incidents';
import type { importAnnotations } from '../../server/detection/annotations/import_annotations';
import { createIncidentRecorder } from '../../server/detection/incidents/record_incidents';
import { frozenWindowsOf, leftOutOf } from '../../server/detection/training/left_out_of_training';
import {
  createAuditTrail,
  createFeedbackStore,
  createResultStore,
  createSuppressionStore,
  ownerRole,
  readerRole,
  sleep,
} from '../../server/elasticsearch';
import { createAnnotationStore } from '../../server/elasticsearch/annotations';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import { outcomeOf, run as runCommand, start, type Outcome } from './fixtures/command_line_fixture';
import {
  administrator,
  anomalyResult,
  createLogs,
  MINUTE,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { answerOf, personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn } from './fixtures/kibana_stand_in';

jest.setTimeout(180_000);

const client = administrator();
const space = uniqueName('calendar').toLowerCase();
let folder: string;

const run = (...parameters: string[]): Promise<Outcome> => runCommand(folder, ...parameters);
async function json<Answer>(...parameters: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await run(...parameters, '--json');
  if (code !== 0) throw new Error(`${parameters.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout) as Answer;
}
const iso = (time: number): string => new Date(time).toISOString();
const deployed = (...more: string[]): string[] =>
  ['annotations', 'add', '--kind', 'deployment', '--title', 'Release of cart', ...more].concat(
    ['--release', '1.42'],
    ['--at', iso(START - 2 * MINUTE), '--entity', 'cart'],
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-annotations-'));
  await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
  const results = ['cart', 'blog'].map((entity, place) => {
    const context = { message: 'Disk is full' };
    const result = anomalyResult({ id: `log-${place}`, time: START + place * 40 * MINUTE, context });
    return { ...result, anomaly: { ...result.anomaly, entity } };
  });
  await createResultStore(client, { space, refreshResults: true }).write(results);
  const incidents = createIncidentStore(client, { space });
  const settings = { incidents, detectorId: 'web', quiet: 30 * MINUTE, now: () => START };
  await createIncidentRecorder(settings).record(results, START);
});
afterAll(async () => {
  const ours = await client.indices.get({ index: `log-anomalies-*.${space}*` });
  await client.indices.delete({ index: Object.keys(ours) });
  await client.close();
  await rm(folder, { recursive: true });
});

it('a CI job notes a deployment once, and the incident of its service says so', async () => {
  type Added = { annotation: Annotation; created: boolean };
  expect(await json<Added>(...deployed('--id', 'ci-1'))).toMatchObject({ created: true, differs: [] });
  const again = await json<Added>(...deployed('--id', 'ci-1'));
  expect(again).toMatchObject({ created: false, annotation: { id: 'ci-1', by: expect.any(String) } });
  // Without an id: what is said makes it, so that a repeated call is known, too.
  const own = await json<Added>(...deployed('--url', 'https://ci.example/2'));
  expect(await json<Added>(...deployed('--url', 'https://ci.example/2'))).toEqual({ ...own, created: false });
  await json('annotations', 'remove', '--id', own.annotation.id);
  // Variables of a job that are empty, and the long title of a commit.
  const empty = ['annotations', 'add', '--kind', 'change', '--title', 'x'.repeat(300), '--release', ''];
  const noted = await json<Added>(...empty, '--url', '', '--entity', '', '--id', 'ci-empty');
  expect(noted.annotation).toMatchObject({ title: 'x'.repeat(200), entities: [] });
  await json('annotations', 'remove', '--id', 'ci-empty');
  const { annotations, total } = await json<{ annotations: Annotation[]; total: number }>(
    'annotations',
    'list',
  );
  expect([total, annotations.map(({ id }) => id)]).toEqual([1, ['ci-1']]);

  const { stdout } = await run('incidents', '--sort', 'start');
  expect(stdout).toMatch(
    /Disk is full of cart[^\n]*\n[^\n]*\n +Began 2 min after deployment 1\.42 of cart\./,
  );
  expect(stdout.match(/Began/g)).toHaveLength(1);
  const { incidents } = await json<{ incidents: Incident[] }>('incidents');
  const { id } = incidents.find(({ entity }) => entity === 'cart')!;
  expect(await json('incidents', id)).toMatchObject({ incident: { preceded_by: { id: 'ci-1' } } });
});

it('maintenance of everything is named while it goes on', async () => {
  const at = iso(START - 60 * MINUTE);
  const about = ['--kind', 'maintenance', '--title', 'Move of the database'];
  await json('annotations', 'add', ...about, '--at', at, '--for', '3h', '--id', 'move');
  const { stdout } = await run('incidents', '--entity', 'blog');
  expect(stdout).toContain('Began during maintenance “Move of the database”.');
  // The later one of two that concern it.
  expect((await run('incidents', '--entity', 'cart')).stdout).toContain('deployment 1.42');
  const listed = async (...filter: string[]) =>
    (await json<{ annotations: Annotation[] }>('annotations', 'list', ...filter)).annotations.map(
      ({ id }) => id,
    );
  expect(await listed()).toEqual(['ci-1', 'move']);
  expect(await listed('--entity', 'blog')).toEqual(['move']);
  expect(await listed('--kind', 'deployment')).toEqual(['ci-1']);
  expect(await listed('--from', iso(START + MINUTE))).toEqual(['move']);
  expect(await listed('--to', iso(START - 3 * MINUTE))).toEqual(['move']);
  expect(await listed('--from', iso(START + 121 * MINUTE))).toEqual([]);
});

it('maintenance is kept out of what models learn and of what moves a threshold', async () => {
  const stores = {
    annotations: createAnnotationStore(client, { space }),
    suppressions: createSuppressionStore(client, { space, now: () => START }),
    feedback: createFeedbackStore(client, { space }),
  };
  const now = START + 3 * 60 * MINUTE;
  // The deployment has no length, and says nothing of which logs are usual.
  const move = [{ from: START - 60 * MINUTE, to: START + 120 * MINUTE }];
  expect((await leftOutOf(stores, 'web', { window: '1d' }, now)).exclusions).toMatchObject([
    { ...move[0], by: 'calendar' },
  ]);
  expect(await frozenWindowsOf(stores, 'web', { late_window: '1h' }, now)).toEqual(move);
  const later = now + 30 * 24 * 60 * MINUTE;
  expect((await leftOutOf(stores, 'web', { window: '1d' }, later)).exclusions).toEqual([]);
});

it('a sample that is empty since its logs are left out says so', async () => {
  const index = `test-${space}-logs`;
  const now = Date.now();
  const logs = [20, 21, 22].map((minutes, place) => ({
    id: `${place}`,
    document: { '@timestamp': iso(now - minutes * MINUTE), message: 'x' },
  }));
  await createLogs(client, index, logs);
  const collect = (...more: string[]) =>
    run('collect-training-data', '--index', index, '--days', '0.1', '--output', 'rows.ndjson', ...more);
  expect((await collect()).code).toBe(0);
  const work = ['annotations', 'add', '--kind', 'maintenance', '--title', 'Work', '--id', 'work'];
  await json(...work, '--at', iso(now - 40 * MINUTE), '--for', '30m');
  expect(await collect('--detector-id', 'web')).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/window holds 3, many .* the calendar of changes keeps out .*--days/),
  });
  await json('annotations', 'remove', '--id', 'work');
  expect(await collect('--exclude', `${iso(now - 40 * MINUTE)}/${iso(now)}`)).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('in times of --exclude'),
  });
  await client.indices.delete({ index });
});

it('refuses what it cannot note, naming it', async () => {
  const add = (...more: string[]) =>
    run('annotations', 'add', '--kind', 'maintenance', '--title', 'x', ...more);
  expect(await add('--at', 'yesterday')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('at: must be ISO 8601 or milliseconds since 1970 (got "yesterday")'),
  });
  expect(await add('--at', iso(START), '--ends-at', iso(START - 1))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('must be later than the start'),
  });
  expect(await add('--for', '1h', '--ends-at', iso(START))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--for are given'),
  });
  expect(await run('annotations', 'add', '--kind', 'party', '--title', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('deployment, change, incident, maintenance'),
  });
  expect(await run('annotations', 'remove', '--id', 'none')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('"none"'),
  });
});

it('documents that somebody wrote otherwise stand in nobody’s way', async () => {
  const at = iso(START - MINUTE);
  const good = { kind: 'deployment', title: 'Hand-made', at, entities: ['cart'], recorded_at: at };
  const wrong = [{ at }, { ...good, entities: 'cart' }, { ...good, url: 'javascript:alert(1)' }];
  await client.bulk({
    index: `log-anomalies-annotations.${space}`,
    refresh: true,
    operations: wrong.flatMap((document) => [{ index: {} }, document]),
  });
  const { stdout } = await run('incidents', '--entity', 'cart');
  expect(stdout).toContain('Began 2 min after deployment 1.42 of cart.');
  expect((await run('annotations', 'list')).stdout).not.toContain('Hand-made');
});

describe('an import from an index', () => {
  const observability = `test-${space}-observability`;
  const releases = `test-${space}-releases`;
  const now = Date.now();
  const time = (minutes: number): string => iso(now - minutes * MINUTE);
  const importing = (...more: string[]): string[] => ['annotations', 'import', ...more];
  type Report = Awaited<ReturnType<typeof importAnnotations>>;

  beforeAll(async () => {
    const keyword = { type: 'keyword' } as const;
    const text = { type: 'text' } as const;
    await client.indices.create({
      index: observability,
      mappings: {
        properties: {
          '@timestamp': { type: 'date' },
          event: { properties: { start: { type: 'date' }, end: { type: 'date' } } },
          annotation: { properties: { title: keyword, type: keyword } },
          message: text,
          service: { properties: { name: keyword, version: keyword } },
        },
      },
    });
    // Those of a rollover, of which the second has documents of the first once more.
    for (const counter of ['000001', '000002']) {
      await client.indices.create({
        index: `${releases}-${counter}`,
        mappings: { properties: { finished: { type: 'date_nanos' }, until: { type: 'date' }, job: text } },
        settings: { 'index.max_result_window': 5 },
      });
    }
  });
  afterAll(() =>
    client.indices.delete({ index: [observability, `${releases}-000001`, `${releases}-000002`] }),
  );

  const write = (index: string, documents: Record<string, object>) =>
    client.bulk({
      index,
      refresh: true,
      operations: Object.entries(documents).flatMap(([_id, document]) => [{ index: { _id } }, document]),
    });

  it('notes each document once, adds an end that comes later, and names what it cannot note', async () => {
    const annotation = (title: string, type = 'deployment') => ({ annotation: { title, type } });
    const service = { name: ['cart', 'blog'], version: '1.43' };
    await write(observability, {
      deployed: { '@timestamp': time(30), ...annotation('Release'), service, 'event.start': time(32) },
      broken: { '@timestamp': time(20), ...annotation('Disk', 'incident'), service: { name: '*' } },
      untitled: { '@timestamp': time(15), message: ' ' },
      backwards: { '@timestamp': time(14), message: 'x', event: { end: time(20) } },
      long: { '@timestamp': time(13), message: 'x', event: { end: iso(now + 40 * 24 * 60 * MINUTE) } },
      hostile: { '@timestamp': time(12), message: 'x', url: { full: 'javascript:alert(1)' } },
      timeless: { message: 'x' },
      old: { '@timestamp': time(60 * 24 * 30), message: 'Before' },
    });
    const trial = await json<Report>(...importing('--index', observability, '--dry-run'));
    expect(trial).toMatchObject({ found: 6, left_out: 0, noted: 2, unchanged: 0, failed: 5 });
    expect(trial.problems.map(({ field, count, examples: [{ id }] }) => [field, count, id])).toEqual([
      ['at', 1, 'timeless'],
      ['title', 1, 'untitled'],
      ['ends_at', 2, 'backwards'],
      ['url', 1, 'hostile'],
    ]);
    const first = await run(...importing('--index', observability));
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^Noted: .* incident +Disk \(all entities; by /m);
    expect(first.stdout).toMatch(/^Noted: 2; given an end: 0; there already: 0; cannot be noted: 5\.$/m);
    expect(first.stdout).toMatch(/^Cannot be noted for ends_at: 2, such as [^\n]*backwards \(ends_at is/m);
    const listed = async () =>
      (await json<{ annotations: Annotation[] }>('annotations', 'list', '--from', time(60))).annotations;
    expect(await listed()).toMatchObject([
      { kind: 'incident', title: 'Disk', at: time(20), entities: [] },
      { kind: 'deployment', title: 'Release', at: time(32), entities: ['blog', 'cart'], version: '1.43' },
    ]);
    const trail = createAuditTrail(client, { space });
    const onRecord = async () =>
      (await trail.list('any', { actions: ['annotation_added', 'annotation_changed'] })).entries.length;
    const before = await onRecord();
    const again = await json<Report>(...importing('--index', observability));
    expect(again).toMatchObject({ noted: 0, ended: 0, unchanged: 2 });
    expect(await onRecord()).toBe(before);
    await client.update({
      index: observability,
      id: 'broken',
      refresh: true,
      doc: { event: { end: time(5) } },
    });
    expect(await json<Report>(...importing('--index', observability))).toMatchObject({
      ended: 1,
      unchanged: 1,
    });
    expect(await listed()).toMatchObject([{ title: 'Disk', ends_at: time(5) }, { title: 'Release' }]);
    expect(await onRecord()).toBe(before + 1);
    // None of the documents that match can be noted.
    const vain = await run(...importing('--index', observability, '--query', '_id:hostile'));
    expect(vain).toMatchObject({ code: 2, stdout: expect.stringContaining('cannot be noted: 1.') });
    expect(await run(...importing('--index', observability, '--from', time(1)))).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('Cannot be noted for at: 1'),
    });
    for (const { id } of await listed()) await json('annotations', 'remove', '--id', id);
  });

  it('reads the fields of a plain index, as few as it gives, and knows a document after a rollover', async () => {
    const at = (minutes: number) => ({ finished: time(minutes).replace('Z', '123456Z') });
    const job = (place: number) => ({
      ...at(place),
      job: `Release ${place}`,
      host: 'web-1',
      tags: ['a', 'b'],
    });
    await write(
      `${releases}-000001`,
      Object.fromEntries(Array.from({ length: 8 }, (_each, place) => [`job-${place}`, job(place + 1)])),
    );
    const fields = ['--at-field', 'finished', '--title-field', 'job', '--end-field', 'until'].concat([
      '--entity-field',
      'host',
      'tags',
      '--kind',
      'change',
    ]);
    const imported = (...more: string[]) =>
      json<Report>(...importing('--index', `${releases}-*`, ...fields, ...more));
    expect(await imported()).toMatchObject({
      ...{ found: 8, left_out: 3, noted: 5, failed: 0 },
      rows: [
        { annotation: { kind: 'change', title: 'Release 1', at: time(1), entities: ['a', 'b', 'web-1'] } },
      ].concat(Array.from({ length: 4 }, () => expect.anything() as never)),
    });
    await write(`${releases}-000002`, { 'job-0': { ...job(1), until: time(0) } });
    const after = await imported('--query', '_id:job-0');
    expect(after).toMatchObject({ found: 2, noted: 0, ended: 1, unchanged: 1 });
    const { annotations } = await json<{ annotations: Annotation[] }>(
      'annotations',
      'list',
      '--from',
      time(60),
    );
    expect(annotations).toHaveLength(5);
    expect(annotations[0]).toMatchObject({ title: 'Release 1', ends_at: time(0) });
    for (const { id } of annotations) await json('annotations', 'remove', '--id', id);
    for (const [given, stderr] of [
      [['--at-field', 'no_such'], /no_such, which ".*" does not have/],
      [['--at-field', 'job'], /job, which is of type text/],
      [['--index', '.kibana*'], /hidden or system index/],
    ] as const) {
      const refused = await run(...importing('--index', `${releases}-*`, ...given));
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(stderr) });
    }
    expect(await run(...importing('--index', `${releases}-none-*`))).toMatchObject({ code: 3 });
  });

  it('goes on until it is stopped, and says what is new', async () => {
    const bad = { '@timestamp': time(4), message: 'First', url: { full: 'no address' } };
    await write(observability, { 'first-of-many': { '@timestamp': time(3), message: 'First' }, bad });
    const command = importing('--index', observability, '--query', 'message:(First OR Second)');
    const process = start(folder, [...command, '--every', '1s', '--json'], {});
    const outcome = outcomeOf(process);
    let told = '';
    process.stdout!.on('data', (part: Buffer) => (told += part.toString()));
    const lines = () =>
      told
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Partial<Report['rows'][number] & Pick<Report, 'problems'>>);
    const toldOf = async (count: number) => {
      while (lines().length < count) await sleep(100);
    };
    await toldOf(2);
    await write(observability, { 'second-of-many': { '@timestamp': time(2), message: 'Second' } });
    await toldOf(3);
    process.kill('SIGTERM');
    expect((await outcome).code).toBe(0);
    expect(lines()).toMatchObject([
      { outcome: 'noted', annotation: { title: 'First' } },
      { problems: [{ field: 'url', count: 1, examples: [{ id: 'bad' }] }] },
      { outcome: 'noted', annotation: { title: 'Second' } },
    ]);
    for (const { annotation } of lines())
      if (annotation !== undefined) await json('annotations', 'remove', '--id', annotation.id);
  });

  it('takes the rights of whoever asks, and names those that are missing', async () => {
    const kibana = startKibanaStandIn({ administrator: client });
    const blind = await personWith(client, 'bert', ownerRole([], space), ['read', 'write']);
    const owner = await personWith(client, 'otto', ownerRole([observability], space), ['read', 'write']);
    const reader = await personWith(client, 'ruth', readerRole(space), ['read']);
    await write(observability, { ours: { '@timestamp': time(4), message: 'Ours' } });
    const body = { index: observability, query: '_id:ours' };
    const calling = (person: NewPerson, more: object = {}) =>
      kibana.call(person, 'importAnnotations', { body: { ...body, ...more } }, space);
    for (const index of [observability, `${observability}*`]) {
      const refused = await calling(blind, { index });
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        403,
        expect.stringMatching(new RegExp(`read.*${observability}|${observability}.*read`)),
      ]);
    }
    expect((await calling(reader)).status).toBe(403);
    expect((await calling(owner, { index: '.kibana' })).status).toBe(400);
    expect((await calling(owner, { query: { script: {} } })).status).toBe(400);
    const trial = await answerOf(
      kibana,
      owner,
      'importAnnotations',
      { body: { ...body, dry_run: true } },
      space,
    );
    expect(trial).toMatchObject({ noted: 1, rows: [{ annotation: { title: 'Ours', by: 'otto' } }] });
    const done = await answerOf(kibana, owner, 'importAnnotations', { body }, space);
    expect(done).toMatchObject({ noted: 1 });
    await json('annotations', 'remove', '--id', done.rows[0].annotation.id);
    await Promise.all([blind, owner, reader].map((person) => person.remove()));
  });
});

describe('rights', () => {
  const people: NewPerson[] = [];
  afterAll(() => Promise.all(people.map((person) => person.remove())));

  it('are those of verdicts: owners write, readers read, and another space sees nothing', async () => {
    const kibana = startKibanaStandIn({ administrator: client });
    const owner = await personWith(client, 'olga', ownerRole([], space), ['read', 'write']);
    const reader = await personWith(client, 'rita', readerRole(space), ['read']);
    people.push(owner, reader);
    const body = { kind: 'change' as const, title: 'Flag', at: iso(START), id: 'flag' };
    const added = await answerOf(kibana, owner, 'addAnnotation', { body }, space);
    expect(added).toMatchObject({ created: true, annotation: { by: 'olga', entities: [] } });
    const { annotations } = await answerOf(
      kibana,
      reader,
      'listAnnotations',
      { query: { kind: 'change' } },
      space,
    );
    expect(annotations).toMatchObject([{ id: 'flag', title: 'Flag' }]);
    const params = { annotation_id: 'flag' };
    for (const refused of [
      await kibana.call(reader, 'addAnnotation', { body }, space),
      await kibana.call(reader, 'removeAnnotation', { params }, space),
    ]) {
      expect(refused.status).toBe(403);
    }
    const wrong = await kibana.call(owner, 'addAnnotation', { body: { ...body, kind: 'party' } }, space);
    expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([400, expect.stringContaining('party')]);
    expect(await answerOf(kibana, owner, 'removeAnnotation', { params }, space)).toEqual({
      acknowledged: true,
    });
    expect((await kibana.call(owner, 'removeAnnotation', { params }, space)).status).toBe(404);
  });

  it('that are missing are named, and no answer is empty for want of them', async () => {
    const ours = `log-anomalies-*.${space}*`;
    // Sees which indices there are, as every command but that of the calendar needs, and reads none of this space.
    const indices = [
      { names: ['log-anomalies-*'], privileges: ['view_index_metadata'] },
      { names: [`log-anomalies-checkpoints.${space}`], privileges: ['read'] },
    ];
    const { remove, username, password } = await userWith(client, { cluster: [], indices });
    const environment = { ELASTICSEARCH_USERNAME: username, ELASTICSEARCH_PASSWORD: password };
    expect(await client.indices.exists({ index: ours, allow_no_indices: false })).toBe(true);
    for (const [command, index] of [
      [['annotations', 'list'], 'annotations'],
      [['incidents'], 'incidents'],
      [['what-if'], 'results'],
      [['list-models'], 'models'],
      [['drift', '--detector-id', 'web', '--history'], 'results'],
    ] as const) {
      const { code, stdout, stderr } = await outcomeOf(start(folder, [...command], environment));
      expect([command, code, stdout]).toEqual([command, 5, '']);
      expect(stderr).toMatch(/\bread\b/);
      expect(stderr).toContain(`log-anomalies-${index}.${space}`);
    }
    await remove();
    // Where everything may be read and there is nothing, it is said so.
    const empty = await runCommand(folder, 'annotations', 'list', '--from', iso(START + 1_000 * 86_400_000));
    expect(empty).toMatchObject({ code: 0, stdout: 'Nothing is noted.\n' });
  });

  it('of a CI job take this index alone', async () => {
    const page = await readFile(join(__dirname, '../../docs/annotations.md'), 'utf8');
    const [, documented] = /```json\n([\s\S]*?)```/.exec(page)!;
    const role = JSON.parse(documented.replaceAll('.default', `.${space}`)) as {
      indices: { names: string[]; privileges: string[] }[];
    };
    const { remove, username, password, client: asJob } = await userWith(client, { cluster: [], ...role });
    const environment = { ELASTICSEARCH_USERNAME: username, ELASTICSEARCH_PASSWORD: password };
    const job = (...parameters: string[]) => outcomeOf(start(folder, parameters, environment));
    expect(await job(...deployed('--id', 'ci-2', '--json'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`"by": "${username}"`),
    });
    expect(await job(...deployed('--id', 'ci-2', '--json'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"created": false'),
    });
    const audit = createAuditTrail(client, { space });
    // A step that takes more than adding is refused, and the record says that nothing has changed.
    for (const [action, ...parameters] of [
      ['annotation_changed', ...deployed('--id', 'ci-2', '--ends-at', iso(START))],
      ['annotation_removed', 'annotations', 'remove', '--id', 'ci-2'],
    ] as const) {
      expect((await job(...parameters)).code).toBe(5);
      const refused = await audit.list('any', { actions: [action], size: 2 });
      expect(refused.entries.map(({ by }) => by)).toEqual([username, username]);
      expect(refused.entries.map(({ reason }) => reason)).toContainEqual(
        expect.stringMatching(/ is not .* It was refused, and nothing has changed\.$/),
      );
    }
    const { entries } = await audit.list('any', { actions: ['annotation_added'], size: 1 });
    expect(entries).toMatchObject([{ by: username, details: { annotation: { id: 'ci-2' } } }]);
    const overwrite = { index: role.indices[0].names[0], id: 'ci-2', document: { kind: 'change' } };
    await expect(asJob.index(overwrite)).rejects.toMatchObject({ meta: { statusCode: 403 } });
    await json('annotations', 'remove', '--id', 'ci-2');
    await remove();
    // A key without the audit trail notes nothing, and says what it lacks.
    const [calendar] = role.indices;
    const unrecorded = await userWith(client, { cluster: [], indices: [calendar] });
    const asOther = {
      ELASTICSEARCH_USERNAME: unrecorded.username,
      ELASTICSEARCH_PASSWORD: unrecorded.password,
    };
    expect(await outcomeOf(start(folder, deployed('--id', 'ci-3'), asOther))).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(`log-anomalies-audit.${space}`),
    });
    await unrecorded.remove();
    expect((await createAnnotationStore(client, { space }).find('ci-3'))?.annotation).toBeUndefined();
  });

  it('of the trail: it has who noted and who removed what', async () => {
    const trail = createAuditTrail(client, { space });
    const { entries } = await trail.list('any', {
      actions: ['annotation_added', 'annotation_changed', 'annotation_removed'],
    });
    const of = (id: string) =>
      entries
        .filter(({ details }) => (details?.annotation as { id: string }).id === id)
        .map(({ action, by }) => [action, by])
        .reverse();
    expect(of('flag')).toEqual([
      ['annotation_added', 'olga'],
      ['annotation_removed', 'olga'],
    ]);
    // Noted twice, and not there to be removed twice.
    expect(of('ci-1')).toHaveLength(1);
    const open = ['annotations', 'add', '--kind', 'incident', '--title', 'Disk', '--id', 'open'];
    await json(...open, '--at', iso(START));
    await json(...open, '--at', iso(START), '--ends-at', iso(START + MINUTE));
    const { entries: later } = await trail.list('any', { actions: ['annotation_changed'] });
    const ofOpen = ({ details }: (typeof later)[number]) =>
      (details?.annotation as { id: string }).id === 'open';
    expect(later.filter(ofOpen)).toMatchObject([{ from: 'no end', to: iso(START + MINUTE) }]);
    await json('annotations', 'remove', '--id', 'open');
  });
});
