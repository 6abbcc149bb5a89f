import type { Incident } from '../../common/incidents';
import type { KeptIncident } from '../../server/detection/ports/incidents';

/** A critical incident of 7 logs of entity `checkout`, `i1`, that goes on. */
export function keptIncident(change: Partial<Incident> = {}, more: Partial<KeptIncident> = {}): KeptIncident {
  const start = '2026-01-05T10:00:00.000Z';
  const scope = { kind: 'entity', value: 'checkout' } as const;
  const incident: Incident = {
    id: 'i1',
    title: 'POST /charge of checkout',
    scope,
    entity: 'checkout',
    detectors: [{ id: 'd1', name: 'Web shop', results: 7 }],
    start,
    end: '2026-01-05T10:15:00.000Z',
    state: 'open',
    opened_at: start,
    closes_at: '2026-01-05T10:45:00.000Z',
    updated_at: start,
    counts: { logs: 7, buckets: 0 },
    score: 0.7,
    confidence: 0.97,
    severity: 'critical',
    reasons: [],
    patterns: [],
    routes: [],
    sources: [],
    counted: { patterns: 0, routes: 0, sources: 0 },
    comments: [],
    history: [{ at: start, action: 'opened' }],
    ...change,
  };
  const group = { from: 0, to: 0, quiet: 0, patterns: [], routes: [], sources: [], bucketDetectors: [] };
  return { incident, group: { scope, ...group }, opened: { results: 7, severity: 'critical' }, ...more };
}
