import type { AuditEntry } from '../../common/audit';
import { DetectionError } from '../../common/detection_error';
import { detectorSchema, type Detector } from '../../common/detector';
import type { ModelSnapshot } from '../../common/model_snapshot';
import type { AuditQuery, ModelRecord } from '../../server/detection/ports';
import type { Services } from '../../server/kibana/contracts/services';
import type { TaskInstance, TaskToSchedule } from '../../server/kibana/contracts/task_contracts';
import type { DetectorJob } from '../../server/kibana/records/detector_job';
import { logSource } from './run_stores';

const DETECTOR_ID = 'shop';

/** A detector of one number, as it is saved. */
export const savedDetector = (change: object = {}): Detector =>
  detectorSchema.parse({
    name: 'shop',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
    forest: { tree_count: 10 },
    schedule: { query_delay: '1s' },
    ...change,
  });

/** A model as its store lists it. */
export const modelRecord = (version: string, change: Partial<ModelRecord> = {}): ModelRecord => ({
  version,
  detectorId: DETECTOR_ID,
  status: 'candidate',
  createdAt: new Date(0).toISOString(),
  threshold: 0.6,
  rows: 300,
  sha256: version,
  ...change,
});

interface Given {
  readonly now: number;
  readonly detector: Detector;
  readonly records?: readonly ModelRecord[];
  /** By version; a model that is not among these cannot be loaded. */
  readonly snapshots?: ReadonlyMap<string, ModelSnapshot>;
  readonly logs?: readonly { readonly time: number; readonly duration: number }[];
}

/**
 * Everything that the work on models of one detector needs, in memory. `failing` names calls that fail the next time, such
 * as `audit` or `write candidate`.
 */
export function modelWork({ now, detector, records: given = [], snapshots = new Map(), logs = [] }: Given) {
  const records = [...given];
  const promotions = given.flatMap(({ version, status }) =>
    status === 'candidate' ? [] : [{ version, isBack: false }],
  );
  const parts = new Map<string, unknown>();
  const entries: AuditEntry[] = [];
  const tasks = new Map<string, TaskToSchedule & { status?: string }>();
  const failing = new Set<string>();
  const warnings: string[] = [];
  const clock = { at: now, now: () => clock.at, sleep: () => Promise.resolve() };
  const mayFail = (call: string): void => {
    if (!failing.delete(call)) return;
    throw new DetectionError('unavailable', `${call}: Elasticsearch does not answer`);
  };
  const active = (): ModelRecord | undefined => records.find(({ status }) => status === 'active');
  const place = (version: string): number => records.findIndex((record) => record.version === version);
  const models = {
    active: async () => active(),
    list: async () => [...records],
    record: async (_id: string, version: string) => {
      const found = records[place(version)] as ModelRecord | undefined;
      if (found === undefined) throw new DetectionError('not_found', `There is no model ${version}.`);
      return found;
    },
    promote: async (_id: string, version: string, _note?: string, { isBack = false } = {}) => {
      mayFail('promote');
      const previous = active()?.version;
      if (previous === version) return { previous };
      if (previous !== undefined) {
        records[place(previous)] = { ...records[place(previous)], status: 'retired' };
      }
      const promotedAt = new Date(clock.at).toISOString();
      promotions.push({ version, isBack });
      records[place(version)] = {
        ...records[place(version)],
        status: 'active',
        promotedAt,
        promotions: [...promotions],
      };
      return { previous };
    },
    keepGate: async () => undefined,
    save: async (_id: string, version: string) => {
      records.push(modelRecord(version));
    },
  } as unknown as DetectorJob['models'];
  const source = logSource(
    logs.map(({ time, duration }) => ({
      index: 'logs',
      id: String(time),
      document: { '@timestamp': time, duration },
    })),
  );
  const status: DetectorJob['status'] = {
    read: async () => new Map(),
    readPart: async (_id, part) => parts.get(part) as never,
    writePart: async (_id, part, value) => {
      mayFail(`write ${part}`);
      if (value === undefined) parts.delete(part);
      else parts.set(part, value);
    },
    claimPart: async (id, part, value, isFree) => {
      if (isFree(parts.get(part) as never)) await status.writePart(id, part, value);
    },
    readUpkeep: async () => ({
      candidate: parts.get('candidate') as never,
      watch: parts.get('watch') as never,
      drift: parts.get('drift') as never,
    }),
  };
  const job = {
    target: { space: 'default', detectorId: DETECTOR_ID },
    stored: { id: DETECTOR_ID, detector, enabled: true, modelReads: ['logs', '@timestamp', 'duration'] },
    status,
    models,
    source,
    sourceOf: () => source,
    audit: {
      append: async (added: readonly AuditEntry[]) => {
        mayFail('audit');
        entries.push(...added);
      },
      list: async (_id: string, { from = 0 }: AuditQuery = {}) => {
        const found = entries.filter(({ at }) => Date.parse(at) >= from);
        return { total: found.length, entries: found };
      },
    },
    feedback: { list: async () => [] },
    checkpoints: { read: async () => undefined },
    results: { search: async () => ({ total: 0, results: [] }) },
    drift: { write: async () => undefined, list: async () => [] },
    suppressions: { list: async () => [] },
    annotations: { list: async () => [], during: async () => [] },
    client: { search: async () => ({ hits: { total: 0, hits: [] } }), count: async () => ({ count: 0 }) },
  } as unknown as DetectorJob;
  const services = {
    clock,
    log: {
      warn: (text: string) => warnings.push(text),
      info: () => undefined,
      debug: () => undefined,
      error: (text: string) => warnings.push(text),
    },
    models: {
      load: async (_models: unknown, _id: string, wanted: string | ModelRecord) => {
        const version = typeof wanted === 'string' ? wanted : wanted.version;
        const found = snapshots.get(version);
        if (found === undefined) throw new DetectionError('not_found', `There is no model ${version}.`);
        return found;
      },
    },
    taskManager: {
      get: async (id: string): Promise<TaskInstance> => {
        const task = tasks.get(id);
        if (task === undefined) throw new Error('There is no such task');
        return { ...task, status: task.status ?? 'idle' };
      },
      ensureScheduled: async (task: TaskToSchedule) => {
        tasks.set(task.id, task);
        return task;
      },
      removeIfExists: async (id: string) => {
        tasks.delete(id);
      },
      runSoon: async () => undefined,
    },
  } as unknown as Services;
  return { job, services, clock, records, parts, entries, tasks, failing, warnings };
}
