import type { CodedSentence } from '../../../common/coded_sentence';
import type { ReadinessFinding } from '../../../common/api/status';
import type { DriftMeasurement } from '../../../common/api/upkeep';
import type { DirtReport } from '../../../common/log_features/columns/types';
import { leftOutAdvice, leftOutSentence, type LeftOut } from '../training/left_out_cause';
import { driftSentence } from './measure_drift';
import { DAY } from '../../../common/duration';

/** An hour of the day with less than this part of the logs of a usual hour is sparse. */
const SPARSE_PART = 0.05;
/** Logs of a sample from which hours are told apart, and the days that it must cover: of fewer an hour is seen too seldom. */
const FEWEST_SPREAD_LOGS = 500;
const FEWEST_SPREAD_DAYS = 3;
/** A feature that is missing in this share of the logs and more is worth a word. */
const MISSING_SHARE = 0.05;
/** Likewise anomalies that are suppressed. */
const SUPPRESSED_SHARE = 0.3;
const FEWEST_ANOMALIES = 10;

export interface ReadinessFacts {
  /** Logs that there are to train on, and that are needed. */
  readonly enough?: {
    readonly logs: number;
    readonly needed: number;
    /** Milliseconds from the first of them to now; undefined without one. */
    readonly span: number | undefined;
    /** Milliseconds of the training window; older logs are none of the sample. */
    readonly window: number;
    /** Times that are kept out of the training, where these leave too few. */
    readonly leftOut?: LeftOut;
  };
  /** Epoch milliseconds of a random sample of logs. */
  readonly times?: readonly number[];
  /** Features with the columns that the model has for each; none means that all values were alike in training. */
  readonly features?: readonly { readonly name: string; readonly columns: number }[];
  /** Unusable values, and the number of logs that they were counted in. */
  readonly dirt?: { readonly report: DirtReport; readonly logs: number };
  readonly drift?: DriftMeasurement;
  /** Logs of the source that no range of time up to now holds. */
  readonly oddTimes?: { readonly untimed: number; readonly ahead: number };
  /** Of the last day. */
  readonly anomalies?: { readonly shown: number; readonly suppressed: number };
}

const said = (code: string, values: CodedSentence['values'] = {}): { said: CodedSentence } => ({
  said: { code, values },
});

const LEVELS: readonly ReadinessFinding['level'][] = ['blocking', 'warning', 'hint'];

/**
 * Returns findings that limit the quality of a detector, each with its next step.
 *
 * @returns the worst first; nothing where all is well
 */
export function readinessOf(facts: ReadinessFacts): ReadinessFinding[] {
  return [
    ...tooFewLogs(facts),
    ...sparseHours(facts),
    ...constantFeatures(facts),
    ...missingFeatures(facts),
    ...oddTimes(facts),
    ...drifted(facts),
    ...suppressed(facts),
  ].sort(byLevel);
}

/** The worst first. */
export const byLevel = (left: ReadinessFinding, right: ReadinessFinding): number =>
  LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level);

function tooFewLogs({ enough }: ReadinessFacts): ReadinessFinding[] {
  if (enough === undefined || enough.logs >= enough.needed) return [];
  const { logs, needed, span, window, leftOut } = enough;
  const count = `${logs.toLocaleString('en')} of ${needed.toLocaleString('en')}`;
  if (leftOut !== undefined) {
    const { by, logsInWindow: held, isEstimate } = leftOut;
    return [
      {
        kind: 'too_few_logs',
        level: 'blocking',
        message: `Too few logs are left: ${count}. ${leftOutSentence(leftOut)}`,
        next_step: leftOutAdvice(by),
        ...said('logs_left_out', { logs, needed, held, by, about: isEstimate === true ? 'yes' : 'no' }),
      },
    ];
  }
  const isKnown = span !== undefined && logs > 0;
  const wait = isKnown ? (span * (needed - logs)) / logs : 0;
  if (isKnown && span + wait > window) {
    const held = Math.max(1, Math.floor((logs * window) / span)).toLocaleString('en');
    return [
      {
        kind: 'too_few_logs',
        level: 'blocking',
        message: `Too few logs: ${count}, and at their rate a training window of ${durationText(window)} holds about ${held}, so waiting does not help.`,
        next_step: `Set training.window to at least ${durationText(span + wait)}, or lower training.min_rows.`,
      },
    ];
  }
  return [
    {
      kind: 'too_few_logs',
      level: 'blocking',
      message: isKnown
        ? `Too few logs yet: ${count}, ready in about ${durationText(wait)}.`
        : `Too few logs yet: ${count}.`,
      next_step: isKnown
        ? 'Wait, increase training.window, or lower training.min_rows.'
        : 'Check source.index and source.query: no log of the training window matches.',
      ...(isKnown
        ? said('too_few_logs', { logs, needed, wait_ms: wait })
        : said('no_logs_yet', { logs, needed })),
    },
  ];
}

