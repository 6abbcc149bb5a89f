import assert from 'node:assert/strict';
import type { Answer, KibanaClient } from '../kibana_client';
import { detectorOf, type SecurityWorld } from '../security_world';
import { waitFor } from '../wait_for';
import { train, type World } from '../world';

const HIDDEN = ['log-anomalies-detector', 'log-anomalies-api-key', 'log-anomalies-key-record'];
/** Kibana's own routes answer a type that is hidden from them so. */
const UNSUPPORTED = [400, 404];

/** Repeats attacks that once worked on a real Kibana: each is refused with a message, and nothing has changed after it. */
export async function attacksJourney(world: World, security: SecurityWorld): Promise<void> {
  const { report, admin } = world;
  const { spaces, people } = security;
  const owner = people.owner.kibana.inSpace(spaces.own);
  const superuser = people.superuser.kibana.inSpace(spaces.own);
  const stranger = people.owner_without_logs.kibana.inSpace(spaces.own);
  const made = await report.step('an owner has a detector with a model', async () => {
    const record = await owner.call('createDetector', {
      body: { detector: detectorOf(security), start: false },
    });
    await train(owner, record.id);
    return owner.call('getDetector', { params: { id: record.id } });
  });
  const params = { id: made.id };
  const unchanged = async (): Promise<void> =>
    assert.deepEqual(await owner.call('getDetector', { params }), made);

  await report.step(
    "Kibana's API for saved objects neither reads, writes, moves nor deletes what is hidden",
    async () => {
      for (const client of [superuser, owner, stranger]) {
        for (const type of HIDDEN) {
          const refused = await savedObjectRequests(client, type, made.id);
          for (const [what, { status, body }] of refused) {
            // It looks through what it may show, and finds nothing.
            if (what.includes('_find') && (body as { total?: number }).total === 0) continue;
            assert.ok(
              UNSUPPORTED.includes(status) || status === 403,
              `${what}: ${status} ${JSON.stringify(body)}`,
            );
            assert.doesNotMatch(JSON.stringify(body), new RegExp(security.marks.name), what);
          }
          for (const [what, answer] of await savedObjectBulks(client, type, made.id))
            refusedInside(what, answer);
        }
        await unchanged();
      }
      const found = await superuser.request('get', '/api/kibana/management/saved_objects/_allowed_types');
      assert.equal(found.status, 200, JSON.stringify(found.body));
      for (const type of HIDDEN) assert.doesNotMatch(JSON.stringify(found.body), new RegExp(type));
    },
  );

  await report.step(
    "an edit of another's detector takes the editor's own rights, and renews its key",
    async () => {
      const before = await keysOf(world, security);
      const edit = { detector: { ...made.detector, description: 'changed' }, version: made.version };
      refusedWith(await stranger.try('updateDetector', { params, body: edit }), 403, /you lack: read on/);
      refusedWith(await stranger.try('startDetector', { params }), 403, /you lack: read on/);
      assert.deepEqual(await keysOf(world, security), before);
      await unchanged();
      const second = people.second_owner;
      const changed = await second.kibana.inSpace(spaces.own).call('updateDetector', { params, body: edit });
      assert.equal(changed.owner, second.username);
      const after = await keysOf(world, security);
      assert.deepEqual(
        before.map(({ id }) => after.find((key) => key.id === id)?.invalidated),
        before.map(() => true),
      );
      assert.deepEqual(
        after.filter(({ invalidated }) => !invalidated).map(({ username }) => username),
        [second.username],
      );
      Object.assign(made, await owner.call('getDetector', { params }));
    },
  );

  await report.step(
    'a calendar that was made to take long is refused at once, also to a reader',
    async () => {
      const text = slowCalendar();
      assert.ok(text.length <= 1_446, String(text.length));
      const suppression = {
        detector_ids: [made.id],
        name: 'Slow',
        match: { entity: 'shop' },
        schedule: { type: 'icalendar' as const, text, time_zone: 'UTC' },
        expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      };
      const started = Date.now();
      const [answer, longest] = await Promise.all([
        people.reader.kibana.inSpace(spaces.own).try('previewSuppression', { body: { suppression } }),
        slowestPing(admin, 2_000),
      ]);
      const took = Date.now() - started;
      refusedWith(answer, 400, /zone|calendar/i);
      report.figure(
        'a hostile calendar',
        `answered in ${took} ms at most, others waited ${longest} ms at most`,
      );
      assert.ok(longest < 1_500, `Kibana stood still for ${longest} ms`);
    },
  );

  await report.step('a backfill does not write with rights that its caller lacks', async () => {
    const into = `${world.name}-foreign`;
    await owner.call('putPipeline', { params, body: {} });
    const body = { from: security.from, to: security.to, where: 'cluster' as const, into };
    for (const client of [owner, stranger]) {
      refusedWith(await client.try('startBackfill', { params, body }), 403, /you lack/);
    }
    assert.equal(await world.elasticsearch.indices.exists({ index: into }), false);
    await owner.call('deletePipeline', { params });
  });

  await report.step('a role of one space reaches no index of another whose name begins alike', async () => {
    const elsewhere = superuser.inSpace(spaces.other);
    const { id } = await elsewhere.call('createDetector', {
      body: { detector: detectorOf(security, { name: 'Elsewhere' }), start: false },
    });
    await train(elsewhere, id);
    const range = { from: security.from, to: security.to };
    await elsewhere.call('startBackfill', { params: { id }, body: range });
    await waitFor('results in the other space', async () => {
      const { state } = await elsewhere.call('getBackfill', { params: { id } });
      return state === 'done' ? {} : state;
    });
    const ours = await world.elasticsearch.indices.get({ index: 'log-anomalies-*', allow_no_indices: true });
    const foreign = Object.keys(ours).filter((name) => name.split('.').includes(spaces.other));
    assert.ok(foreign.length >= 3, foreign.join());
    for (const persona of ['reader', 'owner', 'owner_without_logs', 'no_feature'] as const) {
      const client = people[persona].elasticsearch!;
      for (const index of foreign) {
        await assert.rejects(client.search({ index }), /security_exception/, `${persona} reads ${index}`);
        await assert.rejects(
          client.index({ index, document: {} }),
          /security_exception/,
          `${persona} writes ${index}`,
        );
      }
      assert.ok(
        [403, 404].includes(
          (await people[persona].kibana.inSpace(spaces.other).try('getDetector', { params: { id } })).status,
        ),
      );
      assert.equal(
        (await people[persona].kibana.inSpace(spaces.own).try('getStatus', { params: { id } })).status,
        persona === 'no_feature' ? 403 : 404,
      );
    }
    await elsewhere.call('deleteDetector', { params: { id }, query: { delete_results: 'true' } });
  });
}

