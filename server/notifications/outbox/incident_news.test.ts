import type { Incident } from '../../../common/incidents';
import { keptIncident } from '../../../test/fakes/kept_incident';
import { setUp, startWebhook } from '../../../test/unit/notification_receivers';
import type { KeptIncident } from '../../detection/ports/incidents';
import type { AlertsConfigInput } from '../config';
import { createMemoryJournal, type AnnouncementState, type AnnouncementJournal } from '../journal';

const HOUR = 3_600_000;
const CLOSED: Partial<Incident> = { state: 'closed', closed_because: 'quiet' };

/** A receiver, and notifiers of detectors that share what was announced, as in one space. */
async function space(type: 'pagerduty' | 'webhook', more: object = {}, route: object = {}) {
  const isDown = { now: false, status: 503 };
  const { received, webhook_url: url } = await startWebhook((response) =>
    response.writeHead(isDown.now ? isDown.status : 200).end('{}'),
  );
  const settings = { type, url, route, ...(type === 'pagerduty' && { routing_key: 'R'.repeat(32) }) };
  const config = { channels: { it: settings }, ...more } as AlertsConfigInput;
  const states = new Map<string, AnnouncementState>();
  const held = new Map<string, KeptIncident>();
  const detectorOf = () => {
    const own = createMemoryJournal();
    const journal: AnnouncementJournal = {
      ...own,
      announced: async (ids) => new Map([...states].filter(([id]) => ids.includes(id))),
      record: async (ids, state) => ids.forEach((id) => states.set(id, state)),
    };
    const retry = { attempts: 1, firstDelay: 0, longestDelay: 0 };
    return setUp(config, journal, retry, { findIncident: async (id) => held.get(id) });
  };
  return {
    ...{ isDown, held, detectorOf, states },
    /** Changes what is stored, and tells of it. */
    tell: async (detector: ReturnType<typeof setUp>, change: Partial<Incident>, kept: object = {}) => {
      const incident = keptIncident(change, kept);
      held.set(incident.incident.id, incident);
      await detector.notifier.notifyIncidents([incident]);
    },
    /** Such as `trigger i1`, or `opened i1`. */
    said: () =>
      received.map(({ event_action: action, dedup_key: key, news, incident_id: id }) =>
        type === 'pagerduty'
          ? `${String(action)} ${String(key).split(':')[1]}`
          : `${String(news)} ${String(id)}`,
      ),
  };
}

test('the end of an incident with an alert is sent although fifty messages wait', async () => {
  const { isDown, tell, detectorOf, said } = await space('pagerduty');
  const detector = detectorOf();
  await tell(detector, { id: 'known' });
  isDown.now = true;
  for (let place = 0; place < 51; place++) await tell(detector, { id: `other-${place}` });
  await tell(detector, { id: 'known', ...CLOSED });
  isDown.now = false;
  detector.clock.time += 2 * 60_000;
  await detector.notifier.flush();
  expect(said().slice(-1)).toEqual(['resolve known']);
});

test('an end that its receiver refuses for good is given up once', async () => {
  const { isDown, tell, detectorOf, said } = await space('pagerduty');
  const detector = detectorOf();
  await tell(detector, { id: 'a' });
  Object.assign(isDown, { now: true, status: 400 });
  await tell(detector, { id: 'a', ...CLOSED });
  for (let minute = 0; minute < 30; minute++) {
    detector.clock.time += 2 * 60_000;
    await detector.notifier.flush();
  }
  const ends = said().filter((each) => each === 'resolve a');
  expect(ends).toHaveLength(5);
  Object.assign(isDown, { now: false });
  await tell(detector, { id: 'b' });
  expect(said().slice(-1)).toEqual(['trigger b']);
});

test('the end is told where an earlier version left the opening out and told what came after it', async () => {
  const { states, tell, detectorOf, said } = await space('webhook');
  states.set('it:incident:i1:opened', 'suppressed').set('it:incident:i1:grew:1', 'announced');
  await tell(detectorOf(), { id: 'i1', counts: { logs: 70, buckets: 0 }, ...CLOSED });
  expect(said()).toEqual(['over i1']);
});

test('ends take no place of messages that call people', async () => {
  const { tell, detectorOf, said } = await space('pagerduty', { max_per_hour: 2 });
  const detector = detectorOf();
  await tell(detector, { id: 'a' });
  await tell(detector, { id: 'a', ...CLOSED });
  await tell(detector, { id: 'b' });
  expect(said()).toEqual(['trigger a', 'resolve a', 'trigger b']);
});

test.each(['pagerduty', 'webhook'] as const)(
  'of what was left out %s hears no end, but of what becomes of it when it gets worse',
  async (type) => {
    const { tell, detectorOf, said } = await space(type, { max_per_hour: 1 });
    const detector = detectorOf();
    await tell(detector, { id: 'a' });
    await tell(detector, { id: 'b' });
    await tell(detector, { id: 'c' });
    detector.clock.time += HOUR + 1;
    await tell(detector, { id: 'b', ...CLOSED });
    await detector.notifier.flush();
    const told = said().filter((each) => !each.startsWith('suppressed'));
    expect(told).toEqual([type === 'pagerduty' ? 'trigger a' : 'opened a']);
    detector.clock.time += HOUR + 1;
    await tell(detector, { id: 'c', counts: { logs: 70, buckets: 0 } });
    detector.clock.time += HOUR + 1;
    await tell(detector, { id: 'c', ...CLOSED, counts: { logs: 70, buckets: 0 } });
    const later = said().filter((each) => !each.startsWith('suppressed'));
    expect(later.slice(1)).toEqual(type === 'pagerduty' ? ['trigger c', 'resolve c'] : ['grew c', 'over c']);
  },
);

