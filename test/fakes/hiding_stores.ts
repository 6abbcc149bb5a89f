import type { AnomalyResult } from '../../common/anomaly';
import type { AuditEntry } from '../../common/audit';
import { appliesTo, createMatcher, withFacts, type Suppression } from '../../common/suppressions';
import type { HidingStores } from '../../server/detection/feedback/suppress_stored_results';
import { hiddenResult } from '../../server/detection/feedback/suppress_new_results';
import type {
  AuditTrail,
  Feedback,
  FeedbackStore,
  ResultMarks,
  SuppressionStore,
} from '../../server/detection/ports';

type Source = { readonly index: string; readonly id: string };

/** Stored result with a message pattern and an entity, as a run of detector `web` writes it. */
export const storedResult = (
  id: string,
  time: number,
  change: Partial<AnomalyResult['anomaly']> = {},
): AnomalyResult => ({
  '@timestamp': new Date(time).toISOString(),
  event: { ingested: new Date(time).toISOString(), kind: 'alert' },
  detector: { id: 'web', name: 'Web' },
  model: { version: '1' },
  anomaly: {
    score: 0.7,
    confidence: 0.9,
    severity: 'major',
    threshold: 0.6,
    attribution: [],
    reason: '',
    entity: 'shop',
    pattern: 'payment failed',
    ...change,
  },
  source: { index: 'weblogs', id },
  run: { id: 'run' },
  result: { type: 'log' },
});

/** In-memory stores of results, verdicts, suppressions and audit entries. */
export interface InMemoryHiding extends HidingStores {
  readonly stored: Map<string, AnomalyResult>;
  readonly entries: AuditEntry[];
  /** Fails the next call of the method with this error. */
  failNext(method: 'hide' | 'show' | 'judge', error: Error): void;
}

const keyOf = (detectorId: string, { index, id }: Source): string => `${detectorId}/${index}/${id}`;

export function hidingStoresOf(results: readonly AnomalyResult[], now: number): InMemoryHiding {
  const stored = new Map(results.map((result) => [keyOf(result.detector.id, result.source), result]));
  const entries: AuditEntry[] = [];
  const failures = new Map<string, Error>();
  const fail = (method: string): void => {
    const error = failures.get(method);
    failures.delete(method);
    if (error !== undefined) throw error;
  };
  return {
    stored,
    entries,
    failNext: (method, error) => void failures.set(method, error),
    clock: { now: () => now },
    suppressions: suppressionStore(),
    feedback: feedbackStore(),
    audit: auditTrail(entries),
    results: resultMarks(stored, fail),
  };
}

function suppressionStore(): SuppressionStore {
  const kept = new Map<string, Suppression>();
  const list = async (detectorId?: string) =>
    [...kept.values()].filter((each) => detectorId === undefined || appliesTo(each, detectorId));
  return {
    list,
    find: async (id) => kept.get(id),
    save: async (suppression) => void kept.set(suppression.id, suppression),
    remove: async (id) => void kept.delete(id),
    forResults: async (detectorId) => ({ suppressions: await list(detectorId), unnoted: [] }),
    noteExpired: async () => undefined,
  };
}

function feedbackStore(): FeedbackStore {
  const kept = new Map<string, Feedback>();
  return {
    idOf: keyOf,
    find: async (detectorId, source) => kept.get(keyOf(detectorId, source)),
    save: async (feedback) => void kept.set(keyOf(feedback.detectorId, feedback.source), feedback),
    remove: async (detectorId, source) => void kept.delete(keyOf(detectorId, source)),
    list: async (detectorId) => [...kept.values()].filter((each) => each.detectorId === detectorId),
  };
}

const auditTrail = (entries: AuditEntry[]): AuditTrail => ({
  append: async (added) => void entries.push(...added),
  list: async (detectorId, { from = -Infinity, actions, size = 100 } = {}) => {
    const found = entries.filter(
      (entry) =>
        entry.detectorId === detectorId &&
        Date.parse(entry.at) >= from &&
        (actions === undefined || actions.includes(entry.action)),
    );
    return { total: found.length, entries: found.slice(-size).reverse() };
  },
});

function resultMarks(stored: Map<string, AnomalyResult>, fail: (method: string) => void): ResultMarks {
  const within = (suppression: Suppression, { from, to }: { from: number; to: number }) => {
    const hidingOf = createMatcher([suppression]);
    return [...stored].filter(([, result]) => {
      const time = Date.parse(result['@timestamp']);
      return time >= from && time < to && hidingOf(withFacts(result)).length > 0;
    });
  };
  return {
    find: async (detectorId, source) => {
      const id = keyOf(detectorId, source);
      const result = stored.get(id);
      return result && { id, result };
    },
    hide: async (suppression, range) => {
      fail('hide');
      const shown = within(suppression, range).filter(([, { result }]) => result.type === 'log');
      for (const [key, result] of shown) stored.set(key, hiddenResult(result, [suppression]));
      return shown.length;
    },
    show: async (id, others) => {
      fail('show');
      const hidden = [...stored].filter(([, { result }]) => result.suppressed_by?.includes(id));
      let shown = 0;
      for (const [key, result] of hidden) {
        const { suppressed_by: _by, suppressed_because: _because, ...state } = result.result;
        const bare: AnomalyResult = { ...result, result: { ...state, type: 'log' } };
        const still = createMatcher(others)(withFacts(bare));
        if (still.length === 0) shown++;
        stored.set(key, still.length === 0 ? bare : hiddenResult(bare, still));
      }
      return shown;
    },
    judge: async (detectorId, source, verdict) => {
      fail('judge');
      const key = keyOf(detectorId, source);
      const result = stored.get(key);
      if (result === undefined) return;
      const { verdict: _before, ...state } = result.result;
      stored.set(key, { ...result, result: { ...state, ...(verdict && { verdict }) } });
    },
    hiddenBy: async (ids) =>
      new Map(
        ids.map((id) => [
          id,
          [...stored.values()].filter(({ result }) => result.suppressed_by?.includes(id)).length,
        ]),
      ),
    replay: async (suppression, { from, to }) => {
      const shown = [...stored.values()].filter(({ result }) => result.type === 'log');
      const hidden = within(suppression, { from, to }).filter(([, { result }]) => result.type === 'log');
      const confirmed = hidden.filter(([, { result }]) => result.verdict === 'real');
      const counts = { before: shown.length, after: shown.length - hidden.length };
      return {
        from,
        to,
        results: counts,
        alerts: counts,
        daysWithLogs: 30,
        complete: true,
        days: [],
        confirmed: { total: confirmed.length, results: confirmed.map(([id, result]) => ({ id, result })) },
      };
    },
  };
}
