import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DetectorRecord, DetectorStatus, ReadinessFinding } from '../../common/api';
import { checkpointsIndex, ownerRole, resultsPattern } from '../../server/elasticsearch';
import { createElasticsearchJournal } from '../../server/elasticsearch/stores/announcement_journal';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import type { Services } from '../../server/kibana/contracts/services';
import { runDetector } from '../../server/kibana/tasks/run_detector';
import { parseAlertsConfig, type AlertsConfig } from '../../server/notifications';
import { administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { personWith, resultIdsOf, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn } from './fixtures/kibana_stand_in';

const SECONDS = 3_600;
const admin = administrator();
const index = uniqueName('weblogs');
const space = uniqueName('alerts');
const start = thisMinute() - SECONDS * 1_000;
const received: string[] = [];
let status = 200;
let receiver: Server;
let owner: NewPerson;
let kibana: KibanaStandIn;

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: start, to: start + SECONDS * 1_000 }), {
    mappings: TIME_MAPPINGS,
  });
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (status === 200) received.push(body);
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const { port } = receiver.address() as AddressInfo;
  owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
  kibana = startKibanaStandIn({
    administrator: admin,
    alerts: parseAlertsConfig({
      notify: 'anomalies',
      slack: { webhook_url: `http://127.0.0.1:${port}/secret-path` },
    }),
  });
  kibana.now = () => start + SECONDS * 1_000 + MINUTE;
});

afterAll(async () => {
  receiver.close();
  await owner.remove();
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: [index, ...Object.keys(results)] });
  await admin.close();
});

async function startTrained(who: NewPerson = owner, where = space): Promise<string> {
  const created = await kibana.call(
    who,
    'createDetector',
    { body: { detector: webDetector(index), start: false } },
    where,
  );
  const { id } = created.body as DetectorRecord;
  await kibana.call(who, 'startDetector', { params: { id } }, where);
  await kibana.tasks.run(trainingTaskId({ space: where, detectorId: id }));
  return id;
}

it('tells the anomalies of a run in one message, and never again', async () => {
  const detectorId = await startTrained();
  const task = detectionTaskId({ space, detectorId });
  await kibana.tasks.run(task);
  expect(received).toHaveLength(1);
  expect(received[0]).toContain('Web requests');
  expect(received[0]).toContain(`https://kibana.test/s/${space}/app/logAnomalies/detectors/${detectorId}`);

  // The checkpoint of the run is lost, as after a crash: all is scored again, and nothing announced.
  await admin.deleteByQuery({
    index: checkpointsIndex(space),
    query: {
      bool: { filter: [{ term: { detector_id: detectorId } }], must_not: [{ exists: { field: 'type' } }] },
    },
    refresh: true,
  });
  await kibana.tasks.run(task);
  expect(received).toHaveLength(1);
  expect(kibana.logged.join('\n')).not.toContain('secret-path');
});

it('keeps a message that cannot be delivered for a later run, and goes on scoring', async () => {
  received.length = 0;
  status = 400;
  const detectorId = await startTrained();
  const task = detectionTaskId({ space, detectorId });
  await kibana.tasks.run(task);
  const reply = await kibana.call(owner, 'getStatus', { params: { id: detectorId } }, space);
  expect(reply.body).toMatchObject({ state: 'running', consecutive_failures: 0 });
  expect(received).toHaveLength(0);
  status = 200;
  const before = kibana.now;
  kibana.now = () => before() + MINUTE;
  await kibana.tasks.run(task);
  kibana.now = before;
  expect(received).toHaveLength(1);
});

