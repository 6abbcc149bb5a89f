import { z } from 'zod';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { durationSchema, durationToMilliseconds } from '../../../common/duration';
import type { Detector } from '../../../common/detector';
import type { RequestCost } from '../../../common/api';
import type { LaneLimits } from './request_limiter';

const SHORTEST_WAIT_MILLISECONDS = 1_000;
/** Kibana closes a connection that was silent for two minutes. */
const LONGEST_WAIT_MILLISECONDS = 100_000;

const LONGEST_INTERVAL_MILLISECONDS = 3_600_000;

/** Limits of users' requests: the section `logAnomalies.limits` of kibana.yml. */
export const usageLimitsSchema = z
  .strictObject({
    previews_at_once: z
      .number()
      .int()
      .min(1)
      .max(32)
      .default(2)
      .describe('Previews that train at once; each may take jobs.training_memory_mb'),
    searches_at_once: z
      .number()
      .int()
      .min(1)
      .max(256)
      .default(8)
      .describe(
        'Other expensive requests that are answered at once, such as what-if, comparisons and imports',
      ),
    requests_waiting: z
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(32)
      .describe('So many more of each of the two wait for their turn; beyond that the answer is 429'),
    requests_waiting_per_user: z
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(4)
      .describe('Of these at most so many of one user; not told apart where security is off'),
    longest_wait: durationSchema
      .default('60s')
      .describe('Longest wait of a request in the queue before it is answered with 429; 1s to 100s'),
    trainings_at_once: z
      .number()
      .int()
      .min(1)
      .max(32)
      .default(2)
      .describe('Trainings in the background at once; each may take jobs.training_memory_mb. Others wait'),
    backfills_at_once: z
      .number()
      .int()
      .min(1)
      .max(32)
      .default(2)
      .describe('Backfills that Kibana itself scores at once. Others wait'),
    model_megabytes: z
      .number()
      .int()
      .min(1)
      .max(95)
      .default(32)
      .describe(
        'Largest model, in millions of bytes: of a file that is imported, and of what a training stores; 0.5 for 100 trees of 256 logs',
      ),
    max_detectors: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(500)
      .describe('Detectors of a space; those that are there stay, new ones are refused'),
    min_interval: durationSchema
      .default('10s')
      .describe(
        'Shortest schedule.interval of a detector; at most 1h. A detector that was saved with a shorter one runs this often',
      ),
  })
  .refine(({ min_interval: interval }) => durationToMilliseconds(interval) <= LONGEST_INTERVAL_MILLISECONDS, {
    path: ['min_interval'],
    message: 'must be at most 1h',
  })
  .refine(
    ({ longest_wait: wait }) => {
      const milliseconds = durationToMilliseconds(wait);
      return milliseconds >= SHORTEST_WAIT_MILLISECONDS && milliseconds <= LONGEST_WAIT_MILLISECONDS;
    },
    {
      path: ['longest_wait'],
      message: 'must be from 1s to 100s: Kibana gives a silent connection up after 2m',
    },
  );
export type UsageLimits = z.output<typeof usageLimitsSchema>;
export type UsageLimitsInput = z.input<typeof usageLimitsSchema>;

/** The message of a model that is too large names what it is too large by; Kibana's own is for what is far beyond it. */
export const largestBody = ({ model_megabytes: megabytes }: UsageLimits): number => (megabytes + 1) * 1e6;

/**
 * @param bytes of its text
 * @throws DetectionError `refused` for a model that is too large
 */
export function checkModelSize(
  bytes: number,
  what: 'file' | 'model',
  { model_megabytes: megabytes }: UsageLimits,
): void {
  if (bytes <= megabytes * 1e6) return;
  const size = (bytes / 1e6).toFixed(1);
  throw new DetectionError(
    'refused',
    what === 'file'
      ? `The model file has ${size} MB, at most ${megabytes} are allowed (logAnomalies.limits.model_megabytes).`
      : `The model has ${size} MB, at most ${megabytes} are allowed (logAnomalies.limits.model_megabytes): lower forest.tree_count, forest.subsample_size or forest.max_depth.`,
    { details: { bytes, allowed: megabytes * 1e6 } },
  );
}

/** @returns what the limiter of requests is made of */
export function lanesOf(limits: UsageLimits): Readonly<Record<RequestCost, LaneLimits>> {
  const waiting = {
    waiting: limits.requests_waiting,
    waitingPerUser: limits.requests_waiting_per_user,
    longestWait: durationToMilliseconds(limits.longest_wait),
  };
  return {
    preview: { atOnce: limits.previews_at_once, ...waiting },
    search: { atOnce: limits.searches_at_once, ...waiting },
  };
}

/** @returns what is wrong with how often a detector is to run, naming the setting; undefined: nothing */
export function intervalProblem(
  { schedule: { interval } }: Detector,
  { min_interval: shortest }: UsageLimits,
): string | undefined {
  if (durationToMilliseconds(interval) >= durationToMilliseconds(shortest)) return undefined;
  return `schedule.interval: must be at least ${shortest} (logAnomalies.limits.min_interval) (got "${interval}")`;
}

/** @throws DetectionError `invalid_input` for a detector that is to run more often than is allowed */
export function checkInterval(detector: Detector, usage: UsageLimits): void {
  const problem = intervalProblem(detector, usage);
  if (problem === undefined) return;
  throw new DetectionError('invalid_input', `The detector is not valid: ${problem}`, {
    details: { issues: [problem] },
  });
}

/** Returns the schedule at the allowed rate: a detector saved under laxer limits keeps its settings and runs as often as is allowed. */
export const allowedSchedule = (
  schedule: Detector['schedule'],
  { min_interval: shortest }: UsageLimits,
): Detector['schedule'] =>
  durationToMilliseconds(schedule.interval) >= durationToMilliseconds(shortest)
    ? schedule
    : { ...schedule, interval: shortest };

/**
 * @param existing detectors of the space
 * @param added those that are to be made
 * @throws DetectionError `refused` with both numbers
 */
export function checkDetectorCount(
  existing: number,
  added: number,
  { max_detectors: most }: UsageLimits,
): void {
  if (added === 0 || existing + added <= most) return;
  throw sentenceError(
    'refused',
    'detectors_too_many',
    { existing, added, most },
    { details: { existing, allowed: most } },
  );
}
