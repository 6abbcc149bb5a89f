import { MINUTE } from '../../../common/duration';
import { INCIDENT_LIMITS } from '../../../common/incidents';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { incidentsInMemory, type IncidentsInMemory } from '../../../test/fakes/incidents_in_memory';
import { newsOf } from '../../notifications/messages/incident_message';
import { createIncidentRecorder, recountIncidents } from './record_incidents';

const START = Date.UTC(2026, 0, 5);
const at = (minute: number): number => START + minute * MINUTE;

/** Incidents with a quiet time of half an hour; `now` is the minute that it reads up to. */
function world(incidents: IncidentsInMemory = incidentsInMemory()) {
  const recorderAt = (minute: number, detectorId = 'web') =>
    createIncidentRecorder({ incidents, detectorId, quiet: 30 * MINUTE, now: () => at(minute) });
  return {
    incidents,
    /** Finds a log of each of these minutes, at a minute. */
    find: async (minute: number, ...minutes: readonly number[]): Promise<void> => {
      const found = minutes.map((each) => storedResult(`log-${each}`, at(each)));
      incidents.results.push(...found);
      await recorderAt(minute).record(found, at(minute));
    },
    close: async (minute: number): Promise<void> => {
      const recorder = recorderAt(minute);
      await recorder.close(await recorder.due(at(minute)), at(minute));
    },
    newsAt: (id: string): string[] => newsOf(incidents.get(id)).map((news) => news.id),
  };
}

test('a closed incident that a late log ties to one that goes on is news again, and so is its next end', async () => {
  const { incidents, find, close, newsAt } = world();
  await find(1, 0);
  await close(40);
  await find(51, 50);
  expect(newsAt('log-0')).toEqual(['log-0:opened', 'log-0:over:0']);
  await find(52, 25);
  expect(incidents.get('log-50').incident).toMatchObject({ state: 'merged', merged_into: 'log-0' });
  expect(incidents.get('log-0').incident).toMatchObject({ state: 'open', counts: { logs: 3 } });
  expect(newsAt('log-0')).toEqual(['log-0:opened', 'log-0:reopened:1']);
  await close(90);
  expect(newsAt('log-0')).toEqual(['log-0:opened', 'log-0:reopened:1', 'log-0:over:1']);
});

test('the count of what was told goes on where the history has forgotten it', async () => {
  const { incidents, find, newsAt } = world();
  await find(1, 0);
  await find(40, 0);
  await find(41, 12);
  expect(newsAt('log-0')).toContain('log-0:reopened:1');
  const { incident, ...kept } = incidents.get('log-0');
  const step = { at: new Date(at(42)).toISOString(), action: 'commented', by: 'olga' } as const;
  const history = Array<typeof step>(INCIDENT_LIMITS.history).fill(step);
  await incidents.write([{ ...kept, incident: { ...incident, history } }]);
  await find(55, 12);
  await find(56, 30);
  expect(newsAt('log-0')).toEqual(['log-0:opened', 'log-0:reopened:2']);
});

test('counts of an incident that was stored without them are those of its history', async () => {
  const { incidents, find, newsAt } = world();
  await find(1, 0);
  const { reopenings: _none, incident, ...kept } = incidents.get('log-0');
  const time = new Date(at(5)).toISOString();
  const history = [
    ...incident.history,
    { at: time, action: 'reopened' as const, because: 'It went on' },
    { at: time, action: 'reopened' as const, by: 'olga', from: 'closed', to: 'open' },
  ];
  await incidents.write([{ ...kept, incident: { ...incident, history } }]);
  await find(40, 0);
  expect(newsAt('log-0')).toEqual(['log-0:opened', 'log-0:reopened:1', 'log-0:over:2']);
});

test('results that are shown again after the quiet time leave an incident that is over as usual', async () => {
  const { incidents, find } = world();
  await find(1, 0);
  const [log] = incidents.results.splice(0);
  await recountIncidents({ incidents, now: () => at(2) }, { from: at(0), to: at(0) });
  expect(incidents.get('log-0').incident).toMatchObject({ closed_because: 'no_results' });
  incidents.results.push(log);
  await recountIncidents({ incidents, now: () => at(600) }, { from: at(0), to: at(0) });
  const { incident } = incidents.get('log-0');
  expect(incident).toMatchObject({ state: 'closed', closed_because: 'quiet', closed_at: incident.closes_at });
  expect(incident.counts).toEqual({ logs: 1, buckets: 0 });
});

test('incidents are counted anew beyond one page of them', async () => {
  const { incidents, find } = world(incidentsInMemory(2));
  await find(601, 0, 100, 200, 300, 400, 500);
  incidents.results.splice(0);
  await recountIncidents({ incidents, now: () => at(602) }, { from: at(0), to: at(600) });
  const counts = [0, 100, 200, 300, 400, 500].map(
    (each) => incidents.get(`log-${each}`).incident.counts.logs,
  );
  expect(counts).toEqual([0, 0, 0, 0, 0, 0]);
});
