import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { MINUTE } from '../../../common/duration';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { incidentsInMemory } from '../../../test/fakes/incidents_in_memory';
import { newsOf } from '../../notifications/messages/incident_message';
import { changeIncident, type IncidentChange } from './change_incident';
import { createIncidentRecorder } from './record_incidents';

const START = Date.UTC(2026, 0, 5);
const at = (minute: number): number => START + minute * MINUTE;

/** One incident of one log at minute 0 that is over since minute 30. */
async function overIncident() {
  const incidents = incidentsInMemory();
  const log = storedResult('log', at(0));
  incidents.results.push(log);
  const recorderAt = (minute: number) =>
    createIncidentRecorder({ incidents, detectorId: 'web', quiet: 30 * MINUTE, now: () => at(minute) });
  await recorderAt(40).record([log], at(40));
  const entries: AuditEntry[] = [];
  const audit = { append: async (added: readonly AuditEntry[]) => void entries.push(...added) };
  return {
    incidents,
    entries,
    audit,
    change: (minute: number, change: IncidentChange, by?: string) =>
      changeIncident({ incidents, audit, clock: { now: () => at(minute) } }, 'log', change, { by }),
    /** Closes what is due. */
    run: async (minute: number) => {
      const recorder = recorderAt(minute);
      await recorder.close(await recorder.due(at(minute)), at(minute));
      return incidents.get('log').incident;
    },
    read: (minute: number) => recorderAt(minute).record([log], at(minute)),
  };
}

test.each(['open', 'acknowledged'] as const)(
  'what a person makes %s again stays so for the quiet time, whatever runs',
  async (state) => {
    const { change, run, read, incidents } = await overIncident();
    expect(await change(100, { state }, 'olga')).toMatchObject({
      state,
      closes_at: new Date(at(130)).toISOString(),
    });
    expect(await run(101)).toMatchObject({ state });
    await read(102);
    expect(incidents.get('log').incident).toMatchObject({ state });
    expect(await run(131)).toMatchObject({ state: 'closed', closed_because: 'quiet' });
  },
);

test('nobody is told of an incident as of one that went on because somebody without a name opened it', async () => {
  const { change, incidents } = await overIncident();
  await change(100, { state: 'open' });
  expect(newsOf(incidents.get('log')).map(({ id }) => id)).toEqual(['log:opened']);
});

test('what a person closes once more does not stay open', async () => {
  const { change, incidents, read } = await overIncident();
  await change(100, { state: 'open' }, 'olga');
  await change(101, { state: 'closed' }, 'olga');
  incidents.results.push(storedResult('late', at(20)));
  await read(102);
  expect(incidents.get('log').incident).toMatchObject({ state: 'closed' });
});

test('a change is on record before it is made, and nothing changes where that is refused', async () => {
  const { incidents } = await overIncident();
  const audit = { append: () => Promise.reject(new DetectionError('forbidden', 'no')) };
  const change = changeIncident(
    { incidents, audit, clock: { now: () => at(50) } },
    'log',
    { state: 'open' },
    {},
  );
  await expect(change).rejects.toMatchObject({ code: 'forbidden' });
  expect(incidents.get('log').incident.state).toBe('closed');
});

test('of a change that is refused a second entry says so', async () => {
  const { incidents, entries, audit } = await overIncident();
  const refusing = {
    ...incidents,
    write: () => Promise.reject(new DetectionError('forbidden', 'no')),
  };
  const stores = { incidents: refusing, audit, clock: { now: () => at(50) } };
  await expect(changeIncident(stores, 'log', { state: 'open' }, { by: 'olga' })).rejects.toThrow('no');
  expect(entries.map(({ from, reason }) => [from, reason])).toEqual([
    ['closed', expect.stringMatching(/: closed became open$/)],
    [undefined, expect.stringMatching(/^It was refused, and nothing has changed: .*closed became open$/)],
  ]);
});

test('a change that others come before is on record once', async () => {
  const { incidents, entries, audit } = await overIncident();
  let tries = 0;
  const busy = {
    ...incidents,
    write: async (...given: Parameters<typeof incidents.write>) => ++tries > 2 && incidents.write(...given),
  };
  await changeIncident(
    { incidents: busy, audit, clock: { now: () => at(50) } },
    'log',
    { comment: 'mine' },
    {},
  );
  expect([tries, entries.length]).toEqual([3, 1]);
});