function sparseHours({ times = [] }: ReadinessFacts): ReadinessFinding[] {
  if (times.length < FEWEST_SPREAD_LOGS) return [];
  const [first, last] = times.reduce(
    ([low, high], time) => [Math.min(low, time), Math.max(high, time)],
    [Infinity, -Infinity],
  );
  if (last - first < FEWEST_SPREAD_DAYS * DAY * 0.95) return [];
  const counts = new Array<number>(24).fill(0);
  for (const time of times) counts[new Date(time).getUTCHours()]++;
  const usual = [...counts].sort((left, right) => left - right)[12];
  const sparse = counts.map((count) => count < SPARSE_PART * usual);
  const stretches = stretchesOf(sparse);
  if (stretches.length === 0) return [];
  const logs = counts.reduce((sum, count, hour) => sum + (sparse[hour] ? count : 0), 0);
  return [
    {
      kind: 'sparse_hours',
      level: 'hint',
      message: `Next to no logs ${stretches.join(', ')} UTC: ${logs.toLocaleString('en')} of ${times.length.toLocaleString('en')} of the training sample.`,
      next_step:
        'What is usual then is hardly known. Increase training.window, or leave hour_of_day out of the features if logs of these hours should be judged like the others.',
      ...said('sparse_hours', { hours: stretches.join(', '), logs, sample: times.length }),
    },
  ];
}

/** Hours in a row, also across midnight. @returns such as `22:00–05:00` */
function stretchesOf(hours: readonly boolean[]): string[] {
  const name = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;
  return hours.flatMap((isIn, hour) => {
    if (!isIn || hours[(hour + 23) % 24]) return [];
    let end = hour;
    while (hours[end % 24] && end < hour + 24) end++;
    return [`${name(hour)}–${name(end)}`];
  });
}

function constantFeatures({ features = [] }: ReadinessFacts): ReadinessFinding[] {
  return features
    .filter(({ columns }) => columns === 0)
    .map(({ name }) => ({
      kind: 'constant_feature',
      level: 'warning',
      message: `The feature ${name} is constant: it was alike in all logs of the training, so the model does not look at it.`,
      next_step: 'Take another field, increase training.window, or remove the feature.',
      ...said('constant_feature', { feature: name }),
    }));
}

/** Names features that a share of the logs worth a word lacks, or holds in another type. */
export function missingFeatures({ dirt, features = [] }: ReadinessFacts): ReadinessFinding[] {
  if (dirt === undefined || dirt.logs === 0) return [];
  const isConstant = new Set(features.filter(({ columns }) => columns === 0).map(({ name }) => name));
  return Object.entries(dirt.report).flatMap(([name, kinds]): ReadinessFinding[] => {
    const missing = (kinds.missing ?? 0) / dirt.logs;
    const unusable = (kinds.wrong_type ?? 0) / dirt.logs;
    if (missing < MISSING_SHARE && unusable < MISSING_SHARE) return [];
    if (isConstant.has(name) && missing < 1) return [];
    const isAll = missing + unusable >= 1;
    return [
      {
        kind: 'missing_feature',
        level: isAll ? 'warning' : 'hint',
        message:
          missing >= unusable
            ? `The feature ${name} is missing in ${percentText(missing)} of the logs.`
            : `The feature ${name} holds another type than its own in ${percentText(unusable)} of the logs.`,
        next_step:
          missing >= unusable
            ? 'Check the name of its field, select only logs that have it with source.query, or remove the feature.'
            : 'Check how the field is parsed before the logs are indexed, or take the type that fits it.',
        ...(missing >= unusable
          ? said('feature_missing', { feature: name, share: missing })
          : said('feature_mistyped', { feature: name, share: unusable })),
      },
    ];
  });
}

