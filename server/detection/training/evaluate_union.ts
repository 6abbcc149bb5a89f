import { spanOf } from '../../../common/buckets';
import { durationToMilliseconds, entitySettingOf } from '../../../common/detector';
import {
  evaluateUnion,
  type Evaluation,
  type ScoredUnit,
  type UnionEvaluation,
} from '../../../common/evaluation';
import { unitWords } from '../../../common/findings';
import {
  alertBudgetOf,
  describeRow,
  evaluationOf,
  scoreForEvaluation,
  type EvaluationRequest,
  type ScoredDocuments,
} from './evaluate_model';
import { LONGEST_ENTITY } from '../../../common/detector/entity_fields';
import { textOf } from '../scoring/log_values';
import { spanTimesOf } from './span_times';

/** Evaluation of several models together and of each by itself. */
export interface EvaluationTogether {
  readonly schema_version: 1;
  readonly union: UnionEvaluation;
  /** One for each model, in their order. */
  readonly evaluations: readonly Evaluation[];
}

/**
 * Scores logs with one model and their buckets with another, or with as many as there are, and measures how well they
 * do together: each gets the rows that it judges, their results become one list.
 *
 * @param alertsPerDay budget of all together; by default the largest of a detector
 * @throws DetectionError as `evaluateModel` does
 */
export function evaluateTogether(
  requests: readonly Omit<EvaluationRequest, 'alertsPerDay'>[],
  alertsPerDay?: number,
): EvaluationTogether {
  const scored = requests.map(scoreForEvaluation);
  const budget =
    alertsPerDay ?? Math.max(...requests.map(({ snapshot }) => alertBudgetOf(snapshot.detector)));
  return {
    schema_version: 1,
    union: evaluateUnion({ units: scored.map(unitOf), alertsPerDay: budget }),
    evaluations: scored.map((each) => evaluationOf(each, { alertsPerDay })),
  };
}

function unitOf(scored: ScoredDocuments): ScoredUnit {
  const { snapshot, scorer, scores, threshold, documents } = scored;
  const { detector } = snapshot;
  const spanTimes = spanTimesOf(scored);
  return {
    detector: detector.name,
    modelVersion: snapshot.version,
    foundBy: unitWords(detector, spanOf(detector)),
    threshold,
    scores,
    confidences: scores.map((score) => scorer.verdict(score, threshold).confidence),
    times: scored.times,
    truths: scored.truths,
    entities: scored.entities,
    queryDelay: durationToMilliseconds(detector.schedule.query_delay),
    ...(spanTimes && { bucket: { entityField: entitySettingOf(detector) ?? 'entity', ...spanTimes } }),
    valueOf: (row, field) => textOf(documents[row], field, LONGEST_ENTITY),
    describe: (row) => describeRow(scored, row),
  };
}
