import type { AuditEntry } from '../../../common/audit';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { ThresholdChange } from '../../../common/threshold';
import type { LogPage, LogSource } from '../ports';
import { runDetection, type RunWork } from './run_detection';

const NOW = Date.UTC(2026, 10, 21, 12);
const change = (kind: ThresholdChange['kind']): ThresholdChange => ({
  at: NOW - 60_000,
  threshold: 0.61234,
  reason: `because it is ${kind}`,
  kind,
});

/** A run over one page for each of `changes`. @returns what was done, in order */
async function run(changes: ThresholdChange[][], checkpointFails = false) {
  const steps: string[] = [];
  const entries: AuditEntry[] = [];
  let pending: readonly ThresholdChange[] = [];
  let page = 0;
  const work: RunWork = {
    fields: [],
    dirt: {},
    score: async () => {
      pending = changes[page++];
      return { results: [], summaries: [], logs: 1 };
    },
    threshold: () => 0.6,
    thresholdState: () => undefined,
    takeThresholdChanges: () => {
      const taken = pending;
      pending = [];
      return taken;
    },
  };
  const source: Pick<LogSource, 'read'> = {
    read: async function* (): AsyncGenerator<LogPage> {
      for (let place = 0; place < changes.length; place++) {
        yield { logs: [{ index: 'weblogs', id: String(place), document: {} }], position: place };
      }
    },
  };
  const detector = {
    source: { index: 'weblogs', timestamp_field: '@timestamp', ingested_field: 'event.ingested' },
    schedule: { query_delay: '1s' },
  };
  const outcome = runDetection({
    detectorId: 'web',
    snapshot: { version: '1', detector } as unknown as ModelSnapshot,
    source: source as LogSource,
    clock: { now: () => NOW, sleep: async () => undefined },
    runId: 'run',
    results: {
      write: async () => ({ created: 0, added: [], putAside: 0 }),
      search: async () => ({ total: 0, results: [] }),
    },
    checkpoints: {
      read: async () => undefined,
      write: async () => {
        if (checkpointFails) throw new Error('lost');
        steps.push('checkpoint');
      },
    },
    audit: {
      append: async (added) => {
        steps.push('record');
        entries.push(...added);
      },
    },
    startFrom: NOW - 600_000,
    upTo: NOW,
    work: () => work,
  });
  await outcome.catch(() => undefined);
  return { steps, entries };
}

it('puts incidents and limits on record, and no ordinary step', async () => {
  const { entries } = await run([
    [change('started'), change('moved'), change('frozen'), change('thawed'), change('limit')],
    [{ ...change('moved'), kind: undefined }],
  ]);
  expect(entries.map(({ reason }) => reason)).toEqual([
    'The threshold stands at 0.6123: because it is frozen.',
    'The threshold stands at 0.6123: because it is thawed.',
    'The threshold stands at 0.6123: because it is limit.',
  ]);
  expect(entries[0]).toEqual({
    detectorId: 'web',
    at: '2026-11-21T12:00:00.000Z',
    action: 'threshold_changed',
    reason: expect.any(String),
    details: { threshold: 0.61234, log_time: '2026-11-21T11:59:00.000Z' },
  });
});

it('does so once for each, before the checkpoint moves', async () => {
  const { steps } = await run([[change('frozen')], [], [change('thawed')]]);
  // A checkpoint for each page, and one for the end of the pass.
  expect(steps).toEqual(['record', 'checkpoint', 'checkpoint', 'record', 'checkpoint', 'checkpoint']);
  expect((await run([[change('frozen')]], true)).steps).toEqual(['record']);
});