function oddTimes({ oddTimes: odd }: ReadinessFacts): ReadinessFinding[] {
  if (odd === undefined) return [];
  const counted = (logs: number): string =>
    `${logs.toLocaleString('en')} ${logs === 1 ? 'log of the source' : 'logs of the source'}`;
  return [
    ...(odd.untimed === 0
      ? []
      : [
          {
            kind: 'odd_times' as const,
            level: 'warning' as const,
            message: `${counted(odd.untimed)} without a value of source.timestamp_field: no run reads them.`,
            next_step:
              'Set source.timestamp_field to a field that all logs have, or see how their time is parsed before they are indexed.',
          },
        ]),
    ...(odd.ahead === 0
      ? []
      : [
          {
            kind: 'odd_times' as const,
            level: 'hint' as const,
            message: `${counted(odd.ahead)} more than an hour ahead of now.`,
            next_step:
              'Check clocks and time zones. Such logs are scored as they arrive where they have source.ingested_field, else when their time has come.',
          },
        ]),
  ];
}

function drifted({ drift }: ReadinessFacts): ReadinessFinding[] {
  if (drift === undefined || !drift.over) return [];
  return [
    {
      kind: 'drift',
      level: 'warning',
      message: driftSentence(drift),
      next_step: 'If this is how it is meant to be now, train a new model; else find out what has changed.',
      ...said('drift', {
        limit: drift.limit,
        scores: drift.score_drift,
        features: drift.features
          .filter((moved) => moved.drift >= drift.limit)
          .slice(0, 3)
          .map((moved) => `${moved.feature} ${moved.drift.toFixed(2)}`)
          .join(', '),
      }),
    },
  ];
}

function suppressed({ anomalies }: ReadinessFacts): ReadinessFinding[] {
  if (anomalies === undefined) return [];
  const { shown, suppressed: hidden } = anomalies;
  const all = shown + hidden;
  if (all < FEWEST_ANOMALIES || hidden < SUPPRESSED_SHARE * all) return [];
  return [
    {
      kind: 'suppressed',
      level: 'hint',
      message: `${percentText(hidden / all)} of the anomalies of the last day are suppressed (${hidden.toLocaleString('en')} of ${all.toLocaleString('en')}).`,
      next_step:
        'Look through the suppressions: what is always hidden is better left out by source.query, or learned by a new model.',
      ...said('suppressed', { share: hidden / all, hidden, all }),
    },
  ];
}

export interface LagFacts {
  /** Lag of scoring behind now, milliseconds; undefined where nothing has been scored yet. */
  readonly lag: number | undefined;
  /** Usual distance between now and what has been scored: delay of queries and pause between runs, milliseconds. */
  readonly usual: number;
  readonly enabled: boolean;
  readonly failures: number;
  readonly lastError?: string;
  /** True when the last run ended by itself, and not by a limit. */
  readonly complete?: boolean;
  /** Milliseconds since the last run ended. */
  readonly sinceLastRun?: number;
  /** Milliseconds since the active model was promoted. */
  readonly sinceModel?: number;
}

/** A lag of a few pauses is no news. */
const LAG_FACTOR = 2;
const LAG_MILLISECONDS = 60_000;

