import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import {
  ENDPOINTS,
  type AuditEntryBody,
  type DetectorRecord,
  type DetectorStatus,
  type Endpoint,
  type ImportedDetector,
  type ModelRecordBody,
  type Operation,
} from '../../common/api';
import { parseDetector, type DetectorInput } from '../../common/detector';
import { auditIndex } from '../../common/index_names';
import { readerRole } from '../../server/elasticsearch';
import {
  API_KEY_TYPE,
  detectionTaskId,
  DETECTOR_TYPE,
  trainingTaskId,
} from '../../server/kibana/contracts/identifiers';
import type { ApiKeyAttributes, DetectorAttributes } from '../../server/kibana/contracts/saved_object_types';
import { createAlertingApi } from './fixtures/alerting_api';
import { outcomeOf, start } from './fixtures/command_line_fixture';
import { webDetector } from './fixtures/kibana_logs';
import { personWith, refusalOf } from './fixtures/kibana_people';
import type { Person } from './fixtures/kibana_stand_in';
import { RECENT_ODD, webWorld } from './fixtures/kibana_world';

const world = webWorld();
const { admin, index, space, kibana, ok, target, status, resultIds, trained } = world;
const { objects } = kibana.savedObjects;
const otherSpace = `${space}-b`;
let owner: Person;
let reader: Person;
/** May write detectors, and has no rights on the logs. */
let stranger: Person;
beforeAll(() => {
  ({ owner, reader, stranger } = world.people);
});

const create = (change: Partial<DetectorInput> = {}): Promise<DetectorRecord> =>
  ok(owner, 'createDetector', { body: { detector: webDetector(index, change), start: false } });
const exported = (id: string): Promise<string> => ok(reader, 'exportDetector', { params: { id } });
const attributesOf = (id: string): DetectorAttributes =>
  objects.get(`${DETECTOR_TYPE}/${id}`)!.attributes as DetectorAttributes;
const detectorsStored = (): string[] =>
  [...objects.values()].filter(({ type }) => type === DETECTOR_TYPE).map(({ id }) => id);

async function imported(
  who: Person,
  body: { yaml: string; on_conflict?: string; dry_run?: boolean },
  where = space,
): Promise<ImportedDetector[]> {
  const reply = await kibana.call(who, 'importDetectors', { body }, where);
  if (reply.status !== 200) throw new Error(refusalOf(reply));
  return (reply.body as { detectors: ImportedDetector[] }).detectors;
}

describe('export', () => {
  it('is the file of a detector: a comment, all its settings, and nothing of keys or people', async () => {
    const { id, detector } = await create({ description: 'Two\nlines: #1' });
    const reply = await kibana.call(reader, 'exportDetector', { params: { id } }, space);
    expect(reply.headers).toEqual({
      'content-type': 'application/yaml',
      'content-disposition': 'attachment; filename="Web_requests.yml"',
    });
    const text = String(reply.body);
    expect(text.split('\n')[0]).toBe(`# Detector ${id} of the space ${space}`);
    expect(parseDetector(parse(text))).toEqual(detector);
    expect(text).not.toContain(owner.name);
    expect(text).not.toContain(String(attributesOf(id).api_key_object));
  });

  it('of a space has each of its detectors and none of another space', async () => {
    await create({ name: 'B' });
    await create({ name: 'A' });
    const all = await ok<string>(reader, 'exportDetectors');
    expect(all.match(/^name: .*$/gm)).toEqual(['name: A', 'name: B']);
    const everything: Person = { ...owner, client: admin };
    expect((await kibana.call(everything, 'exportDetectors', {}, otherSpace)).body).toBe('');
    const [first] = detectorsStored();
    for (const given of [{ params: { id: first } }, { query: { ids: first } }]) {
      const operation = 'params' in given ? 'exportDetector' : 'exportDetectors';
      expect((await kibana.call(everything, operation, given, otherSpace)).status).toBe(404);
    }
  });

  it('names a detector that cannot be read in a comment, in which nothing ends the line', async () => {
    const { id } = await create();
    const stored = objects.get(`${DETECTOR_TYPE}/${id}`)!;
    const broken = { ...attributesOf(id), detector: { name: 'x\nsource: {}' } };
    objects.set(`${DETECTOR_TYPE}/${id}`, { ...stored, attributes: broken });
    expect(await ok<string>(reader, 'exportDetectors')).toMatch(new RegExp(`^# Left out: ${id}: .*\n$`));
  });
});

