import { MINUTE } from '../../../common/duration';
import type { AnomalyResult } from '../../../common/anomaly';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { incidentsInMemory } from '../../../test/fakes/incidents_in_memory';
import type { IncidentStore, KeptIncident } from '../ports/incidents';
import { incidentsOfRun } from './run_incidents';

const START = Date.UTC(2026, 0, 5);
const at = (minute: number): number => START + minute * MINUTE;

/** Incidents in memory, each of one result. */
function storeOf(results: readonly AnomalyResult[]): IncidentStore {
  const held = new Map<string, KeptIncident>();
  const revision = { sequenceNumber: 1, primaryTerm: 1 };
  return {
    newId: (_scope, _detector, { id }) => id,
    near: async () => [],
    between: async () => [],
    find: async () => undefined,
    goingOn: async () =>
      [...held.values()]
        .filter(({ incident: { state } }) => state === 'open')
        .map((each) => ({ ...each, revision })),
    figures: async (groups) =>
      groups.map(({ from }) => {
        const found = results.find((each) => Date.parse(each['@timestamp']) === from)!;
        const first = { id: found.source.id, result: found };
        const figures = { counts: { logs: 1, buckets: 0 }, detectors: [], score: 0.7, confidence: 0.9 };
        return { ...figures, first, last: first, leading: [first] };
      }),
    write: async (incidents) => {
      for (const each of incidents) held.set(each.incident.id, each);
      return true;
    },
  };
}

/** A run that has found a log of each of these minutes, and knows all up to `known`. */
async function toldBy(found: readonly AnomalyResult[], known: number, incidents: IncidentStore) {
  const told: string[] = [];
  const run = incidentsOfRun({
    ...{ incidents, detectorId: 'web', quiet: 30 * MINUTE, now: () => at(600) },
    announce: async (changed, over) => {
      told.push(...[...changed, ...over].map(({ incident: { id, state } }) => `${id} ${state}`));
    },
    warn: (message) => {
      throw new Error(message);
    },
  });
  await run.record(found, known);
  return { run, told };
}

test('a run that catches up tells no incident as opened that is over where it reads to', async () => {
  const results = [storedResult('old', at(60)), storedResult('late', at(590))];
  const incidents = storeOf(results);
  // Its patterns are judged up to the first hour only.
  const capped = await toldBy(results, at(60), incidents);
  await capped.run.finish(undefined, at(600));
  expect(capped.told).toEqual(['late open']);
  const behind = await toldBy([], at(60), incidents);
  await behind.run.finish(at(60), at(600));
  expect(behind.told).toEqual([]);
  // The end is told once by the run that knows it.
  const whole = await toldBy([], at(600), incidents);
  await whole.run.finish(at(600), at(600));
  expect(whole.told).toEqual(['old closed']);
});

test('an incident of a backfill is told neither then nor when it is over, until a run finds more of it', async () => {
  const incidents = incidentsInMemory();
  const runAt = (minute: number, told?: string[]) =>
    incidentsOfRun({
      ...{ incidents, detectorId: 'web', quiet: 30 * MINUTE, now: () => at(minute), warn: fail },
      ...(told === undefined
        ? { isUntold: true }
        : {
            announce: async (changed: readonly KeptIncident[], over: readonly KeptIncident[]) => {
              told.push(...[...changed, ...over].map(({ incident: { id, state } }) => `${id} ${state}`));
            },
          }),
    });
  const logs = [storedResult('quiet', at(0)), storedResult('goes_on', at(0), { entity: 'cart' })];
  incidents.results.push(...logs);
  const backfill = runAt(10);
  await backfill.record(logs, at(10));
  await backfill.finish(at(10), at(10));
  const told: string[] = [];
  const more = storedResult('more', at(20), { entity: 'cart' });
  incidents.results.push(more);
  const live = runAt(21, told);
  await live.record([more], at(21));
  await live.finish(at(21), at(21));
  expect(told).toEqual(['goes_on open']);
  const later = runAt(60, told);
  await later.record([], at(60));
  await later.finish(at(60), at(60));
  expect(told).toEqual(['goes_on open', 'goes_on closed']);
  expect(incidents.get('quiet').incident.state).toBe('closed');
});

function fail(message: string): void {
  throw new Error(message);
}