/** Says how far a running detector is behind and why; cheap enough to be asked for with each status. */
export function lagFindingOf(facts: LagFacts): ReadinessFinding | undefined {
  const { lag, usual, enabled, failures, lastError, complete, sinceLastRun, sinceModel } = facts;
  if (!enabled || lag === undefined || lag < LAG_FACTOR * usual + LAG_MILLISECONDS) return undefined;
  const soon = LAG_FACTOR * usual + LAG_MILLISECONDS;
  // Logs since the training window ended have waited for the model; runs have only just begun.
  if (failures === 0 && sinceModel !== undefined && sinceModel < soon) return undefined;
  const isWaiting = sinceLastRun !== undefined && sinceLastRun > soon;
  const [code, because, nextStep] =
    failures > 0
      ? [
          'lag_failed',
          `its last ${failures === 1 ? 'run' : `${failures} runs`} failed: ${lastError ?? 'unknown'}`,
          'Deal with the last error of the detector.',
        ]
      : complete === false
        ? [
            'lag_catching_up',
            'more logs arrive than a run takes, so it is catching up',
            'Wait if that was a burst; else raise logAnomalies.jobs.max_logs_per_run, reduce schedule.interval, or let Elasticsearch score logs as they arrive.',
          ]
        : isWaiting
          ? [
              'lag_waiting',
              `no run has ended for ${durationText(sinceLastRun)}`,
              'See whether Kibana is running and its Task Manager is healthy and not overloaded.',
            ]
          : [
              'lag_slow',
              'runs take long or start late',
              'See how long runs take, and whether Task Manager is overloaded.',
            ];
  return {
    kind: 'lag',
    level: 'warning',
    message: `Lag ${durationText(lag)}, because ${because.replace(/\.$/, '')}.`,
    next_step: nextStep,
    ...said(code, {
      lag_ms: lag,
      failures,
      error: (lastError ?? '–').replace(/\.$/, ''),
      ...(sinceLastRun !== undefined && { since_last_run_ms: sinceLastRun }),
    }),
  };
}

/** Results that were put aside are told for so long after the last time. */
const PUT_ASIDE_TOLD_MILLISECONDS = 7 * DAY;

/** Says that results lie where no page finds them. @param aside of all runs; `last_at` is ISO 8601 */
export function putAsideFindingOf(
  aside: { readonly results: number; readonly last_at: string } | undefined,
  now: number,
): ReadinessFinding[] {
  if (aside === undefined || now - Date.parse(aside.last_at) > PUT_ASIDE_TOLD_MILLISECONDS) return [];
  const { results, last_at: lastAt } = aside;
  return [
    {
      kind: 'put_aside',
      level: 'warning',
      message: `${results.toLocaleString('en')} ${results === 1 ? 'result was' : 'results were'} put aside, the last at ${lastAt}: Elasticsearch refuses the content in every form.`,
      next_step:
        'Read them by type: put_aside in log-anomalies-checkpoints of this space, where status.because says why, and compare the mapping of the results index with the documented one.',
    },
  ];
}

/** Names of closed indices that are shown. */
const CLOSED_SHOWN = 5;

/** Returns the finding of indices that a pattern names and Elasticsearch leaves out, since they are closed. */
export function closedIndicesFindingOf(names: readonly string[] = []): ReadinessFinding[] {
  if (names.length === 0) return [];
  const more = names.length > CLOSED_SHOWN ? ` and ${names.length - CLOSED_SHOWN} more` : '';
  const shown = `${names.slice(0, CLOSED_SHOWN).join(', ')}${more}`;
  return [
    {
      kind: 'closed_indices',
      level: 'warning',
      message: `${names.length === 1 ? 'An index of the source is' : `${names.length} indices of the source are`} closed: ${shown}. No run reads ${names.length === 1 ? 'its' : 'their'} logs.`,
      next_step: 'Open what is to be read, or leave it out of source.index, e.g. logs-*,-logs-2024.*.',
    },
  ];
}

const percentText = (share: number): string =>
  share > 0 && share < 0.1 ? `${(100 * share).toFixed(1)}%` : `${Math.round(100 * share)}%`;

/** @example durationText(240_000) // 4 min */
export function durationText(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