describe('import', () => {
  it('puts each change on record, and does nothing for who may not write there', async () => {
    const { id } = await create({ name: 'Old' });
    const base = webDetector(index);
    const yaml = stringify({ ...base, name: 'Old' }) + '---\n' + stringify({ ...base, name: 'New' });
    const limited = await personWith(admin, 'lara', readerRole(space), ['read', 'write']);
    try {
      const refused = await kibana.call(
        limited,
        'importDetectors',
        { body: { yaml, on_conflict: 'overwrite' } },
        space,
      );
      expect(refusalOf(refused)).toMatch(
        /put on record in the audit trail, and you lack: .*Nothing was saved/,
      );
      expect(detectorsStored()).toEqual([id]);
      const done = await imported(stranger, { yaml, on_conflict: 'overwrite' });
      const entriesOf = async (detector: string) =>
        (
          await ok<{ entries: AuditEntryBody[] }>(reader, 'listAudit', {
            params: { id: detector },
            query: { actions: 'detector_imported' },
          })
        ).entries;
      expect(done.map(({ action }) => action)).toEqual(['overwritten', 'created']);
      for (const [place, { id: changed }] of done.entries()) {
        const [entry, ...others] = await entriesOf(changed!);
        expect(others).toEqual([]);
        expect(entry).toMatchObject({ by: stranger.name, details: { document: place + 1, source: index } });
      }
      // A dry run puts nothing on record.
      await imported(stranger, { yaml, on_conflict: 'overwrite', dry_run: true });
      expect(await entriesOf(id)).toHaveLength(1);
    } finally {
      await limited.remove();
    }
  });

  it('is on record before anything is saved, so that no end of Kibana loses it', async () => {
    objects.set = () => {
      throw new Error('Kibana ends here.');
    };
    try {
      const yaml = stringify({ ...webDetector(index), name: 'Never saved' });
      const { status } = await kibana.call(stranger, 'importDetectors', { body: { yaml } }, space);
      expect(status).toBe(500);
    } finally {
      delete (objects as { set?: unknown }).set;
    }
    await admin.indices.refresh({ index: auditIndex(space) });
    const { hits } = await admin.search<{ detector_id: string; details?: { name?: string }; reason: string }>(
      {
        index: auditIndex(space),
        size: 100,
        query: { term: { action: 'detector_imported' } },
      },
    );
    const ours = hits.hits.flatMap(({ _source: entry }) =>
      entry?.details?.name === 'Never saved' ? [entry] : [],
    );
    expect(ours.map(({ reason }) => /failed/.test(reason)).sort()).toEqual([false, true]);
    expect(detectorsStored()).not.toContain(ours[0].detector_id);
  });

  it('claims on record no failure of what it has done', async () => {
    const { id } = await create({ name: 'Old' });
    const yaml = stringify({ ...webDetector(index), name: 'Old', description: 'Of a file' });
    const reasonsAfter = async (): Promise<string[]> => {
      const { status } = await kibana.call(
        stranger,
        'importDetectors',
        { body: { yaml, on_conflict: 'overwrite' } },
        space,
      );
      expect(status).toBe(500);
      const { entries } = await ok<{ entries: AuditEntryBody[] }>(reader, 'listAudit', {
        params: { id },
        query: { actions: 'detector_imported' },
      });
      return entries.map(({ reason }) => reason);
    };
    const remove = jest.spyOn(kibana.tasks, 'removeIfExists').mockRejectedValue(new Error('No tasks now.'));
    try {
      // The settings are saved by then, and the detector has no key any more.
      const reasons = await reasonsAfter();
      expect(attributesOf(id)).toMatchObject({
        detector: { description: 'Of a file' },
        api_key_object: null,
      });
      expect(reasons).toEqual([expect.stringMatching(/taken the place/)]);
    } finally {
      remove.mockRestore();
    }
    // Saved, and the answer is lost.
    objects.set = function (key, value) {
      Map.prototype.set.call(this, key, value);
      throw new Error('The connection ends here.');
    };
    try {
      const [failed, claimed] = await reasonsAfter();
      expect([failed, claimed].filter((reason) => reason.includes('as it was before'))).toEqual([]);
      expect([failed, claimed].filter((reason) => reason.includes('may have changed'))).toHaveLength(1);
    } finally {
      delete (objects as { set?: unknown }).set;
    }
  });

  it('brings a detector to another space: stopped, without key and owner, until somebody starts it', async () => {
    const { id, detector } = await create();
    const yaml = await exported(id);
    objects.clear();
    const [done] = await imported(stranger, { yaml });
    expect(done).toMatchObject({ document: 1, name: 'Web requests', action: 'created', warnings: [] });
    const record = await ok<DetectorRecord>(reader, 'getDetector', { params: { id: done.id! } });
    expect(record).toMatchObject({ detector, enabled: false, created_by: stranger.name });
    expect(record.owner).toBeUndefined();
    expect(done.id).not.toBe(id);
    expect(attributesOf(done.id!).api_key_object).toBeNull();
    expect([...objects.values()].filter(({ type }) => type === API_KEY_TYPE)).toEqual([]);
    const { statuses } = await ok<{ statuses: DetectorStatus[] }>(reader, 'listStatus');
    for (const known of [...statuses, await status(done.id!)]) {
      expect(known.readiness?.[0]).toMatchObject({ level: 'blocking', said: { code: 'key_missing' } });
    }
    // Nothing runs with anybody's rights before somebody vouches for it.
    const params = { id: done.id! };
    await ok(stranger, 'trainDetector', { params });
    await kibana.tasks.run(trainingTaskId(target(done.id!)));
    expect((await ok<{ models: ModelRecordBody[] }>(reader, 'listModels', { params })).models).toEqual([]);
    const refused = await kibana.call(stranger, 'startDetector', { params }, space);
    expect(refusalOf(refused)).toMatch(/^403 .*read on/);
    await ok(owner, 'startDetector', { params });
    expect(await ok(reader, 'getDetector', { params })).toMatchObject({ owner: owner.name, enabled: true });
    await kibana.tasks.run(trainingTaskId(target(done.id!)));
    await kibana.tasks.run(detectionTaskId(target(done.id!)));
    expect(await status(done.id!)).toMatchObject({ state: 'running', consecutive_failures: 0 });
    expect(await resultIds(done.id!)).toEqual(expect.arrayContaining(RECENT_ODD));
  });

  it('believes no key, owner or state that a file names', async () => {
    const { id } = await create();
    for (const foreign of [
      { api_key_object: attributesOf(id).api_key_object },
      { owner: 'olga' },
      { enabled: true },
      { id },
      { model_reads: ['secret'] },
    ]) {
      const [name] = Object.keys(foreign);
      const yaml = stringify({ ...webDetector(index, { name: 'Forged' }), ...foreign });
      await expect(imported(owner, { yaml })).rejects.toThrow(
        new RegExp(`^400 .*document 1 \\(line 1, "Forged"\\): .*"${name}"`),
      );
    }
    expect(detectorsStored()).toEqual([id]);
  });

  it('over a running detector stops it, takes its key away, and keeps id, models and place', async () => {
    const { id } = await trained();
    await kibana.tasks.run(detectionTaskId(target(id)));
    const results = await resultIds(id);
    const before = attributesOf(id);
    const key = objects.get(`${API_KEY_TYPE}/${before.api_key_object}`)!.attributes as ApiKeyAttributes;
    const changed = webDetector(index, { threshold: { method: 'contamination', contamination: 0.02 } });
    const yaml = stringify(changed);
    // Without being told to, nothing is replaced.
    await expect(imported(stranger, { yaml })).rejects.toThrow(
      new RegExp(`^409 .*document 1: name: "Web requests" is that of the detector ${id}`),
    );
    expect(attributesOf(id)).toEqual(before);
    const order = { yaml, on_conflict: 'overwrite' };
    const [planned] = await imported(stranger, { ...order, dry_run: true });
    expect(planned).toEqual({
      document: 1,
      name: 'Web requests',
      action: 'overwritten',
      id,
      warnings: [{ code: 'was_running', message: 'It was running and is stopped until somebody starts it.' }],
    });
    expect(attributesOf(id)).toEqual(before);
    expect(await imported(stranger, order)).toEqual([planned]);
    expect(attributesOf(id)).toMatchObject({ enabled: false, owner: null, api_key_object: null });
    expect(kibana.tasks.scheduled.has(detectionTaskId(target(id)))).toBe(false);
    const { api_keys } = await admin.security.getApiKey({ id: key.api_key_id });
    expect(api_keys[0].invalidated).toBe(true);
    expect(await resultIds(id)).toEqual(results);
    await ok(owner, 'startDetector', { params: { id } });
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await status(id)).toMatchObject({ state: 'running', consecutive_failures: 0 });
    expect(await ok(reader, 'getDetector', { params: { id } })).toMatchObject({
      owner: owner.name,
      detector: { threshold: { contamination: 0.02 } },
    });
  });

  it('with features that the model does not have says that it needs training', async () => {
    const { id } = await trained();
    const features = [{ type: 'number' as const, field: 'other_time' }];
    const yaml = stringify(webDetector(index, { features }));
    const [done] = await imported(owner, { yaml, on_conflict: 'overwrite' });
    expect(done.warnings.map(({ code }) => code)).toEqual(['was_running', 'needs_training']);
    expect(attributesOf(id).model_reads).not.toContain('response_time');
  });

  it('beside detectors of the same name takes free names', async () => {
    await create({ name: 'Web' });
    const yaml = [1, 2].map(() => stringify(webDetector(index, { name: 'Web' }))).join('---\n');
    const done = await imported(owner, { yaml, on_conflict: 'create' });
    expect(done.map(({ name, action }) => [name, action])).toEqual([
      ['Web (2)', 'created'],
      ['Web (3)', 'created'],
    ]);
    await expect(imported(owner, { yaml })).rejects.toThrow(
      /^400 .*document 2: name: "Web" is that of document 1/,
    );
    await create({ name: 'Web' });
    await expect(
      imported(owner, { yaml: stringify(webDetector(index, { name: 'Web' })), on_conflict: 'overwrite' }),
    ).rejects.toThrow(/^400 .*is that of 2 detectors/);
  });

  it('saves all detectors of a file or none, and names document, line, field and value of each mistake', async () => {
    const good = stringify(webDetector(index, { name: 'Good' }));
    const bad = stringify({
      ...webDetector(index, { name: 'Bad' }),
      threshold: { method: 'fixed', score: 7 },
    });
    const lines = good.split('\n').length;
    await expect(imported(owner, { yaml: `${good}---\n${bad}---\nname: Third\n` })).rejects.toThrow(
      new RegExp(
        `^400 .*document 2 \\(line ${lines + 1}, "Bad"\\): threshold\\.score: .*\\(got 7\\).*document 3 .*source`,
      ),
    );
    await expect(imported(owner, { yaml: 'name: [' })).rejects.toThrow(
      /^400 .*not valid YAML: line 1, column/,
    );
    await expect(imported(owner, { yaml: '# nothing\n' })).rejects.toThrow(/^400 .*holds no detector/);
    await expect(imported(owner, { yaml: '---\nname: a\n'.repeat(501) })).rejects.toThrow(
      /^400 .*501.*at most 500/,
    );
    expect(detectorsStored()).toEqual([]);
  });

  it('takes the privilege to write', async () => {
    const reply = await kibana.call(reader, 'importDetectors', { body: { yaml: 'name: a' } }, space);
    expect(reply.status).toBe(403);
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-exchange-'));
  /** An operation, and the parts of the path that its template names. */
  const routeOf = (method: string, path: string): [Operation, Record<string, string>] => {
    // Fixed paths come before templates, as in Kibana.
    const all = (Object.entries(ENDPOINTS) as [Operation, Endpoint][])
      .filter(([, endpoint]) => endpoint.method === method)
      .sort(([, one], [, other]) => one.path.split('{').length - other.path.split('{').length);
    for (const [operation, endpoint] of all) {
      const template = new RegExp(`^${endpoint.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
      const found = template.exec(path);
      if (found) return [operation, { ...found.groups }];
    }
    return ['listDetectors', {}];
  };

  const alerting = createAlertingApi([
    { id: 'log-1', name: 'Server log', connector_type_id: '.server-log' },
    { id: 'mail-1', name: 'Mail', connector_type_id: '.email' },
    { id: 'mail-2', name: 'Mail', connector_type_id: '.email' },
  ]);

  const alertingReply = (method: string, path: string, body: string) => {
    const reply = alerting.answer(method, path, body === '' ? undefined : JSON.parse(body));
    return reply && { body: undefined, headers: {}, ...reply };
  };

  /** Kibana's HTTP server as far as the commands see it: space, credentials, JSON in, a text or JSON out. */
  const server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      const { pathname, searchParams } = new URL(request.url!, 'http://kibana.test');
      const path = pathname.replace(`/s/${space}`, '');
      const [operation, params] = routeOf(request.method!.toLowerCase(), path);
      const isKnown = request.headers.authorization === credentials && request.headers['kbn-xsrf'] === 'true';
      const reply =
        !isKnown || !pathname.startsWith(`/s/${space}/`)
          ? { status: 401, body: { message: 'Unauthorized' }, headers: {} }
          : (alertingReply(request.method!, path, body) ??
            (await kibana.call(
              owner,
              operation,
              {
                params,
                query: Object.fromEntries(searchParams),
                ...(body !== '' && { body: JSON.parse(body) as unknown }),
              },
              space,
            )));
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(typeof reply.body === 'string' ? reply.body : (JSON.stringify(reply.body) ?? ''));
    })();
  });
  const credentials = `Basic ${Buffer.from('olga:her password').toString('base64')}`;
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    writeFileSync(join(folder, 'config.yaml'), `space: ${space}\n`);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const command = (password: string, ...given: string[]) =>
    outcomeOf(
      start(folder, given, {
        KIBANA_URL: url,
        ELASTICSEARCH_USERNAME: 'olga',
        ELASTICSEARCH_PASSWORD: password,
        ELASTICSEARCH_API_KEY: undefined,
      }),
    );

  it('brings detectors to a file and back', async () => {
    const { id, detector } = await create();
    await create({ name: 'Another' });
    const all = await command('her password', 'export-detectors');
    expect([all.code, all.stdout.match(/^name: .*$/gm)]).toEqual([
      0,
      ['name: Another', 'name: Web requests'],
    ]);
    const one = await command(
      'her password',
      'export-detectors',
      '--detector-id',
      id,
      '--output',
      'web.yml',
      '--json',
    );
    expect([one.code, JSON.parse(one.stdout)]).toEqual([0, { output: 'web.yml', detectors: 1 }]);
    expect(parseDetector(parse(readFileSync(join(folder, 'web.yml'), 'utf8')))).toEqual(detector);

    const conflict = await command('her password', 'import-detectors', '--input', 'web.yml');
    expect([conflict.code, conflict.stderr]).toEqual([4, expect.stringContaining('on_conflict: overwrite')]);
    const dry = await command(
      'her password',
      'import-detectors',
      '--input',
      'web.yml',
      '--on-conflict',
      'create',
      '--dry-run',
    );
    expect([dry.code, dry.stdout]).toEqual([0, 'Web requests (2): would be created\n']);
    expect(detectorsStored()).toHaveLength(2);
    const made = await command(
      'her password',
      'import-detectors',
      '--input',
      'web.yml',
      '--on-conflict',
      'create',
      '--json',
    );
    const { detectors } = JSON.parse(made.stdout) as { detectors: ImportedDetector[] };
    expect(attributesOf(detectors[0].id!)).toMatchObject({
      name: 'Web requests (2)',
      enabled: false,
      owner: null,
    });
  });

  it('says what is wrong, with its exit code', async () => {
    writeFileSync(
      join(folder, 'bad.yml'),
      'name: Bad\nsource: {index: a}\nfeatures: [{type: number, field: x, weight: -1}]',
    );
    const bad = await command('her password', 'import-detectors', '--input', 'bad.yml');
    expect([bad.code, bad.stderr]).toEqual([
      2,
      expect.stringMatching(/document 1 .*features\.0\.weight.*got -1/),
    ]);
    expect((await command('her password', 'import-detectors', '--input', 'none.yml')).code).toBe(2);
    const stranger = await command('wrong', 'export-detectors');
    expect([stranger.code, stranger.stderr]).toEqual([5, expect.stringContaining('401: Unauthorized')]);
    const id = '00000000-0000-0000-0000-000000000000';
    expect((await command('her password', 'export-detectors', '--detector-id', id)).code).toBe(3);
    const away = await command('her password', 'export-detectors', '--kibana-url', 'http://127.0.0.1:9/');
    expect(away.code).toBe(8);
    expect((await command('her password', 'export-detectors', '--kibana-url', 'localhost')).code).toBe(2);
  });

  it('makes the detectors of a space those of files', async () => {
    const { id, detector } = await create({ name: 'Kept' });
    await create({ name: 'Another' });
    mkdirSync(join(folder, 'detectors/shop'), { recursive: true });
    const write = (name: string, ...detectors: object[]): void =>
      writeFileSync(join(folder, 'detectors', name), detectors.map((each) => stringify(each)).join('---\n'));
    const applied = async (...given: string[]) => {
      const { code, stdout, stderr } = await command(
        'her password',
        'apply',
        '-f',
        'detectors',
        '--json',
        ...given,
      );
      if (code !== 0) throw new Error(stderr);
      return (
        JSON.parse(stdout) as {
          detectors: { name: string; action: string; id?: string; changes: object[] }[];
        }
      ).detectors;
    };

    write('kept.yml', { ...detector, description: 'From a file' });
    write('shop/new.yaml', webDetector(index, { name: 'New' }), webDetector(index, { name: 'Newer' }));
    writeFileSync(join(folder, 'detectors/notes.txt'), 'no detector');
    const planned = await applied('--label', 'shop', '--dry-run');
    expect(planned).toEqual([
      {
        name: 'Kept',
        action: 'change',
        id,
        changes: [
          { setting: 'description', before: detector.description, after: 'From a file' },
          { setting: 'labels', after: ['shop'] },
        ],
      },
      { name: 'New', action: 'create', changes: [] },
      { name: 'Newer', action: 'create', changes: [] },
    ]);
    expect(attributesOf(id).detector.description).toBe(detector.description);

    const done = await applied('--label', 'shop', '--start');
    expect(done.map(({ name, action }) => [name, action])).toEqual(
      planned.map(({ name, action }) => [name, action]),
    );
    expect(done.map((each) => attributesOf(each.id!))).toEqual([
      expect.objectContaining({ name: 'Kept', enabled: true, owner: owner.name }),
      expect.objectContaining({ name: 'New', enabled: true, owner: owner.name }),
      expect.objectContaining({ name: 'Newer', enabled: true, owner: owner.name }),
    ]);

    rmSync(join(folder, 'detectors/kept.yml'));
    const pruned = await applied('--label', 'shop', '--prune');
    expect(pruned.map(({ name, action }) => [name, action])).toEqual([
      ['New', 'leave'],
      ['Newer', 'leave'],
      ['Kept', 'delete'],
    ]);
    expect(detectorsStored()).not.toContain(id);
    const names = detectorsStored().map((each) => attributesOf(each).name);
    expect(names).toEqual(expect.arrayContaining(['Another', 'New', 'Newer']));
  });

  it('changes nothing where a file or a right is wrong', async () => {
    const before = detectorsStored();
    mkdirSync(join(folder, 'wrong'), { recursive: true });
    const apply = (...given: string[]) => command('her password', 'apply', '-f', 'wrong', ...given);
    expect(await apply()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no detector, quiet time or rule in wrong'),
    });
    writeFileSync(join(folder, 'wrong/a.yml'), stringify(webDetector(index, { name: 'A' })));
    expect(await apply('--prune')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--prune needs --label'),
    });
    writeFileSync(
      join(folder, 'wrong/b.yml'),
      `name: A\n---\nname: B\nsource: {index: a}\nfeatures: [{type: x}]`,
    );
    const { code, stderr } = await apply();
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/wrong\/b\.yml:1: source[^]*wrong\/b\.yml:3: features\.0/),
    ]);
    writeFileSync(join(folder, 'wrong/b.yml'), stringify(webDetector(`${index}-of-others`, { name: 'B' })));
    expect(await apply()).toMatchObject({ code: 5, stderr: expect.stringContaining('B: you lack') });
    expect(detectorsStored()).toEqual(before);
  });

  it('brings rules and quiet times to files and back without change', async () => {
    const { id } = await create({ name: 'Shop', labels: ['team'] });
    const run = async <Answer>(...given: string[]): Promise<Answer> => {
      const { code, stdout, stderr } = await command('her password', ...given, '--json');
      if (code !== 0) throw new Error(`${given.join(' ')}: ${code} ${stderr}`);
      return JSON.parse(stdout) as Answer;
    };
    interface Applied {
      readonly name: string;
      readonly action: string;
      readonly id?: string;
      readonly changes: object[];
    }
    type Answer = Record<'detectors' | 'quiet_times' | 'rules', Applied[]>;
    const actionsOf = (answer: Answer) =>
      Object.entries(answer).flatMap(([kind, all]) =>
        Array.isArray(all) ? all.map(({ name, action }) => `${action} ${kind} ${name}`) : [],
      );
    const wanted = join(folder, 'team');
    mkdirSync(wanted, { recursive: true });
    const write = (name: string, ...documents: object[]): void =>
      writeFileSync(join(wanted, name), documents.map((each) => stringify(each)).join('---\n'));
    const weekly = {
      kind: 'quiet_time',
      name: 'Backup',
      detectors: ['Shop', 'Till'],
      schedule: { type: 'weekly', days: ['sunday'], from: '22:00', to: '04:00', time_zone: 'Europe/Berlin' },
      accept: ['hides_most_results'],
    };
    const calendar =
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20300101T100000Z\nDTEND:20300101T110000Z\n' +
      `SUMMARY:${'Release '.repeat(40)}\nEND:VEVENT\nEND:VCALENDAR\n`;
    const rule = {
      kind: 'rule',
      name: 'Incidents',
      rule_type_id: 'logAnomalies.incident',
      tags: ['night'],
      schedule: { interval: '1m' },
      detectors: ['Till'],
      params: { min_severity: 'major' },
      actions: [
        {
          group: 'incident',
          connector: 'Server log',
          params: { level: 'warn', message: '{{context.message}}' },
          frequency: { summary: false, notify_when: 'onActionGroupChange' },
        },
      ],
    };
    write('till.yml', webDetector(index, { name: 'Till' }), weekly, {
      kind: 'quiet_time',
      name: 'Releases',
      schedule: { type: 'icalendar', text: calendar },
    });
    write('rule.yml', rule);
    const planned = await run<Answer>('apply', '-f', 'team', '--label', 'team', '--dry-run');
    expect(actionsOf(planned)).toEqual([
      'create detectors Till',
      'create quiet_times Backup',
      'create quiet_times Releases',
      'create rules Incidents',
    ]);
    expect(alerting.rules.size).toBe(0);
    const done = await run<Answer>('apply', '-f', 'team', '--label', 'team');
    const till = done.detectors[0].id!;
    const [stored] = alerting.rules.values();
    expect(stored).toMatchObject({
      consumer: 'logAnomalies',
      tags: ['night', 'team', 'log-anomalies:team'],
      params: { detector_ids: [till], min_severity: 'major', min_results: 1 },
      actions: [{ id: 'log-1', connector_type_id: '.server-log' }],
    });
    const listed = await ok<{ suppressions: { name: string; detector_ids: string[] }[] }>(
      owner,
      'listSuppressions',
      { query: { origin: 'calendar' } },
    );
    expect(listed.suppressions).toMatchObject([
      { name: 'Backup', detector_ids: [id, till] },
      { name: 'Releases' },
    ]);

    // All of it goes to files and comes back unchanged; other rules and secrets do not.
    const all = await run<{ files: string[] }>('export', '--all', '--output', 'all');
    expect(all.files).toEqual(
      expect.arrayContaining([
        'detectors/Till.yml',
        'quiet_times/Backup.yml',
        'quiet_times/Releases.yml',
        'rules/Incidents.yml',
      ]),
    );
    expect(all.files.filter((path) => path.startsWith('rules/'))).toEqual(['rules/Incidents.yml']);
    expect(parse(readFileSync(join(folder, 'all/rules/Incidents.yml'), 'utf8'))).toMatchObject({
      detectors: ['Till'],
      actions: [{ connector: 'Server log' }],
    });
    const same = await run<Answer>('apply', '-f', 'all', '--dry-run');
    expect(actionsOf(same).sort()).toEqual([
      'leave detectors Shop',
      'leave detectors Till',
      'leave quiet_times Backup',
      'leave quiet_times Releases',
      'leave rules Incidents',
    ]);

    // Files that change, and go.
    write('rule.yml', {
      ...rule,
      enabled: false,
      params: { min_severity: 'minor' },
      schedule: { interval: '5m' },
    });
    write('till.yml', webDetector(index, { name: 'Till' }), { ...weekly, detectors: ['Till'] });
    const next = await run<Answer>('apply', '-f', 'team', '--label', 'team', '--prune', '--dry-run');
    expect(next.rules[0].changes).toEqual([
      { setting: 'enabled', before: true, after: false },
      { setting: 'schedule.interval', before: '1m', after: '5m' },
      { setting: 'params.min_severity', before: 'major', after: 'minor' },
    ]);
    expect(next.quiet_times).toMatchObject([
      { action: 'change', changes: [{ setting: 'detectors', before: ['Shop', 'Till'], after: ['Till'] }] },
      { name: 'Releases', action: 'delete' },
    ]);
    await run<Answer>('apply', '-f', 'team', '--label', 'team', '--prune');
    expect(detectorsStored()).not.toContain(id);
    expect([...alerting.rules.values()]).toMatchObject([
      { enabled: false, schedule: { interval: '5m' }, actions: [{ uuid: stored.actions[0].uuid }] },
    ]);
    const left = await ok<{ suppressions: object[] }>(owner, 'listSuppressions', {
      query: { origin: 'calendar' },
    });
    expect(left.suppressions).toMatchObject([{ name: 'Backup', detector_ids: [till], labels: ['team'] }]);
    expect(actionsOf(await run<Answer>('apply', '-f', 'team', '--label', 'team', '--prune'))).toEqual([
      'leave detectors Till',
      'leave quiet_times Backup',
      'leave rules Incidents',
    ]);

    // A folder with other files is left as it is, and labels choose.
    const others = await command('her password', 'export', '--label', 'team', '--output', 'all');
    expect([others.code, others.stderr]).toEqual([4, expect.stringContaining('quiet_times/Releases.yml')]);
    expect(
      (await run<{ files: string[] }>('export', '--label', 'team', '--output', 'labelled')).files,
    ).toEqual(['detectors/Till.yml', 'quiet_times/Backup.yml', 'rules/Incidents.yml']);
  });

  it('refuses rules and quiet times that name what is not there, and saves nothing', async () => {
    mkdirSync(join(folder, 'lost'), { recursive: true });
    const apply = async (document: object) => {
      writeFileSync(join(folder, 'lost/a.yml'), stringify(document));
      const { code, stderr } = await command('her password', 'apply', '-f', 'lost');
      return [code, stderr];
    };
    const rule = {
      ...{ kind: 'rule', name: 'Lost', rule_type_id: 'logAnomalies.logAnomaly' },
      schedule: { interval: '1m' },
    };
    const before = alerting.rules.size;
    const refused = async (document: object, message: RegExp) =>
      expect(await apply(document)).toEqual([2, expect.stringMatching(message)]);
    await refused({ ...rule, detectors: ['None'] }, /a\.yml:1: detectors: "None" is no detector/);
    await refused({ ...rule, params: { count: 0 } }, /a\.yml:1: params\.count: .*got 0/);
    await refused({ ...rule, params: { detector_ids: ['x'] } }, /params\.detector_ids: .*under detectors/);
    const always = { summary: false, notify_when: 'onActiveAlert' };
    const action = { params: {}, connector: 'Mail', group: 'anomaly', frequency: always };
    await refused({ ...rule, actions: [action] }, /actions\.0\.connector: "Mail" is no connector.*several/);
    await refused({ kind: 'dashboard' }, /kind: is "dashboard"; allowed: detector, quiet_time, rule/);
    const quiet = { kind: 'quiet_time', name: 'Ever', expires_at: '2099-01-01T00:00:00Z' };
    await refused(quiet, /Ever: expires_at is 2099-01-01.*must end within/);
    // One that is over keeps nothing else from being applied.
    expect(await apply({ ...quiet, expires_at: '2020-01-01T00:00:00Z' })).toEqual([0, '']);
    await refused({ ...quiet, origin: 'mute' }, /origin/);
    expect(alerting.rules.size).toBe(before);
    expect((await command('her password', 'export', '--output', 'x')).code).toBe(2);
  });
});
