import { MINUTE } from '../../../common/duration';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { incidentsInMemory } from '../../../test/fakes/incidents_in_memory';
import type { ResultMarks } from '../ports';
import { createIncidentRecorder } from './record_incidents';
import { withRecounting } from './recount_marked';

const START = Date.UTC(2026, 0, 5);

test('a verdict that is taken back brings the result back into an incident of several detectors', async () => {
  const incidents = incidentsInMemory();
  const own = { ...storedResult('own', START), detector: { id: 'other', name: 'Other' } };
  const theirs = storedResult('theirs', START + MINUTE);
  incidents.results.push(own, theirs);
  const settings = { incidents, quiet: 30 * MINUTE, now: () => START + 2 * MINUTE };
  const recorder = createIncidentRecorder({ ...settings, detectorId: 'web' });
  await recorder.record([own, theirs], START + 2 * MINUTE);
  const judged = {
    judge: async (_detector: string, _source: object, verdict?: string) => {
      if (verdict === 'not_an_anomaly') incidents.results.splice(0, 1);
      else incidents.results.unshift(own);
    },
    find: async () => ({ id: 'own', result: own }),
  } as unknown as ResultMarks;
  const marks = withRecounting(judged, incidents, { now: settings.now });
  const note = { at: new Date(START).toISOString(), because: 'test' };
  const judge = (verdict: Parameters<ResultMarks['judge']>[2]): Promise<void> =>
    marks.judge('other', own.source, verdict, note);
  await judge('not_an_anomaly');
  expect(incidents.get('own').incident).toMatchObject({ counts: { logs: 1 }, detectors: [{ id: 'web' }] });
  await judge(undefined);
  expect(incidents.get('own').incident).toMatchObject({ counts: { logs: 2 } });
});
