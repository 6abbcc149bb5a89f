import type { LogDocument } from '../../../common/log_document';
import { filled, type Draws } from './draws';
import type { TrafficKind } from './labelled_traffic';

/*
 * Workers of message queues: one line for each task that ended, with the queue, the type of the task, who had sent it, how long it
 * waited and ran, how large it was and how it ended. From two milliseconds for a counter to ten minutes for a film.
 */

interface Task {
  readonly queue: string;
  readonly type: string;
  readonly weight: number;
  readonly runSeconds: number;
  readonly waitSeconds: number;
  readonly bytes: number;
  readonly producers: readonly string[];
  readonly pools: readonly string[];
  /** Everyday ends other than done, and their share. */
  readonly ends?: readonly [End, number][];
  readonly isNew?: boolean;
}
type End = 'done' | 'retry' | 'rejected' | 'failed' | 'expired';

const TASKS: readonly Task[] = [
  {
    queue: 'counters',
    type: 'page_view',
    weight: 260,
    runSeconds: 0.002,
    waitSeconds: 0.05,
    bytes: 320,
    producers: ['site', 'app'],
    pools: ['small'],
  },
  {
    queue: 'counters',
    type: 'click',
    weight: 140,
    runSeconds: 0.002,
    waitSeconds: 0.05,
    bytes: 410,
    producers: ['site', 'app'],
    pools: ['small'],
  },
  {
    queue: 'mail',
    type: 'receipt',
    weight: 40,
    runSeconds: 0.4,
    waitSeconds: 0.6,
    bytes: 9_000,
    producers: ['orders'],
    pools: ['small', 'net'],
    ends: [
      ['retry', 0.02],
      ['rejected', 0.006],
    ],
  },
  {
    queue: 'mail',
    type: 'newsletter',
    weight: 70,
    runSeconds: 0.5,
    waitSeconds: 90,
    bytes: 26_000,
    producers: ['campaigns'],
    pools: ['net'],
    ends: [
      ['retry', 0.05],
      ['rejected', 0.02],
    ],
  },
  {
    queue: 'media',
    type: 'thumbnail',
    weight: 60,
    runSeconds: 1.6,
    waitSeconds: 2,
    bytes: 2_400_000,
    producers: ['uploads'],
    pools: ['big'],
    ends: [['rejected', 0.015]],
  },
  {
    queue: 'media',
    type: 'film',
    weight: 3,
    runSeconds: 600,
    waitSeconds: 240,
    bytes: 900_000_000,
    producers: ['uploads'],
    pools: ['big'],
    ends: [
      ['rejected', 0.03],
      ['retry', 0.02],
    ],
  },
  {
    queue: 'search',
    type: 'index_item',
    weight: 90,
    runSeconds: 0.06,
    waitSeconds: 1.5,
    bytes: 5_500,
    producers: ['catalogue', 'orders'],
    pools: ['small'],
    ends: [['retry', 0.01]],
  },
  {
    queue: 'search',
    type: 'rebuild',
    weight: 0.6,
    runSeconds: 260,
    waitSeconds: 20,
    bytes: 1_200,
    producers: ['scheduler'],
    pools: ['big'],
  },
  {
    queue: 'billing',
    type: 'invoice',
    weight: 18,
    runSeconds: 2.2,
    waitSeconds: 5,
    bytes: 14_000,
    producers: ['orders', 'scheduler'],
    pools: ['safe'],
    ends: [['retry', 0.01]],
  },
  {
    queue: 'billing',
    type: 'refund',
    weight: 2,
    runSeconds: 1.4,
    waitSeconds: 3,
    bytes: 2_100,
    producers: ['support'],
    pools: ['safe'],
    ends: [['rejected', 0.05]],
  },
  {
    queue: 'webhooks',
    type: 'deliver',
    weight: 50,
    runSeconds: 0.3,
    waitSeconds: 0.9,
    bytes: 3_600,
    producers: ['orders', 'catalogue'],
    pools: ['net'],
    ends: [
      ['retry', 0.06],
      ['failed', 0.004],
    ],
  },
  {
    queue: 'audit',
    type: 'export',
    weight: 1,
    runSeconds: 45,
    waitSeconds: 8,
    bytes: 800,
    producers: ['compliance'],
    pools: ['safe'],
  },
  {
    queue: 'webhooks',
    type: 'verify_endpoint',
    weight: 6,
    runSeconds: 0.25,
    waitSeconds: 0.4,
    bytes: 500,
    producers: ['support'],
    pools: ['net'],
    ends: [['rejected', 0.08]],
    isNew: true,
  },
];

/** Lines by how a task ended, and the level that they have. */
const LINES: Readonly<Record<End, { readonly level: string; readonly message: string }>> = {
  done: { level: 'info', message: 'task {uuid} done' },
  retry: { level: 'warning', message: 'task {uuid} will be tried again, attempt {attempt} of 8: {cause}' },
  rejected: { level: 'warning', message: 'task {uuid} was rejected: {reason}' },
  failed: { level: 'error', message: 'task {uuid} failed for good after 8 attempts: {cause}' },
  expired: { level: 'error', message: 'task {uuid} expired before a worker took it' },
};
const WORDS = {
  cause: ['connection reset by peer', 'timed out', 'lock is held by another worker'],
  reason: ['not valid', 'recipient unknown', 'format is not supported'],
  attempt: ['1', '2', '3'],
};
const NEVER_SEEN = [
  'worker {hash} lost its lease on task {uuid}, result is thrown away',
  'cannot decode body of task {uuid}: unexpected end of input at byte {id}',
  'broker closed channel {small}: PRECONDITION_FAILED - delivery tag {id} is unknown',
  'no space left on device while writing part {small} of task {uuid}',
  'schema version {id} of task {uuid} is newer than this worker',
];

