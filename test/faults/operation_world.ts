import { randomUUID } from 'node:crypto';
import { Client, HttpConnection } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints, Operation } from '../../common/api';
import { createSnapshotStore, resultsPattern } from '../../server/elasticsearch';
import { trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { thisMinute, webDetector, webLogs } from '../integration/fixtures/kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Person } from '../integration/fixtures/kibana_stand_in';
import { callWithFaults, FaultyConnection, faults, type FaultKind } from './faulty_connection';
import type { OperationOrder } from './operation_order';
import { shortenWaits } from './short_waits';

export const order = JSON.parse(process.env.OPERATION_ORDER as string) as OperationOrder;
shortenWaits();

const { url, username, password } = order.elasticsearch;
const options = { node: url, auth: { username, password }, compression: false };
/** Meets the faults. */
export const client = new Client({ ...options, maxRetries: 0, Connection: FaultyConnection });
/** Looks at what is stored. */
export const plain = new Client({ ...options, Connection: HttpConnection });

export const random = ((state: number) => () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
})(order.seed);

export const begin = thisMinute();
export const HOUR = 3_600_000;
export const MINUTE = 60_000;
export const index = `faulted-operations-${randomUUID().slice(0, 8)}`;
export const space = `ops-${randomUUID().slice(0, 8)}`;
const anyone: Person = { name: 'anyone', client, privileges: ['read', 'write'] };

/** Has what a Kibana asks of its own services meet the faults, too. */
function withFaults<Service extends object>(service: Service): Service {
  return new Proxy(service, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) =>
        callWithFaults(() => (value as (...all: unknown[]) => Promise<unknown>).apply(target, given));
    },
  });
}

function newKibana(): KibanaStandIn {
  const started = startKibanaStandIn({ plain: client });
  started.now = () => world.now;
  const { savedObjects, services, tasks } = started;
  const clientOf = savedObjects.client.bind(savedObjects);
  savedObjects.client = (...given) => withFaults(clientOf(...given));
  Object.assign(services.clock, { sleep: () => Promise.resolve() });
  Object.assign(services, {
    taskManager: withFaults(tasks),
    internalSavedObjects: withFaults(services.internalSavedObjects),
  });
  return started;
}

/** Kibana as it is now, and its clock. */
export const world = { now: begin + MINUTE } as { now: number; kibana: KibanaStandIn };
world.kibana = newKibana();

/** Saved objects and tasks outlive a Kibana; nothing else of it does. */
export function restartKibana(): void {
  const before = world.kibana;
  world.kibana = newKibana();
  for (const [id, object] of before.savedObjects.objects) world.kibana.savedObjects.objects.set(id, object);
  for (const [id, task] of before.tasks.scheduled) world.kibana.tasks.scheduled.set(id, task);
}

export async function call<Name extends Operation>(
  operation: Name,
  given: Parameters<KibanaStandIn['call']>[2],
): Promise<ApiResponse<Endpoints[Name]>> {
  const { status, body } = await world.kibana.call(anyone, operation, given, space);
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
  return body;
}

/** Runs a task, if it is there. The end of one whose Kibana was killed in it is not known to Task Manager. */
export async function runTask(id: string): Promise<void> {
  const { tasks } = world.kibana;
  const task = tasks.scheduled.get(id);
  if (task === undefined) return;
  await tasks.run(id);
  if (faults.isDead) tasks.scheduled.set(id, task);
}

export interface Subject {
  readonly name: string;
  /** At most so many faults: it is slow to make ready. */
  readonly most?: number;
  /** Faults to meet; absent: all. */
  readonly kinds?: readonly FaultKind[];
  /** Makes ready for one round. */
  prepare?(round: number): Promise<void>;
  /** Asked for and done; asked for again after a fault. */
  work(round: number): Promise<void>;
  /** @returns what is wrong after a fault, before anybody repeats it */
  between?(round: number): Promise<string[]>;
  /** @returns what is wrong once it was repeated without a fault */
  check(round: number): Promise<string[]>;
}

export const says = (isWrong: boolean, what: string): string[] => (isWrong ? [what] : []);

export const detectorOf = (scoring: 'job' | 'ingest') =>
  webDetector(index, {
    scoring,
    name: scoring,
    forest: { tree_count: 20 },
    training: { window: '2h', max_rows: 600 },
  });

export async function makeDetector(scoring: 'job' | 'ingest'): Promise<string> {
  const { id } = await call('createDetector', { body: { detector: detectorOf(scoring), start: false } });
  return id;
}

export async function train(id: string): Promise<void> {
  await call('trainDetector', { params: { id } });
  await runTask(trainingTaskId({ space, detectorId: id }));
}

export const models = () => createSnapshotStore(plain, { space });

export async function activeOf(id: string): Promise<string[]> {
  return (await models().list(id)).flatMap(({ status, version }) => (status === 'active' ? [version] : []));
}

export async function oneActive(id: string): Promise<string[]> {
  const active = await activeOf(id);
  return says(active.length !== 1, `${active.length} active models`);
}

export async function plainLogs(to: number): Promise<void> {
  const logs = webLogs({ from: to - HOUR, to }, undefined, `at-${to}`);
  await plain.bulk({
    refresh: true,
    operations: logs.flatMap(({ id, document }) => [{ index: { _index: index, _id: id } }, document]),
  });
}

export async function resultsOf(id: string): Promise<string[]> {
  await plain.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });
  const { hits } = await plain.search<{ source: { id: string } }>({
    index: resultsPattern(space),
    allow_no_indices: true,
    size: 10_000,
    query: { bool: { filter: [{ term: { 'detector.id': id } }, { term: { 'result.type': 'log' } }] } },
    _source: ['source.id'],
  });
  return hits.hits.map(({ _source }) => _source!.source.id).sort();
}
