import type { CodedSentence } from '../../../common/coded_sentence';
import type { CandidateCheck, GateVerdict } from '../../../common/api/gate';
import { DetectionError } from '../../../common/detection_error';
import type { PromotionLimits } from '../../../common/detector/upkeep_settings';
import type { GateEvidence } from './model_measures';
import { gateReportOf, type GateReport } from './gate_report';

/** A candidate of less than this share of the active model's rows is refused; of less than the second, a person is asked. */
const FEWEST_ROWS_SHARES = { fail: 0.25, ask: 0.5 };
/** Standard deviations of a count that are put down to chance. */
const CHANCE_DEVIATIONS = 2;
/** A model may drift so much more than the active one on the same logs, as a part of the limit, before it counts. */
const DRIFT_MARGIN = 0.5;
/** A feature may move so many times the limit of the scores: the forest looks at many of them. */
const FEATURE_DRIFT_FACTOR = 2;
/** Planted anomalies of a kind that the active model must find, before the kind is looked at by itself. */
const FEWEST_OF_A_KIND = 10;
const KIND_LOST_SHARES = { ask: 0.5, fail: 0.8 };
/** Of what the active model flags among the planted ones, the share that the candidate must flag by its own threshold. */
const FLAGGED_SHARES = { ask: 0.65, fail: 0.5 };
/** Of the known anomalies that the active model finds. */
const KNOWN_LOST_SHARES = { ask: 0.05, fail: 0.1 };
/** From this part of what is allowed a person is asked. */
const ASK_FROM = 0.8;
/** Below it a difference of rank is no chance. */
const LOWEST_AGREEMENT_PART = 0.4;
/** Microseconds a log that are never too many. */
const CHEAP_MICROSECONDS = 50;

export type CandidateVerdict = GateReport<CandidateCheck>;

export interface GateOptions {
  readonly limits: PromotionLimits;
  /**
   * True when the candidate has the same features of the same logs. After an edit of these the active model is no
   * standard for what must be found or agreed on.
   */
  readonly isSameMakeup: boolean;
}

/**
 * Decides if a new model may replace the active one, from measurements on the same logs.
 *
 * @throws DetectionError `too_few_logs` when there was no log to measure on
 */
export function judgeCandidate(evidence: GateEvidence, options: GateOptions): CandidateVerdict {
  if (evidence.logs === 0) {
    throw new DetectionError('too_few_logs', 'A candidate cannot be compared on 0 recent logs.');
  }
  const checks = [
    falseAlarms(evidence, options),
    scoreDriftCheck(evidence, options),
    ...(evidence.active === undefined ? [] : besideActive(evidence, options)),
  ];
  return gateReportOf(checks);
}

function besideActive(evidence: GateEvidence, options: GateOptions): CandidateCheck[] {
  return [
    trainingRows(evidence),
    knownFound(evidence),
    cost(evidence, options),
    ...(options.isSameMakeup
      ? [
          blindFeatures(evidence),
          featureDriftCheck(evidence, options),
          plantedFound(evidence, options),
          ...plantedKinds(evidence),
          silence(evidence),
          agreement(evidence, options),
        ]
      : []),
  ];
}

/** A check whose sentence has the code of its name, where it has no code of its own. */
interface CheckOutcome extends Omit<CandidateCheck, 'said'> {
  readonly values: CodedSentence['values'];
  readonly code?: string;
}

const checkOf = ({ values, code, ...check }: CheckOutcome): CandidateCheck => ({
  ...check,
  said: { code: code ?? check.name, values },
});

const graded = (isAsked: boolean, isFailed: boolean): GateVerdict =>
  isFailed ? 'fail' : isAsked ? 'ask' : 'pass';

const figure = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(2);
const percent = (share: number): string => `${figure(100 * share)}%`;