interface Ended {
  readonly time: number;
  readonly task: Task;
  readonly end: End;
  readonly level: string;
  readonly message: string;
  readonly producer: string;
  readonly pool: string;
  readonly queue: string;
  readonly run: number;
  readonly wait: number;
  readonly bytes: number;
}

const document = (ended: Ended, draws: Draws): LogDocument => ({
  '@timestamp': new Date(ended.time).toISOString(),
  severity: ended.level,
  queue: ended.queue,
  task_type: ended.task.type,
  outcome: ended.end,
  producer: ended.producer,
  worker: `${ended.pool}-${draws.integer(1, 6)}`,
  worker_pool: ended.pool,
  run_seconds: Number(Math.max(0.0004, ended.run).toPrecision(4)),
  wait_seconds: Number(Math.max(0.0004, ended.wait).toPrecision(4)),
  payload_bytes: Math.round(ended.bytes),
  msg: ended.message,
  task_id: draws.hexadecimal(20),
});

const messageOf = (end: End, draws: Draws): string => filled(LINES[end].message, draws, WORDS);

function endedTask(task: Task, draws: Draws, time: number, isReleased: boolean): Ended {
  let end: End = 'done';
  let left = draws.fraction();
  for (const [other, share] of task.ends ?? []) {
    if ((left -= share) < 0) {
      end = other;
      break;
    }
  }
  if (draws.chance(0.0004)) end = draws.of(['failed', 'expired']);
  return {
    time,
    task,
    end,
    level: LINES[end].level,
    message: messageOf(end, draws),
    producer: draws.of(task.producers),
    pool: draws.of(task.pools),
    queue: task.queue,
    run: draws.logNormal(task.runSeconds * (isReleased ? 1.1 : 1), 0.5) * (end === 'done' ? 1 : 0.7),
    wait: draws.logNormal(task.waitSeconds, 0.8),
    bytes: draws.logNormal(task.bytes, 0.4),
  };
}

const tasksNow = (isReleased: boolean): readonly Task[] =>
  TASKS.filter(({ isNew }) => isReleased || isNew !== true);

type Change = (usual: Ended, draws: Draws) => Partial<Ended>;
const onOneTask =
  (change: (draws: Draws) => Change, suits: (task: Task) => boolean = () => true) =>
  (draws: Draws, isReleased: boolean) => {
    const task = draws.of(tasksNow(isReleased).filter(suits));
    const changed = change(draws);
    return (time: number): LogDocument => {
      const usual = endedTask(task, draws, time, isReleased);
      return document({ ...usual, ...changed(usual, draws) }, draws);
    };
  };

const ending =
  (end: End): Change =>
  (_usual, draws) => ({ end, level: LINES[end].level, message: messageOf(end, draws) });

export const queueWorkers: TrafficKind = {
  name: 'workers of message queues (plain names)',
  fields: {
    timestamp: '@timestamp',
    duration: 'run_seconds',
    size: 'payload_bytes',
    status: 'severity',
    statusOf: 'level',
    route: ['queue', 'task_type'],
    rare: ['producer', 'worker_pool', 'outcome'],
    message: 'msg',
  },
  logsADay: 7_500,
  swing: 0.6,
  peakHour: 12,
  weekend: 0.7,
  ordinary: (draws, time, isReleased) =>
    document(endedTask(draws.weighted(tasksNow(isReleased)), draws, time, isReleased), draws),
  incidents: {
    failing: onOneTask(() => ending('failed')),
    expiring: onOneTask(() => ending('expired')),
    slow: onOneTask((draws) => {
      const times = draws.integer(15, 60);
      return ({ run }) => ({ run: run * times });
    }),
    stuck: onOneTask((draws) => {
      const times = draws.integer(80, 600);
      return ({ wait }) => ({ wait: wait * times });
    }),
    huge_payload: onOneTask(
      (draws) => {
        const times = draws.integer(80, 800);
        return ({ bytes, run }) => ({ bytes: bytes * times, run: run * 3 });
      },
      ({ type }) => type !== 'film',
    ),
    strange_producer: onOneTask((draws) => {
      const producer = draws.of(['shell', 'import-2019', 'qa-robot', 'anonymous']);
      return () => ({ producer });
    }),
    wrong_pool: onOneTask(
      (draws) => {
        const pool = draws.of(['big', 'safe']);
        return () => ({ pool });
      },
      ({ pools }) => pools.includes('small') || pools.includes('net'),
    ),
    wrong_queue: onOneTask(
      (draws) => {
        const queue = draws.of(['audit', 'billing']);
        return () => ({ queue });
      },
      ({ queue }) => queue === 'counters' || queue === 'mail' || queue === 'media',
    ),
    never_seen: onOneTask((draws) => {
      const pattern = draws.of(NEVER_SEEN);
      return () => ({
        message: filled(pattern, draws, WORDS),
        level: draws.of(['warning', 'error']),
        end: 'retry',
      });
    }),
  },
};
