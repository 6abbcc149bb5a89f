import type { Incident, IncidentStep } from '../../../common/incidents';
import { incidentParamsSchema } from '../../../common/rules';
import { memoryOf, newlyDue, placesOf, stateAfter } from './incident_alerts';
import { incidentAlert, recoveredIncidentContext } from './incident_context';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 1, 12);
const iso = (time: number): string => new Date(time).toISOString();
const HOSTILE = 'a\u001b[31m\u202e\u200b\r\n\ud800 https://evil.example/x mailto:a@evil.example';

function incidentOf(change: Partial<Incident> = {}, text = 'checkout'): Incident {
  const start = iso(NOW - 20 * MINUTE);
  return {
    id: 'i1',
    title: `POST /charge of ${text}`,
    scope: { kind: 'entity', value: text },
    entity: text,
    detectors: [{ id: 'd1', name: text, results: 7 }],
    start,
    end: iso(NOW - 5 * MINUTE),
    state: 'open',
    opened_at: start,
    closes_at: iso(NOW + 25 * MINUTE),
    updated_at: iso(NOW - 5 * MINUTE),
    counts: { logs: 6, buckets: 1 },
    score: 0.7,
    confidence: 0.97,
    severity: 'critical',
    reasons: [
      {
        result_id: 'r',
        time: start,
        score: 0.7,
        confidence: 0.97,
        severity: 'critical',
        reason: text,
        attribution: [],
      },
    ],
    first_line: { result_id: 'r', time: start, line: text },
    last_line: { result_id: 's', time: start, line: text },
    patterns: [],
    routes: [],
    sources: [],
    counted: { patterns: 1, routes: 1, sources: 1 },
    comments: [],
    history: [{ at: start, action: 'opened' }],
    ...change,
  };
}
const closed = (at: number, step: Partial<IncidentStep> = {}): Partial<Incident> => ({
  state: 'closed',
  closed_because: step.by === undefined ? 'quiet' : 'person',
  history: [
    { at: iso(at - MINUTE), action: 'opened' },
    { at: iso(at), action: 'closed', ...step },
    { at: iso(at + MINUTE), action: 'commented', by: 'olga' },
  ],
});
const params = incidentParamsSchema.parse({});
const memory = (state: Record<string, unknown> = {}) =>
  memoryOf({ seen_to: NOW - MINUTE, conditions: 'c', ...state }, 'c', NOW);
const due = (incidents: Incident[], given = params, state = memory()): string[] =>
  newlyDue(incidents, given, state).map(({ id }) => id);

describe('incidents that begin to alert', () => {
  it('go on, last long enough and have no alert', () => {
    expect(due([incidentOf(), incidentOf({ id: 'i2', state: 'acknowledged' })])).toEqual(['i1', 'i2']);
    expect(due([incidentOf()], { ...params, min_duration: '15m' })).toEqual(['i1']);
    expect(due([incidentOf()], { ...params, min_duration: '16m' })).toEqual([]);
    expect(due([incidentOf()], params, memory({ active: { i1: NOW - MINUTE } }))).toEqual([]);
  });

  it('are told when they were over before a check could see them, once', () => {
    const missed = incidentOf(closed(NOW - MINUTE / 2));
    expect(due([missed])).toEqual(['i1']);
    expect(due([missed], params, memoryOf({}, 'c', NOW))).toEqual([]);
    expect(due([incidentOf(closed(NOW - 2 * MINUTE - 1))])).toEqual([]);
    // Its alert was over at a check after it was closed.
    expect(due([missed], params, memory({ over: { i1: NOW - MINUTE / 4 } }))).toEqual([]);
    expect(due([incidentOf(closed(NOW - MINUTE / 2, { by: 'olga' }))])).toEqual([]);
  });

  it('are counted by the places that they are in', () => {
    const elsewhere = incidentOf({ scope: { kind: 'host', value: 'checkout' } });
    expect(placesOf([incidentOf(), incidentOf({ id: 'i2' }), elsewhere])).toBe(2);
  });
});