/** Counted on the sample, so chance is allowed for: a budget of ten a day may show as one in the sample, or as none. */
function falseAlarms({ falseAlarms: counts, logs, ...evidence }: GateEvidence, { limits }: GateOptions) {
  const usual = Math.max(counts.active, evidence.asked_share * logs);
  const allowed = limits.max_alert_ratio * usual;
  const margin = CHANCE_DEVIATIONS * Math.sqrt(allowed) + 1;
  const middle = (usual + allowed) / 2;
  const daily = (count: number): number => Math.round((count * evidence.logs_per_day) / logs);
  const perDay = (count: number): string => figure(daily(count));
  return checkOf({
    name: 'false_alarms',
    verdict: graded(
      counts.candidate > middle + CHANCE_DEVIATIONS * Math.sqrt(middle) + 1,
      counts.candidate > allowed + margin,
    ),
    value: (counts.candidate * evidence.logs_per_day) / logs,
    limit: ((allowed + margin) * evidence.logs_per_day) / logs,
    message: `${perDay(counts.candidate)} false alarms a day, at most ${perDay(allowed + margin)} are allowed (the active model has ${perDay(counts.active)}, ${percent(evidence.asked_share)} of the logs are asked for)`,
    values: {
      a_day: daily(counts.candidate),
      allowed: daily(allowed + margin),
      active: daily(counts.active),
      asked_share: evidence.asked_share,
    },
  });
}

function scoreDriftCheck({ candidate, active }: GateEvidence, { limits }: GateOptions): CandidateCheck {
  const limit = Math.max(
    limits.max_score_drift,
    active === undefined ? 0 : active.score_drift + DRIFT_MARGIN * limits.max_score_drift,
  );
  const { score_drift: drift } = candidate;
  return checkOf({
    name: 'score_drift',
    verdict: graded(drift > limit * ASK_FROM, drift > limit),
    value: drift,
    limit,
    message: `the scores of these logs differ from those of its training by ${figure(drift)} (population stability index), at most ${figure(limit)} is allowed`,
    values: { drift, limit },
  });
}

function featureDriftCheck({ candidate, active }: GateEvidence, { limits }: GateOptions): CandidateCheck {
  const moved = candidate.feature_drift ?? { feature: 'no feature', drift: 0 };
  const usual = active?.feature_drift?.drift ?? 0;
  const limit = Math.max(FEATURE_DRIFT_FACTOR * limits.max_score_drift, 2 * usual);
  return checkOf({
    name: 'feature_drift',
    verdict: graded(moved.drift > limit / 2 && moved.drift > usual, moved.drift > limit),
    value: moved.drift,
    limit,
    message: `${moved.feature} has moved by ${figure(moved.drift)} since its training (population stability index), at most ${figure(limit)} is allowed`,
    values: { feature: candidate.feature_drift?.feature ?? '–', drift: moved.drift, limit },
  });
}

function trainingRows({ candidate, active }: GateEvidence): CandidateCheck {
  const usual = active?.rows ?? 0;
  const limit = Math.ceil(usual * FEWEST_ROWS_SHARES.fail);
  return checkOf({
    name: 'training_rows',
    verdict: graded(candidate.rows < usual * FEWEST_ROWS_SHARES.ask, candidate.rows < limit),
    value: candidate.rows,
    limit,
    message: `trained on ${figure(candidate.rows)} logs, at least ${figure(limit)} are asked for (the active model has ${figure(usual)})`,
    values: { rows: candidate.rows, limit, active: usual },
  });
}

function blindFeatures({ blind_features: names }: GateEvidence): CandidateCheck {
  return checkOf({
    name: 'blind_features',
    verdict: graded(false, names.length > 0),
    value: names.length,
    limit: 0,
    message:
      names.length === 0
        ? 'it sees every feature that differs among these logs'
        : `it is blind to ${names.join(', ')}: all alike in its training, and not in these logs`,
    values: { features: names.join(', ') },
    code: names.length === 0 ? 'sees_all_features' : 'blind_features',
  });
}

