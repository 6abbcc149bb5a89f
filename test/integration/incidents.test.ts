import type { AnomalyResult } from '../../common/anomaly';
import type { Suppression } from '../../common/suppressions';
import { INCIDENT_LIMITS, type Incident } from '../../common/incidents';
import {
  createIncidentRecorder,
  type IncidentRecorder,
} from '../../server/detection/incidents/record_incidents';
import { withRecounting } from '../../server/detection/incidents/recount_marked';
import { changeIncident } from '../../server/detection/incidents/change_incident';
import { createAuditTrail, createResultMarks, createResultStore, resultId } from '../../server/elasticsearch';
import {
  createIncidentStore,
  getIncident,
  listIncidents,
  queryOfIncident,
} from '../../server/elasticsearch/incidents';
import { keptIncident } from '../fakes/kept_incident';
import {
  administrator,
  anomalyResult,
  MINUTE,
  START,
  removeSpaces,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const client = administrator();
const spaces: string[] = [];
const clock = { now: () => START + 10 * MINUTE };

afterAll(async () => {
  await removeSpaces(client, spaces);
  await client.close();
});

const found = (
  id: string,
  minute: number,
  {
    entity = 'checkout',
    message = 'payment failed',
    client: address,
    ...change
  }: {
    entity?: string;
    message?: string;
    client?: string;
    confidence?: number;
    detector?: string;
  } = {},
): AnomalyResult => {
  const result = anomalyResult({
    id,
    time: START + minute * MINUTE,
    ...change,
    context: { message, ...(address !== undefined && { client: { ip: address } }) },
  });
  return { ...result, anomaly: { ...result.anomaly, entity } };
};

/** A space with nothing in it, and all that works on it. */
function world() {
  const space = uniqueName('space').toLowerCase();
  spaces.push(space);
  const results = createResultStore(client, { space, refreshResults: true });
  const incidents = createIncidentStore(client, { space });
  const recorder = (detectorId = 'web'): IncidentRecorder =>
    createIncidentRecorder({ incidents, detectorId, quiet: 30 * MINUTE, now: clock.now });
  const list = async (state: 'all' | 'active' = 'all'): Promise<Incident[]> => {
    const query = { state, sort: 'start', order: 'asc', page: 1, size: 1_000 } as const;
    return (await listIncidents(client, space, query)).incidents;
  };
  return {
    ...{ space, results, incidents, recorder, list },
    /** Does the work of one page of a run. */
    page: async (these: readonly AnomalyResult[], reached = START, detectorId = 'web') => {
      await results.write(these);
      await recorder(detectorId).record(these, reached);
    },
    marks: withRecounting(createResultMarks(client, { space }), incidents, clock),
    audit: createAuditTrail(client, { space }),
  };
}

/** A change of a pattern: its score is its confidence, and its own threshold .5. */
const changeAt = (minute: number, confidence: number): AnomalyResult => {
  const result = found('change', minute, { message: 'queue is full' });
  const change = { kind: 'new', pattern_id: 'p', count: 9, expected: 0, kql: '' } as const;
  const [start, end] = [minute, minute + 15].map((at) => new Date(START + at * MINUTE).toISOString());
  return {
    ...result,
    event: { ...result.event, ...{ start, end } },
    anomaly: { ...result.anomaly, score: confidence, confidence, pattern: 'queue is full', change },
  };
};

it('a critical log comes before a lesser change of a pattern with a higher score, and each is counted as what it is', async () => {
  const { page, list } = world();
  const critical = found('log', 5, { confidence: 0.99 });
  await page([{ ...critical, anomaly: { ...critical.anomaly, score: 0.62 } }, changeAt(0, 0.8)]);
  const [incident, ...others] = await list();
  expect(others).toEqual([]);
  expect(incident.counts).toEqual({ logs: 1, buckets: 0, changes: 1 });
  expect(incident.reasons.map(({ confidence }) => confidence)).toEqual([0.99, 0.8]);
});

it('a service that fails on several routes within minutes is one incident, also in several pages, and counts all of them', async () => {
  const { page, list } = world();
  const failing = (route: string, minute: number): AnomalyResult => {
    const result = found(route, minute, { message: `GET /api/${route} failed` });
    const comparison = { kind: 'status', value: '500', usual: '200', usual_share: 0.99 } as const;
    const field = 'http.response.status_code';
    const attribution = [{ feature: field, field, share: 1, actual: '500', typical: '200', comparison }];
    return { ...result, anomaly: { ...result.anomaly, attribution } };
  };
  const [search, suggest, late] = [failing('search', 0), failing('suggest', 0.2), failing('status', 12)];
  await page([search]);
  await page([suggest]);
  await page([search, suggest, late]);
  const incidents = await list();
  expect(incidents.map(({ counts }) => counts.logs)).toEqual([2, 1]);
  expect(incidents[0].title).toBe('Status 500: GET /api/search failed and 1 more of checkout');
});

const flood = (count: number, from = 0): AnomalyResult[] =>
  Array.from({ length: count }, (_, i) =>
    found(`flood-${i}`, from + i / 60, {
      message: `probe of ${'abcdefghijklmnopqrstuvwxyz'[i % 26]}path${'x'.repeat(i % 7)}`,
      client: '203.0.113.9',
      confidence: 0.8 + i / 1_000,
    }),
  );

it('makes one incident of a flood of one client, counted once however often it is read', async () => {
  const { page, list, space } = world();
  const results = [...flood(25), found('other', 1, { entity: 'search' })];
  for (let run = 0; run < 3; run++) await page([...results].sort(() => run - 1));
  const incidents = await list();
  expect(incidents.map(({ entity, counts }) => [entity, counts.logs])).toEqual([
    ['checkout', 25],
    ['search', 1],
  ]);
  const [one] = incidents;
  expect(one).toMatchObject({
    state: 'open',
    start: results[0]['@timestamp'],
    end: results[24]['@timestamp'],
    severity: 'minor',
    sources: [{ field: 'client.ip', value: '203.0.113.9' }],
    detectors: [{ id: 'web', name: 'Web', results: 25 }],
    first_line: { line: results[0].message, result_id: resultId('web', results[0].source) },
    last_line: { line: results[24].message },
  });
  expect(one.title).toMatch(/(^|: )203\.0\.113\.9, \d+ patterns of checkout$/);
  expect(one.reasons).toHaveLength(INCIDENT_LIMITS.reasons);
  expect(one.history.map(({ action }) => action)).toEqual(['opened']);
  const { timeline, hidden } = await getIncident(client, space, one.id, 10);
  expect(timeline.buckets.reduce((sum, bucket) => sum + bucket.results, 0)).toBe(25);
  expect(hidden).toBe(0);
});

it('counts a log once that several detectors have found, and logs of the same id in different indices apart', async () => {
  const { page, list } = world();
  const attack = Array.from({ length: 12 }, (_, i) => found(`attack-${i}`, i));
  await page(attack);
  expect((await list()).map(({ counts }) => counts)).toEqual([{ logs: 12, buckets: 0 }]);
  // One of them that a second detector alone has found, and one of another index.
  const more = [...attack, found('attack-12', 12)].map((result): AnomalyResult => ({
    ...result,
    detector: { id: 'second', name: 'Second' },
  }));
  await page(more, START, 'second');
  await page([{ ...more[3], source: { ...more[3].source, index: 'weblogs-2' } }], START, 'second');
  const [incident, ...others] = await list();
  expect(others).toEqual([]);
  expect(incident.counts).toEqual({ logs: 14, buckets: 0 });
  expect(incident.detectors.map(({ id, results }) => [id, results])).toEqual([
    ['second', 14],
    ['web', 12],
  ]);
});

it('comes to the same after a death between results and incidents, and with two runners at once', async () => {
  const one = world();
  await one.results.write(flood(40)); // and died
  expect(await one.list()).toEqual([]);
  await one.page(flood(40));
  const [first] = await one.list();
  expect(first.counts).toEqual({ logs: 40, buckets: 0 });

  const two = world();
  await Promise.all([two.page(flood(40)), two.page(flood(40)), two.page(flood(20))]);
  const [second, ...more] = await two.list();
  expect(more).toEqual([]);
  expect([second.id, second.counts]).toEqual([first.id, first.counts]);
});

it('is extended by late logs on both sides, and two that a late log ties together become one', async () => {
  const { page, list, incidents } = world();
  await page([found('b', 0)]);
  await page([found('c', 20)]);
  await page([found('a', -25)]);
  expect((await list()).map(({ start, end, counts }) => [start, end, counts.logs])).toEqual([
    [found('a', -25)['@timestamp'], found('c', 20)['@timestamp'], 3],
  ]);
  await page([found('e', 70)]);
  const [older, younger] = await list();
  expect([older.counts.logs, younger.counts.logs]).toEqual([3, 1]);
  const stores = { incidents, audit: world().audit, clock };
  await changeIncident(stores, younger.id, { state: 'acknowledged', comment: 'mine', assignee: 'olga' }, {});
  await page([found('d', 45)]);
  const [joined, ...others] = await list();
  expect(others).toEqual([]);
  expect(joined).toMatchObject({
    id: older.id,
    counts: { logs: 5 },
    assignee: 'olga',
    comments: [{ text: 'mine' }],
  });
  expect((await incidents.find(younger.id))?.incident).toMatchObject({
    state: 'merged',
    merged_into: older.id,
  });
  await expect(changeIncident(stores, younger.id, { state: 'open' }, {})).rejects.toMatchObject({
    code: 'conflict',
    details: { merged_into: older.id },
  });
});

it('closes what is quiet, and opens it again when it goes on', async () => {
  const { page, list, recorder } = world();
  const minutes = (count: number): number => START + count * MINUTE;
  await page([found('a', 0)], minutes(1));
  const run = recorder();
  expect(await run.due(minutes(29))).toEqual([]);
  await run.close(await run.due(minutes(31)), minutes(31));
  expect((await list())[0]).toMatchObject({ state: 'closed', closed_because: 'quiet' });
  expect(await run.due(minutes(31))).toEqual([]);
  await page([found('b', 25)], minutes(40));
  const [again] = await list();
  expect(again).toMatchObject({ state: 'open', counts: { logs: 2 } });
  expect(again.history.map(({ action }) => action)).toEqual(['opened', 'closed', 'reopened']);
  // One of the past is over from the start.
  await page([found('old', -600)], minutes(40));
  expect((await list())[0]).toMatchObject({ state: 'closed', counts: { logs: 1 } });
});

it('loses what people hide or call normal, and is closed when nothing is left', async () => {
  const { page, list, marks, space } = world();
  await page([found('a', 0), found('b', 1)]);
  const note = { at: new Date(START).toISOString(), because: 'test' };
  await marks.judge('web', { index: 'weblogs', id: 'a' }, 'not_an_anomaly', note);
  expect((await list())[0]).toMatchObject({
    state: 'open',
    counts: { logs: 1 },
    start: found('b', 1)['@timestamp'],
  });
  const hide: Suppression = {
    id: 'hides-b',
    origin: 'mute',
    name: 'Work',
    detector_ids: [],
    match: { source: { index: 'weblogs', id: 'b' } },
    exclude_from_training: false,
    at: note.at,
  };
  await marks.hide(hide, { from: 0, to: START + 60 * MINUTE }, note);
  const [closed] = await list();
  expect(closed).toMatchObject({ state: 'closed', closed_because: 'no_results', counts: { logs: 0 } });
  expect((await getIncident(client, space, closed.id, 10)).hidden).toBe(2);
  await marks.show('hides-b', [], note);
  expect((await list())[0]).toMatchObject({ state: 'open', counts: { logs: 1 } });
});

it('loses results that are withdrawn when their logs are read again', async () => {
  const { page, results, recorder, list } = world();
  await page([found('a', 0), found('b', 1)]);
  await results.revise?.({
    detectorId: 'web',
    runId: 'run-2',
    at: START,
    logs: [{ index: 'weblogs', id: 'b', time: START + MINUTE }],
    results: [],
    summaries: [],
  });
  await recorder().record([], START, { from: START + MINUTE, to: START + MINUTE });
  expect((await list())[0]).toMatchObject({ counts: { logs: 1 }, end: found('a', 0)['@timestamp'] });
});

it('puts what is beyond the limit into one incident, each result in exactly one', async () => {
  const { page, list, space } = world();
  const many = Array.from({ length: INCIDENT_LIMITS.open + 15 }, (_, i) =>
    found(`log-${i}`, i / 60, { entity: `service-${i}`, confidence: 0.6 + i / 1_000 }),
  );
  for (let run = 0; run < 2; run++) await page(many);
  const incidents = await list();
  expect(incidents).toHaveLength(INCIDENT_LIMITS.open + 1);
  const others = incidents.find(({ scope }) => scope.kind === 'others');
  expect(others).toMatchObject({ title: 'Many other anomalies of Web', counts: { logs: 15 } });
  expect(incidents.reduce((sum, { counts }) => sum + counts.logs, 0)).toBe(many.length);
  const answer = await client.search({
    index: `log-anomalies-results.${space}.*`,
    query: await queryOfIncident(client, space, others!.id),
  });
  expect(answer.hits.hits).toHaveLength(10);
  const { incidents: holding } = await listIncidents(client, space, {
    ...{ state: 'all', sort: 'start', order: 'asc', page: 1, size: 10 },
    result_id: resultId('web', many[0].source),
  });
  expect(holding.map(({ id }) => id)).toEqual([others!.id]);
});

it('grows by orders and in severity, and shows hostile text without what it hides', async () => {
  const { page, list } = world();
  const message = 'payment failed \u202egnp.exe \u0007<script>alert(1)</script>';
  await page([found('a', 0, { message, confidence: 0.6 })]);
  await page(
    Array.from({ length: 12 }, (_, i) => found(`b-${i}`, 1, { message, confidence: i === 3 ? 0.99 : 0.6 })),
  );
  const [incident] = await list();
  expect(incident).toMatchObject({ severity: 'critical', counts: { logs: 13 } });
  expect(incident.history.map(({ action, from, to }) => [action, from, to])).toEqual([
    ['opened', undefined, undefined],
    ['severity_changed', 'warning', 'critical'],
    ['grew', '1', '13'],
  ]);
  // eslint-disable-next-line no-control-regex
  expect(JSON.stringify(incident)).not.toMatch(/[\u202e\u0007]/);
  expect(incident.first_line?.line).toContain('<script>');
});

it('gives the incidents of a time page by page, also where many end at once', async () => {
  const { incidents } = world();
  const ids = Array.from({ length: 450 }, (_, place) => `incident-${place}`);
  await incidents.write(
    ids.map((id, place) => {
      const end = new Date(START + (place < 300 ? 0 : place) * MINUTE).toISOString();
      const kept = keptIncident({ id, end });
      return { ...kept, group: { ...kept.group, from: START, to: START } };
    }),
  );
  const read: string[] = [];
  let after: Awaited<ReturnType<typeof incidents.between>> = [];
  for (let page = 0; page < 3; page++) {
    const found = await incidents.between({ from: START, to: START }, { after });
    read.push(...found.map(({ incident }) => incident.id));
    after = [...after, ...found].filter(
      ({ incident }) => incident.end === found[found.length - 1].incident.end,
    );
  }
  expect(read.sort()).toEqual(ids.sort());
});

it('keeps every change when several people work on one at once, and puts it on record', async () => {
  const { page, list, incidents, audit } = world();
  await page([found('a', 0)]);
  const [{ id }] = await list();
  await Promise.all(
    ['olga', 'pia', 'sam'].map((by) =>
      changeIncident({ incidents, audit, clock }, id, { comment: by }, { by }),
    ),
  );
  await changeIncident({ incidents, audit, clock }, id, { state: 'closed' }, { by: 'olga' });
  const [incident] = await list();
  expect(incident.comments.map(({ text }) => text).sort()).toEqual(['olga', 'pia', 'sam']);
  expect(incident).toMatchObject({ state: 'closed', closed_because: 'person' });
  const { entries } = await audit.list('web', { actions: ['incident_changed'] });
  expect(entries).toHaveLength(4);
  expect(entries[0]).toMatchObject({ by: 'olga', from: 'open', to: 'closed' });
});

it('holds what logs with halves of characters and odd hosts are of', async () => {
  const { page, list } = world();
  // The pattern ends between the two halves of a character.
  const message = `wo ${'word '.repeat(102).slice(0, 508)}\ud83d\ude00 tail`;
  const ofHost = (id: string, name: string | boolean): AnomalyResult => {
    const result = found(id, 0);
    return { ...result, host: { name }, anomaly: { ...result.anomaly, entity: undefined } };
  };
  const hosts = ['h'.repeat(300), `${'i'.repeat(255)}\ud83d\ude00`, 'j'.repeat(1_500), '', true];
  await page([found('a', 0, { message }), ...hosts.map((name, place) => ofHost(`h-${place}`, name))]);
  expect(message.charCodeAt(511)).toBe(0xd83d);
  expect((await list()).map(({ scope, counts }) => [scope.kind, scope.value[0], counts.logs]).sort()).toEqual(
    [
      ['detector', 'w', 2],
      ['entity', 'c', 1],
      ['host', 'h', 1],
      ['host', 'i', 1],
      ['host', 't', 1],
    ],
  );
});

it('lists no more of an incident than it shows, and takes no text that has no end or hides some', async () => {
  const { page, list, incidents, audit, space } = world();
  await page(
    Array.from({ length: 200 }, (_, place) => {
      const letters = [...String(place)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
      return found(`a-${place}`, 0, { client: '203.0.113.9', message: `${letters} ${'word '.repeat(90)}` });
    }),
  );
  const read = jest.spyOn(client, 'search');
  const [{ id }] = await list();
  const answer = (await read.mock.results[0].value) as object;
  const result = resultId('web', { index: 'weblogs', id: 'a-7' });
  const query = { state: 'all', sort: 'start', order: 'asc', page: 1, size: 1, result_id: result } as const;
  expect((await listIncidents(client, space, query)).incidents.map((each) => each.id)).toEqual([id]);
  read.mockRestore();
  expect(JSON.stringify(answer).length).toBeLessThan(20_000);
  const hidden = { comment: 'Looking\r\nat it \u202eevig', assignee: 'ol\u200bga\ud83d' };
  expect(await changeIncident({ incidents, audit, clock }, id, hidden, { by: 'pia' })).toMatchObject({
    comments: [{ by: 'pia', text: 'Looking\nat it \ufffdevig' }],
    assignee: 'ol\ufffdga\ufffd',
  });
  for (const change of [{ comment: 'c'.repeat(2_001) }, { assignee: 'a'.repeat(257) }]) {
    await expect(changeIncident({ incidents, audit, clock }, id, change, {})).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/^The (comment|assignee) has .* at most/),
    });
  }
});

it('is one for several detectors of one entity', async () => {
  const { page, list } = world();
  await page([found('a', 0)]);
  await page([found('a', 1, { detector: 'other' })], START, 'other');
  expect((await list()).map(({ detectors }) => detectors.map(({ id }) => id).sort())).toEqual([
    ['other', 'web'],
  ]);
});