describe('the memory of a rule', () => {
  it('keeps what goes on and what was over lately', () => {
    const first = stateAfter(memoryOf({}, 'c', NOW), 'c', { active: ['a', 'b'], ended: [] }, NOW);
    const second = stateAfter(
      memoryOf(first, 'c', NOW + MINUTE),
      'c',
      { active: ['b'], ended: [] },
      NOW + MINUTE,
    );
    expect(second).toEqual({
      seen_to: NOW + MINUTE,
      conditions: 'c',
      active: { b: NOW + MINUTE },
      over: { a: NOW + MINUTE },
    });
    const later = NOW + 90 * MINUTE;
    const third = stateAfter(memoryOf(second, 'c', later), 'c', { active: ['b'], ended: [] }, later);
    expect(third.over).toEqual({});
    // It was closed while the check ran.
    const late = incidentOf({ id: 'b', ...closed(NOW + 2 * MINUTE) });
    const fourth = stateAfter(
      memoryOf(second, 'c', NOW + MINUTE),
      'c',
      { active: [], ended: [late] },
      NOW + MINUTE,
    );
    expect(due([late], params, memoryOf(fourth, 'c', NOW + 3 * MINUTE))).toEqual([]);
  });

  it('begins anew with other conditions, and reads no odd state', () => {
    const state = stateAfter(memoryOf({}, 'c', NOW), 'c', { active: ['a'], ended: [] }, NOW);
    expect([...memoryOf(state, 'other', NOW).active]).toEqual([]);
    expect(memoryOf({ seen_to: NOW + 1, active: 'x', over: { a: 'y' } }, 'c', NOW)).toEqual({
      active: new Map(),
      over: new Map(),
    });
  });
});

describe('the variables of an incident', () => {
  const base = { publicBaseUrl: 'https://kibana.test', space: 'ops', kibanaVersion: '8.12.2' };
  it('say what, where, since when and how bad, with a link to its page', () => {
    const { context, payload } = incidentAlert(incidentOf(), base);
    expect(context).toMatchObject({
      message: 'POST /charge of checkout, since 2026-11-01 11:40:00 UTC: critical, 6 logs and 1 bucket',
      incident_id: 'i1',
      severity: 'critical',
      entity: 'checkout',
      count: 7,
      duration: '15m',
      reason: 'checkout',
      link: 'https://kibana.test/s/ops/app/logAnomalies/incidents/i1',
      detector_id: 'd1',
    });
    expect(payload['kibana.alert.url']).toBe(context.link);
    expect(payload.log_anomalies.incident).toEqual({
      id: 'i1',
      title: 'POST /charge of checkout',
      start: '2026-11-01T11:40:00.000Z',
    });
  });

  it.each<[string, Incident | undefined, string]>([
    ['quiet', incidentOf(closed(NOW)), 'nothing came for the quiet time'],
    ['a person', incidentOf(closed(NOW, { by: 'olga' })), 'olga closed it'],
    [
      'another incident',
      incidentOf({ state: 'merged', merged_into: 'i0' }),
      'it is a part of an older incident',
    ],
    ['its deletion', undefined, 'it is not stored any more'],
  ])('say that it is over by %s', (_by, incident, reason) => {
    const context = recoveredIncidentContext('i1', incident, base);
    expect(context).toMatchObject({ recovery_reason: reason, incident_id: 'i1' });
    expect(context.link).toBe(
      `https://kibana.test/s/ops/app/logAnomalies/incidents/${incident?.merged_into ?? 'i1'}`,
    );
  });

  it('give no confidence of the next severity', () => {
    const { context } = incidentAlert(incidentOf({ confidence: 0.749_96, severity: 'warning' }), base);
    expect(context).toMatchObject({ confidence: 0.7499, severity: 'warning' });
  });

  it('hold nothing that turns text around, and no links in sentences', () => {
    const hostile = incidentOf({ assignee: HOSTILE }, HOSTILE);
    for (const context of [
      incidentAlert(hostile, base).context,
      recoveredIncidentContext('i1', hostile, base),
    ]) {
      const texts = JSON.stringify({ ...context, link: '', detector_link: '' });
      expect(texts).toContain('evil');
      expect(texts).not.toMatch(/[\p{Cc}\p{Cs}\u202e\u200b]|\\u001b|\\u202e|\\u200b|\\ud800|\\[rn]/u);
      const { message, title, reason, first_line: first } = context as Record<string, string>;
      for (const text of [message, title, reason, first])
        expect(text).not.toMatch(/https?:\/\/|evil\.example/);
    }
  });
});