describe('Kibanas with different alerts', () => {
  const conditions = {
    failures: 0,
    share: 1,
    signal: new AbortController().signal,
    isOutOfTime: () => false,
  };
  /** Another Kibana of the same cluster. */
  const other = (alerts: AlertsConfig | undefined, id: string): Services => ({
    ...kibana.services,
    alerts,
    self: { id, name: id, startedAt: kibana.now() },
  });
  const findingOf = async (detectorId: string): Promise<ReadinessFinding | undefined> => {
    const { body } = await kibana.call(owner, 'getStatus', { params: { id: detectorId } }, space);
    return (body as DetectorStatus).readiness?.find(({ kind }) => kind === 'kibanas_differ');
  };

  it('leaves what one of them cannot announce for one that can, and the status says so', async () => {
    received.length = 0;
    const detectorId = await startTrained();
    const target = { space, detectorId };
    const before = kibana.now;
    try {
      await runDetector(other(undefined, 'mute'), target, conditions);
      expect(received).toHaveLength(0);
      expect(await resultIdsOf(admin, space, detectorId)).not.toHaveLength(0);
      expect(await findingOf(detectorId)).toMatchObject({
        message: expect.stringMatching(/kibana\.test: slack \(anomalies\)[^]*Announcements wait since/),
        next_step: expect.stringContaining('kibana.yml'),
      });
      kibana.now = () => before() + 2 * MINUTE;
      await runDetector(kibana.services, target, conditions);
      expect(received).toHaveLength(1);
      expect(received[0]).toMatch(/\d+ anomal(y|ies) in Web requests/);
      expect((await findingOf(detectorId))?.message).toContain('Nothing waits');
      await runDetector(kibana.services, target, conditions);
      await runDetector(other(undefined, 'mute'), target, conditions);
      expect(received).toHaveLength(1);
    } finally {
      kibana.now = before;
    }
  });

  it('leaves incidents, too, and their ends', async () => {
    received.length = 0;
    const detectorId = await startTrained();
    const target = { space, detectorId };
    const before = kibana.now;
    const withIncidents = other({ ...kibana.services.alerts!, notify: 'incidents' }, 'telling');
    try {
      await runDetector(other(undefined, 'mute'), target, conditions);
      kibana.now = () => before() + 2 * 60 * MINUTE;
      await runDetector(other(undefined, 'mute as well'), target, conditions);
      expect(received).toHaveLength(0);
      await runDetector(withIncidents, target, conditions);
      expect(received.length).toBeGreaterThan(0);
      expect(received.join()).toContain('it is over already');
      const told = received.length;
      await runDetector(withIncidents, target, conditions);
      expect(received).toHaveLength(told);
    } finally {
      kibana.now = before;
    }
  });

  it('tells whoever is set up first of nothing that was before', async () => {
    received.length = 0;
    const alone = uniqueName('alone');
    const person = await personWith(admin, 'anna', ownerRole([index], alone), ['read', 'write']);
    const before = kibana.now;
    try {
      const target = { space: alone, detectorId: await startTrained(person, alone) };
      await runDetector(other(undefined, 'mute'), target, conditions);
      expect(await resultIdsOf(admin, alone, target.detectorId)).not.toHaveLength(0);
      kibana.now = () => before() + 2 * MINUTE;
      await runDetector(other(kibana.services.alerts, 'new'), target, conditions);
      expect(received).toHaveLength(0);
    } finally {
      kibana.now = before;
      await person.remove();
    }
  });
});

describe('the journal in Elasticsearch', () => {
  it('remembers for each detector what was announced and what waits', async () => {
    const target = { space, detectorId: uniqueName('journal') };
    const journal = createElasticsearchJournal(owner.client, target, () => kibana.now());
    expect([...(await journal.announced(['a', 'b'])).keys()]).toEqual([]);
    expect(await journal.readChannel('slack')).toEqual({ sentAt: [], outbox: [] });
    await journal.record(['a'], 'announced');
    await journal.writeChannel('slack', { sentAt: [1], outbox: [] });

    const elsewhere = createElasticsearchJournal(owner.client, target, () => kibana.now());
    expect([...(await elsewhere.announced(['a', 'b'])).keys()]).toEqual(['a']);
    expect(await elsewhere.readChannel('slack')).toEqual({ sentAt: [1], outbox: [] });
    const other = createElasticsearchJournal(
      owner.client,
      { ...target, detectorId: uniqueName('other') },
      () => kibana.now(),
    );
    expect([...(await other.announced(['a'])).keys()]).toEqual([]);

    const told = 'slack:incident:shared:opened';
    const noted = await Promise.all([journal.noteSharedTry!(told), other.noteSharedTry!(told)]);
    // One of them is quicker; the other leaves it to that one until it must have died.
    expect(noted.filter((tries) => tries !== undefined)).toEqual([0]);
    const [quicker, slower] = noted[0] === 0 ? [journal, other] : [other, journal];
    expect(await slower.noteSharedTry!(told)).toBeUndefined();
    expect(await quicker.noteSharedTry!(told)).toBe(1);
    await quicker.takeBackSharedTry!(told, 1);
    expect(await slower.noteSharedTry!(told)).toBe(1);
    const now = kibana.now;
    kibana.now = () => now() + 4 * MINUTE;
    expect(await quicker.noteSharedTry!(told)).toBe(2);
    kibana.now = now;
    const otherSpace = createElasticsearchJournal(owner.client, { ...target, space: 'default' }, () =>
      kibana.now(),
    );
    await expect(otherSpace.announced(['a'])).rejects.toMatchObject({ code: 'forbidden' });
  });
});

it('lists its channels without secrets, and tries them now and then', async () => {
  const listed = await kibana.call(owner, 'listChannels', {}, space);
  expect(listed.body).toEqual({
    notify: 'anomalies',
    minimum_severity: 'warning',
    channels: [{ name: 'slack', type: 'slack', host: '127.0.0.1' }],
  });
  status = 403;
  const refused = await kibana.call(owner, 'testChannels', { body: { channel: 'slack' } }, space);
  expect(refused.body).toMatchObject({
    trials: [
      {
        channel: 'slack',
        delivered: false,
        error: expect.stringMatching(/^Slack webhook at \S+ answered 403 ok$/),
        next_step: expect.stringContaining('refuses these credentials'),
      },
    ],
  });
  expect(JSON.stringify([listed.body, refused.body])).not.toContain('secret-path');
  status = 200;
  const early = await kibana.call(owner, 'testChannels', { body: {} }, space);
  expect(early.status).toBe(429);
  const now = kibana.now();
  kibana.now = () => now + MINUTE;
  const before = received.length;
  const tried = await kibana.call(owner, 'testChannels', { body: {} }, space);
  expect(tried.body).toMatchObject({ trials: [{ channel: 'slack', delivered: true }] });
  expect(received[before]).toContain(`https://kibana.test/s/${space}/app/logAnomalies`);
});
