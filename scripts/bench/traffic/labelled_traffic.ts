import type { LogDocument } from '../../../common/log_document';
import { createDraws, type Draws } from './draws';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 2, 2);

/** Fields of a kind of traffic by their use, for the features that scikit-learn is given; ours never see them. */
export interface TrafficFields {
  readonly timestamp: string;
  readonly duration: string;
  readonly size: string;
  readonly status: string;
  readonly statusOf: 'http' | 'grpc' | 'level';
  /** Fields within which values are compared; numbers in them are masked. */
  readonly route: readonly string[];
  /** Fields of few values, whose rarity tells something. */
  readonly rare: readonly string[];
  /** Text from outside, in which signs of attack are looked for. */
  readonly text?: string;
  /** A message whose template, numbers masked, may be rare. */
  readonly message?: string;
}

/** A log of an incident at this time; the incident itself (its service, its client) is drawn once, before. */
export type LogOfIncident = (time: number) => LogDocument;

/** A kind of traffic: how its logs look, and what may go wrong with it. */
export interface TrafficKind {
  readonly name: string;
  readonly fields: TrafficFields;
  /** Logs a day on a working day. */
  readonly logsADay: number;
  /** Share of the traffic that depends on the time of day, in [0, 1), and the busiest hour (UTC). */
  readonly swing: number;
  readonly peakHour: number;
  /** Traffic of Saturdays and Sundays compared with a working day. */
  readonly weekend: number;
  /** @param isReleased the deployment is done: sizes and durations have moved a little, and a route is new */
  ordinary(draws: Draws, time: number, isReleased: boolean): LogDocument;
  readonly incidents: Readonly<Record<string, (draws: Draws, isReleased: boolean) => LogOfIncident>>;
}

export interface LabelledTraffic {
  readonly kind: TrafficKind;
  readonly history: readonly LogDocument[];
  readonly test: readonly LogDocument[];
  /** Kind of incident of each log of the test, undefined for an ordinary one. */
  readonly truths: readonly (string | undefined)[];
  readonly testDays: number;
}

const HISTORY_DAYS = 10;
const TEST_DAYS = 2;
/** The deployment: in the middle of the history. */
const RELEASE_DAY = 5.4;
const HISTORY_SHARE = 0.001;
const TEST_SHARE = 0.01;
/** Logs of one incident. */
const INCIDENT_LOGS = { from: 2, to: 8 };
const INCIDENT_DURATION = 20 * 60_000;

/** Returns the load at a time relative to the busiest time, in (0, 1]. */
function seasonOf({ swing, peakHour, weekend }: TrafficKind, time: number): number {
  const daily = 1 + swing * Math.cos(((time / HOUR - peakHour) / 24) * 2 * Math.PI);
  const day = new Date(time).getUTCDay();
  return (daily / (1 + swing)) * (day === 0 || day === 6 ? weekend : 1);
}

interface Planned {
  readonly time: number;
  readonly document: LogDocument;
  readonly truth?: string;
}

interface Span {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly days: number;
  /** Share of the logs that belong to incidents, roughly. */
  readonly share: number;
}

function span(kind: TrafficKind, draws: Draws, { from, days, share }: Span): Planned[] {
  const isReleased = (time: number): boolean => time >= START + RELEASE_DAY * DAY;
  const timeWithin = (first: number, length: number): number => {
    for (;;) {
      const time = first + Math.floor(draws.fraction() * length);
      if (draws.chance(seasonOf(kind, time))) return time;
    }
  };
  const logs: Planned[] = [];
  for (let day = 0; day < days; day++) {
    const first = from + day * DAY;
    const isWeekend = [0, 6].includes(new Date(first).getUTCDay());
    for (let count = Math.round(kind.logsADay * (isWeekend ? kind.weekend : 1)); count > 0; count--) {
      const time = timeWithin(first, DAY);
      logs.push({ time, document: kind.ordinary(draws, time, isReleased(time)) });
    }
  }
  const wanted = Math.round((logs.length * share) / (1 - share));
  const names = Object.keys(kind.incidents);
  const planned: Planned[] = [];
  // One incident of each kind in turn, so that each kind is there.
  for (let turn = draws.integer(0, names.length - 1); planned.length < wanted; turn++) {
    const truth = names[turn % names.length];
    const begin = timeWithin(from, days * DAY - INCIDENT_DURATION);
    const logOf = kind.incidents[truth](draws, isReleased(begin));
    for (let left = draws.integer(INCIDENT_LOGS.from, INCIDENT_LOGS.to); left > 0; left--) {
      if (planned.length === wanted) break;
      const time = begin + Math.floor(draws.fraction() * INCIDENT_DURATION);
      planned.push({ time, document: logOf(time), truth });
    }
  }
  return [...logs, ...planned].sort((one, other) => one.time - other.time);
}

/**
 * Ten days of history, of which one log in a thousand is anomalous, and two days of test with one in a hundred: days and
 * nights, working days and weekends, a deployment in the middle of the history, and incidents of every kind that the
 * traffic knows. The same seed gives the same logs.
 */
export function makeTraffic(kind: TrafficKind, seed: number): LabelledTraffic {
  const history = span(kind, createDraws(seed * 2), {
    from: START,
    days: HISTORY_DAYS,
    share: HISTORY_SHARE,
  });
  const test = span(kind, createDraws(seed * 2 + 1), {
    from: START + HISTORY_DAYS * DAY,
    days: TEST_DAYS,
    share: TEST_SHARE,
  });
  return {
    kind,
    history: history.map(({ document }) => document),
    test: test.map(({ document }) => document),
    truths: test.map(({ truth }) => truth),
    testDays: TEST_DAYS,
  };
}