function plantedFound({ planted_lost: { found, lost } }: GateEvidence, { limits }: GateOptions) {
  const kept = found === 0 ? 1 : (found - lost) / found;
  const allowedLoss = 1 - limits.min_found;
  return checkOf({
    name: 'planted_found',
    verdict: graded(1 - kept > allowedLoss * ASK_FROM, kept < limits.min_found),
    value: kept,
    limit: limits.min_found,
    message: `of ${figure(found)} trial anomalies that the active model finds it would find ${figure(found - lost)}, at least ${percent(limits.min_found)} are asked for`,
    values: { of: found, found: found - lost, limit: limits.min_found },
  });
}

function plantedKinds({ kinds_lost: kinds }: GateEvidence): CandidateCheck[] {
  return kinds
    .filter(({ found }) => found >= FEWEST_OF_A_KIND)
    .map(({ kind, found, lost }) =>
      checkOf({
        name: 'planted_kinds',
        verdict: graded(lost > KIND_LOST_SHARES.ask * found, lost > KIND_LOST_SHARES.fail * found),
        value: (found - lost) / found,
        limit: 1 - KIND_LOST_SHARES.fail,
        message: `${kind}: it would find ${figure(found - lost)} of ${figure(found)} that the active model finds`,
        values: { kind, of: found, found: found - lost },
      }),
    );
}

/** A threshold out of reach shows in no false alarm. */
function silence({ candidate, active, ...evidence }: GateEvidence): CandidateCheck {
  const found = evidence.isActiveStale ? evidence.planted_lost.found : (active?.planted.found ?? 0);
  const share = found < FEWEST_OF_A_KIND ? 1 : candidate.planted.found / found;
  return checkOf({
    name: 'silence',
    verdict: graded(share < FLAGGED_SHARES.ask, share < FLAGGED_SHARES.fail),
    value: candidate.planted.found,
    limit: Math.ceil(FLAGGED_SHARES.fail * found),
    message: `by its threshold it flags ${figure(candidate.planted.found)} of ${figure(candidate.planted.logs)} trial anomalies, the active model ${figure(found)}`,
    values: { flagged: candidate.planted.found, planted: candidate.planted.logs, active: found },
  });
}

function knownFound({ known_lost: { found, lost } }: GateEvidence): CandidateCheck {
  const share = found === 0 ? 0 : lost / found;
  return checkOf({
    name: 'known_found',
    verdict: graded(share > KNOWN_LOST_SHARES.ask, share > KNOWN_LOST_SHARES.fail && lost > 1),
    value: found - lost,
    limit: found,
    message: `of ${figure(found)} known anomalies that the active model finds it would find ${figure(found - lost)}`,
    values: { of: found, found: found - lost },
  });
}

function agreement(evidence: GateEvidence, { limits }: GateOptions): CandidateCheck {
  const rank = evidence.agreement?.rank ?? 1;
  const limit = limits.min_agreement;
  // A model that no longer fits the logs is not worth agreeing with.
  const counts = !evidence.isActiveStale;
  const lowest = limit > 0 ? limit * LOWEST_AGREEMENT_PART : limit;
  return checkOf({
    name: 'agreement',
    verdict: graded(counts && rank < limit, counts && rank < lowest),
    value: rank,
    limit,
    message: counts
      ? `the two models rank these logs alike by ${figure(rank)}, at least ${figure(limit)} is asked for`
      : `the active model no longer fits these logs, so agreeing with it (${figure(rank)}) is not asked for`,
    values: { rank, limit },
    code: counts ? 'agreement' : 'agreement_not_asked',
  });
}

function cost({ candidate, active }: GateEvidence, { limits }: GateOptions): CandidateCheck {
  const limit = Math.max(CHEAP_MICROSECONDS, limits.max_cost_ratio * (active?.microseconds_per_log ?? 0));
  const { microseconds_per_log: microseconds } = candidate;
  return checkOf({
    name: 'cost',
    verdict: graded(microseconds > limit, microseconds > 2 * limit),
    value: microseconds,
    limit,
    message: `scoring takes ${figure(microseconds)} µs a log, at most ${figure(limit)} are allowed`,
    values: { microseconds, limit },
  });
}
