import { z } from 'zod';
import { durationSchema, durationToMilliseconds } from '../../../common/detector';

/** Logs that Elasticsearch gives at once. */
const LARGEST_PAGE = 10_000;
/** Each page of the past takes several requests: for its results, their incidents, its place. */
const PAGES_OF_PAST_AT_ONCE = 4;

/** Limits of background work: the section `logAnomalies.jobs` of kibana.yml. */
export const jobLimitsSchema = z
  .strictObject({
    max_logs_per_run: z
      .number()
      .int()
      .min(1_000)
      .max(100_000_000)
      .default(500_000)
      .describe('A run that has scored so many logs ends; the next one carries on'),
    max_run_time: durationSchema
      .default('12s')
      .describe(
        'Likewise for time; at most 90s. A detector whose Kibana is killed goes on after 13s more than this',
      ),
    page_size: z
      .number()
      .int()
      .min(100)
      .max(LARGEST_PAGE)
      .default(2_000)
      .describe(
        'Logs read at a time, and scored in turns of some milliseconds; four times as many of the past, at most 10000',
      ),
    training_memory_mb: z
      .number()
      .int()
      .min(128)
      .max(16_384)
      .default(768)
      .describe('Memory of the thread that trains'),
  })
  .refine((limits) => durationToMilliseconds(limits.max_run_time) <= 90_000, {
    path: ['max_run_time'],
    message: 'must be at most 90s',
  });
export type JobLimits = z.output<typeof jobLimitsSchema>;
export type JobLimitsInput = z.input<typeof jobLimitsSchema>;

/** Time of a run after its last page: buckets, messages, the checkpoint. */
const RUN_END_MILLISECONDS = 8_000;
/** Task Manager looks for tasks that are over every 3 seconds; a run that stops itself earlier overlaps with no other. */
const GIVEN_UP_AFTER_MILLISECONDS = 5_000;

/** A piece of a backfill holds no detector up: it may take longer than a run. */
const BACKFILL_PIECE_MILLISECONDS = 45_000;

/** Returns the time after which a piece of a backfill ends and the next begins, milliseconds. */
export const backfillPiece = ({ max_run_time }: JobLimits): number =>
  Math.max(BACKFILL_PIECE_MILLISECONDS, durationToMilliseconds(max_run_time));

/** Returns the logs of the past that are read at a time. */
export const backfillPage = ({ page_size }: JobLimits): number =>
  Math.min(LARGEST_PAGE, PAGES_OF_PAST_AT_ONCE * page_size);

/** Returns the longest time of a run, after which it stops itself, milliseconds. */
export const longestRun = ({ max_run_time }: JobLimits): number =>
  durationToMilliseconds(max_run_time) + RUN_END_MILLISECONDS;

/** Returns the time after which another Kibana takes up a run that died, as Task Manager writes it. */
export const runGivenUpAfter = (limits: JobLimits): string =>
  `${Math.ceil((longestRun(limits) + GIVEN_UP_AFTER_MILLISECONDS) / 1_000)}s`;
