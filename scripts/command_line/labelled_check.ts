import { findLabelField, type LabelledEvaluation } from '../../common/evaluation';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { evaluateModel } from '../../server/detection/training/evaluate_model';
import type { GateReport } from '../../server/detection/promotion/gate_report';
import { checkPerformance, type GateLimits } from '../../server/detection/promotion/limit_checks';

/** @throws DetectionError `invalid_input` when the logs do not hold labels of both classes */
function labelledMeasures(
  snapshot: ModelSnapshot,
  documents: readonly LogDocument[],
  file: string,
): LabelledEvaluation {
  const { labelled, notes } = evaluateModel({ snapshot, documents, labelField: findLabelField(documents) });
  if (labelled === undefined) {
    throw new DetectionError(
      'invalid_input',
      `${file} cannot tell how good a model is: ${notes.join(' ') || 'it has no labels.'}`,
    );
  }
  return labelled;
}

/** Candidate, and the active model where there is one, over the same labelled logs, against the limits. */
export function checkOnLabelledLogs(
  { candidate, active }: { readonly candidate: ModelSnapshot; readonly active: ModelSnapshot | undefined },
  { documents, file }: { readonly documents: readonly LogDocument[]; readonly file: string },
  limits: GateLimits,
): { report: GateReport; candidate: LabelledEvaluation; active?: LabelledEvaluation } {
  const measured = labelledMeasures(candidate, documents, file);
  const beside = active && labelledMeasures(active, documents, file);
  return { report: checkPerformance(measured, limits, beside), candidate: measured, active: beside };
}
