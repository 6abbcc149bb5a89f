import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Annotation } from '../../common/annotations';
import type { Incident } from '../../common/incidents';
import { createIncidentRecorder } from '../../server/detection/incidents/record_incidents';
import { frozenWindowsOf, leftOutOf } from '../../server/detection/training/left_out_of_training';
import {
  createAuditTrail,
  createFeedbackStore,
  createResultStore,
  createSuppressionStore,
  ownerRole,
  readerRole,
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
    expect(later.filter(({ by }) => !by?.startsWith('test-'))).toMatchObject([
      { from: 'no end', to: iso(START + MINUTE) },
    ]);
    await json('annotations', 'remove', '--id', 'open');
  });
});