function refusedWith({ status, body }: Answer, expected: number, words: RegExp): void {
  assert.equal(status, expected, JSON.stringify(body));
  assert.match(String((body as { message?: unknown }).message), words);
}

/** Requests that are refused as a whole. */
async function savedObjectRequests(
  client: KibanaClient,
  type: string,
  id: string,
): Promise<[string, Answer][]> {
  const attributes = { name: 'forged', enabled: true, detector: {}, api_key_object: id };
  const one = `/api/saved_objects/${type}/${id}`;
  const requests: [string, string, unknown?][] = [
    ['get', one],
    ['get', `/api/saved_objects/resolve/${type}/${id}`],
    ['get', `/api/saved_objects/_find?type=${type}`],
    ['post', `/api/saved_objects/${type}`, { attributes }],
    ['post', `${one}?overwrite=true`, { attributes }],
    ['put', one, { attributes }],
    ['delete', `${one}?force=true`],
    ['post', '/api/saved_objects/_export', { type: [type] }],
    ['post', '/api/saved_objects/_export', { objects: [{ type, id }] }],
  ];
  const answers: [string, Answer][] = [];
  for (const [method, path, body] of requests) {
    answers.push([`${method} ${path}`, await client.request(method, path, body)]);
  }
  return answers;
}

/** Requests that may answer with 200 and tell of each object. */
async function savedObjectBulks(client: KibanaClient, type: string, id: string): Promise<[string, Answer][]> {
  const attributes = { name: 'forged', enabled: true, detector: {}, api_key_object: id };
  const file = JSON.stringify({ type, id, attributes, references: [], coreMigrationVersion: '8.8.0' });
  const space = client.spaceId;
  const requests: [string, string, unknown][] = [
    ['post', '/api/saved_objects/_bulk_get', [{ type, id }]],
    ['post', '/api/saved_objects/_bulk_create?overwrite=true', [{ type, id, attributes }]],
    ['put', '/api/saved_objects/_bulk_update', [{ type, id, attributes }]],
    ['post', '/api/saved_objects/_bulk_delete?force=true', [{ type, id }]],
    ['post', '/api/saved_objects/_import?overwrite=true', formOf(file)],
    [
      'post',
      '/api/spaces/_copy_saved_objects',
      { spaces: [`${space}-b`], objects: [{ type, id }], includeReferences: false },
    ],
    [
      'post',
      '/api/spaces/_update_objects_spaces',
      { objects: [{ type, id }], spacesToAdd: [`${space}-b`], spacesToRemove: [] },
    ],
  ];
  const answers: [string, Answer][] = [];
  for (const [method, path, body] of requests) {
    answers.push([`${method} ${path} of ${type}`, await client.request(method, path, body)]);
  }
  return answers;
}

function formOf(text: string): FormData {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'application/ndjson' }), 'forged.ndjson');
  return form;
}

function refusedInside(what: string, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  assert.ok(status < 500, `${what}: ${status} ${text}`);
  if (status >= 400) return;
  assert.match(text, /"statusCode":(400|404)|"success":false|unsupported_type/, `${what}: ${status} ${text}`);
  assert.doesNotMatch(text, /"success":true|"successCount":[1-9]/, `${what}: ${text}`);
}

interface Key {
  readonly id: string;
  readonly username: string;
  readonly invalidated: boolean;
}

/** Keys of the detectors of this world, by id. */
async function keysOf({ elasticsearch }: World, { marks }: SecurityWorld): Promise<Key[]> {
  const { api_keys } = await elasticsearch.security.getApiKey({ name: `Log Anomalies: ${marks.name}` });
  return api_keys
    .map(({ id, username, invalidated }) => ({
      id,
      username: String(username),
      invalidated: invalidated === true,
    }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** A zone whose rules name every week since the year 1, which took 16 seconds once. */
function slowCalendar(): string {
  const change = (i: number): string =>
    `BEGIN:STANDARD\nDTSTART:00010101T0000${String(i).padStart(2, '0')}\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY\nEND:STANDARD\n`;
  return [
    'BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VTIMEZONE\nTZID:Z\n',
    ...Array.from({ length: 9 }, (_, i) => change(i)),
    'END:VTIMEZONE\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Z:20260101T000000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR',
  ].join('');
}

/** @returns milliseconds that the slowest answer took to something that Kibana does by itself */
async function slowestPing(client: KibanaClient, milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds;
  let slowest = 0;
  while (Date.now() < end) {
    const started = Date.now();
    await client.request('get', '/api/log_anomalies/_openapi');
    slowest = Math.max(slowest, Date.now() - started);
  }
  return slowest;
}