test('a message that waited is not sent after another detector has told the end of its incident', async () => {
  const { isDown, tell, detectorOf, said } = await space('pagerduty');
  const [first, second] = [detectorOf(), detectorOf()];
  isDown.now = true;
  await tell(first, { counts: { logs: 70, buckets: 0 } });
  isDown.now = false;
  const before = said().length;
  // By then some were hidden: it has not grown so much.
  await tell(second, { counts: { logs: 8, buckets: 0 } });
  await tell(second, { ...CLOSED, counts: { logs: 8, buckets: 0 } });
  first.clock.time += 2 * 60_000;
  await first.notifier.flush();
  expect(said().slice(before)).toEqual(['trigger i1', 'resolve i1']);
  expect((await first.journal.readChannel('it')).outbox).toEqual([]);
});

test('a message that waited tells what another detector has not told yet', async () => {
  const { isDown, tell, detectorOf, said } = await space('webhook');
  const [first, second] = [detectorOf(), detectorOf()];
  isDown.now = true;
  await tell(first, { counts: { logs: 70, buckets: 0 } });
  isDown.now = false;
  const before = said().length;
  await tell(second, { counts: { logs: 8, buckets: 0 } });
  await tell(first, { counts: { logs: 70, buckets: 0 } });
  first.clock.time += 2 * 60_000;
  await first.notifier.flush();
  expect(said().slice(before)).toEqual(['opened i1', 'grew i1']);
});

test('a detector resolves the alert that it made although another one has told the end', async () => {
  const { tell, detectorOf, said } = await space('pagerduty');
  const [first, second] = [detectorOf(), detectorOf()];
  await tell(first, {});
  await tell(second, CLOSED);
  await first.notifier.flush();
  await first.notifier.flush();
  expect(said()).toEqual(['trigger i1', 'resolve i1', 'resolve i1']);
  expect((await first.journal.readChannel('it')).open).toEqual([]);
});

test('after a quiet time people are told of what goes on, although nothing more comes to it', async () => {
  const quiet = { quiet_times: [{ from: '13:00', to: '14:00' }] };
  const { tell, detectorOf, said, held } = await space('webhook', {}, quiet);
  const detector = detectorOf();
  detector.clock.time += HOUR + 1;
  for (const id of ['goes_on', 'closed_by_hand', 'gone']) await tell(detector, { id });
  held.set(
    'closed_by_hand',
    keptIncident({ id: 'closed_by_hand', state: 'closed', closed_because: 'person' }),
  );
  held.delete('gone');
  await detector.notifier.flush();
  expect(said()).toEqual([]);
  detector.clock.time += HOUR;
  await detector.notifier.flush();
  await detector.notifier.flush();
  expect(said()).toEqual(['opened goes_on']);
  const state = await detector.journal.readChannel('it');
  expect([state.deferred, state.suppressed]).toEqual([undefined, undefined]);
  expect(detector.lines.length).toBeGreaterThan(0);
});

test('of more incidents than wait for the end of a quiet time, the oldest are counted as left out', async () => {
  const quiet = { quiet_times: [{ from: '13:00', to: '14:00' }] };
  const { tell, detectorOf, said } = await space('webhook', { max_per_hour: 1_000 }, quiet);
  const detector = detectorOf();
  detector.clock.time += HOUR + 1;
  for (let place = 0; place < 203; place++) await tell(detector, { id: `i${place}` });
  // News of one of them counts once.
  await tell(detector, { id: 'i0' });
  const { suppressed, deferred } = await detector.journal.readChannel('it');
  expect([suppressed, deferred?.length]).toMatchObject([{ results: 0, incidents: 3 }, 200]);
  detector.clock.time += HOUR;
  await tell(detector, { id: 'other' });
  await detector.notifier.flush();
  expect(said().length).toBeGreaterThan(49);
  expect(said()).not.toContain('opened i2');
});

test('of more incidents than a channel keeps track of, the alerts of the oldest are ended', async () => {
  const { tell, detectorOf, said, held } = await space('pagerduty', { max_per_hour: 1_000 });
  const detector = detectorOf();
  for (let place = 0; place < 201; place++) await tell(detector, { id: `i${place}` });
  await detector.notifier.flush();
  await detector.notifier.flush();
  expect(said().filter((each) => each.startsWith('resolve'))).toEqual(['resolve i0']);
  const { open = [] } = await detector.journal.readChannel('it');
  expect([open.length, open[0]]).toEqual([200, 'i1']);
  // Its next news makes an alert again, which has an end of its own.
  await tell(detector, { id: 'i0', counts: { logs: 70, buckets: 0 } });
  held.delete('i0');
  await detector.notifier.flush();
  await detector.notifier.flush();
  expect(said().slice(-3)).toEqual(['trigger i0', 'resolve i1', 'resolve i0']);
});

test('the link of an incident leads to the page that the settings name', async () => {
  const { received, webhook_url: url } = await startWebhook();
  const link_base = 'https://wiki.example/anomalies?team=shop';
  const settings = { channels: { it: { type: 'webhook', url } }, link_base } as AlertsConfigInput;
  await setUp(settings).notifier.notifyIncidents([keptIncident()]);
  expect(received[0].link).toBe('https://wiki.example/anomalies?team=shop&incident=i1');
});
