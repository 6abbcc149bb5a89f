import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import type { AuditEntry } from '../../../common/audit';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { Suppression } from '../../../common/suppressions';
import type { LogPage, LogSource } from '../ports';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { runDetection, type RunWork } from '../scoring/run_detection';
import { createSuppressor } from './suppress_new_results';

const NOW = Date.UTC(2026, 10, 10);
const iso = (time: number): string => new Date(time).toISOString();

const resultOf = (id: string, entity: string): AnomalyResult =>
  storedResult(id, NOW - 60_000, { entity, pattern: undefined });
const suppression = (change: Partial<Suppression>): Suppression => ({
  id: 's',
  detector_ids: ['web'],
  name: 'Move',
  origin: 'mute',
  match: { entity: 'blog' },
  exclude_from_training: false,
  at: iso(NOW),
  ...change,
});

function suppressorOf(suppressions: Suppression[], unnoted: Suppression[] = []) {
  const asked: string[][] = [];
  const entries: AuditEntry[] = [];
  const noted: string[] = [];
  const suppress = createSuppressor({
    detectorId: 'web',
    clock: { now: () => NOW },
    suppressions: {
      forResults: async (_detector, sources) => {
        asked.push(sources.map(({ id }) => id));
        return { suppressions, unnoted };
      },
      noteExpired: async (expired) => void noted.push(...expired.map(({ id }) => id)),
    },
    audit: { append: async (added) => void entries.push(...added) },
  });
  return { suppress, asked, entries, noted };
}

/** A run over pages with these results. */
async function run(pages: AnomalyResult[][], suppress?: ReturnType<typeof suppressorOf>['suppress']) {
  const written: AnomalyResult[] = [];
  const announced: AnomalyResult[] = [];
  let page = 0;
  const work: RunWork = {
    fields: [],
    dirt: {},
    score: async () => ({ results: pages[page++], summaries: [] as BucketSummary[], logs: 10 }),
    threshold: () => 0.6,
    thresholdState: () => undefined,
  };
  const source: Pick<LogSource, 'read'> = {
    read: async function* (): AsyncGenerator<LogPage> {
      const ordinary = { index: 'weblogs', id: 'ordinary', document: {} };
      for (const results of pages) {
        const anomalous = results.map(({ source: log }) => ({ ...log, document: {} }));
        yield { logs: [...anomalous, ordinary], position: 0 };
      }
    },
  };
  const outcome = await runDetection({
    detectorId: 'web',
    snapshot: {
      version: '1',
      detector: {
        source: { index: 'weblogs', timestamp_field: '@timestamp', ingested_field: 'event.ingested' },
        schedule: { query_delay: '1s' },
      },
    } as unknown as ModelSnapshot,
    source: source as LogSource,
    clock: { now: () => NOW, sleep: async () => undefined },
    runId: 'run',
    results: {
      write: async (results) => {
        written.push(...results);
        return { created: results.length, added: [...results], putAside: 0 };
      },
      search: async () => ({ total: 0, results: [] }),
    },
    checkpoints: { read: async () => undefined, write: async () => 1 },
    startFrom: NOW - 600_000,
    upTo: NOW,
    announce: async (results) => void announced.push(...results),
    work: () => work,
    ...(suppress && { suppress }),
  });
  return { outcome, written, announced };
}

describe('a run', () => {
  it('stores what is hidden with its mark, neither announces nor counts it', async () => {
    const { suppress } = suppressorOf([
      suppression({}),
      suppression({ id: 't', match: undefined, expires_at: iso(NOW) }),
    ]);
    const { outcome, written, announced } = await run(
      [[resultOf('1', 'blog'), resultOf('2', 'shop')]],
      suppress,
    );
    expect(announced).toEqual([]);
    expect([outcome.anomalies, outcome.suppressed, outcome.created]).toEqual([0, 2, 0]);
    expect(written.map(({ source, result }) => [source.id, result])).toEqual([
      ['1', { type: 'suppressed', suppressed_by: ['s', 't'], suppressed_because: 'Muted: Move' }],
      ['2', { type: 'suppressed', suppressed_by: ['t'], suppressed_because: 'Muted: Move' }],
    ]);
  });

  it('lets everything else through', async () => {
    const { suppress } = suppressorOf([suppression({})]);
    const { outcome, written, announced } = await run(
      [[resultOf('1', 'blog'), resultOf('2', 'shop')]],
      suppress,
    );
    expect(announced.map(({ source }) => source.id)).toEqual(['2']);
    expect([outcome.anomalies, outcome.suppressed, outcome.created, written.length]).toEqual([1, 1, 1, 2]);
  });

  it('asks what hides results for pages with anomalies alone, once for each', async () => {
    const { suppress, asked } = suppressorOf([]);
    await run([[], [resultOf('1', 'blog')], [], [resultOf('2', 'shop'), resultOf('3', 'shop')]], suppress);
    expect(asked).toEqual([['1'], ['2', '3']]);
    const idle = suppressorOf([]);
    await run([], idle.suppress);
    await run([[], []], idle.suppress);
    expect(idle.asked).toEqual([]);
  });

  it('puts on record what has expired', async () => {
    const ended = suppression({ id: 'ended', detector_ids: [], expires_at: iso(NOW - 1) });
    const { suppress, entries, noted } = suppressorOf([ended], [ended]);
    await run([[resultOf('1', 'blog')]], suppress);
    expect(entries).toEqual([
      expect.objectContaining({
        detectorId: '*',
        action: 'suppression_expired',
        reason: '"Move" has ended.',
      }),
    ]);
    expect(entries[0]).not.toHaveProperty('by');
    expect(noted).toEqual(['ended']);
  });
});
