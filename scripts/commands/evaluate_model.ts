import { Command } from 'commander';
import colors from 'picocolors';
import { COUNT_FIELD } from '../../common/buckets';
import { getField } from '../../common/log_features';
import { findLabelField, renderEvaluationText, renderUnionText } from '../../common/evaluation';
import { DetectionError } from '../../common/detection_error';
import type { ModelSnapshot } from '../../common/model_snapshot';
import {
  evaluateModel as evaluate,
  type EvaluationRequest,
} from '../../server/detection/training/evaluate_model';
import { evaluateTogether } from '../../server/detection/training/evaluate_union';
import { renderEvaluationPage } from '../../server/detection/evaluation_report/evaluation_report';
import { renderUnionPage } from '../../server/detection/evaluation_report/union_report';
import { loadDocuments, unreadOf, writeWhole, type Unread } from '../command_line/log_files';
import { loadModelFile, unitWord } from '../command_line/models';
import { numberBetween, runs, type Session } from '../command_line/session';

const COLORS = { strong: colors.bold, alarm: colors.red, good: colors.green, faint: colors.dim };

/** Documents that tell logs from rows. */
const LOOKED_AT = 100;

interface Options {
  model: string[];
  testData: string[];
  threshold?: number;
  alertsPerDay?: number;
  labelField?: string;
  html?: string;
}

export const evaluateModel = (): Command =>
  runs<Options>(
    new Command('evaluate-model')
      .description(
        'Precision, recall, ROC AUC, detection delay, false alarms a day: by kind of anomaly, as text, JSON or a page',
      )
      .requiredOption(
        '--model <file...>',
        'the model; several, such as one of single logs and one of buckets: how they do together, as one list',
      )
      .requiredOption(
        '--test-data <file...>',
        'logs that were not trained on: NDJSON or a JSON array; for each model its own, in the same order',
      )
      .option(
        '--threshold <score>',
        "anomaly score from which a log is an anomaly (default: the model's)",
        numberBetween(0.000001, 1),
      )
      .option(
        '--alerts-per-day <number>',
        'alert budget (default: that of an adaptive threshold, else 10)',
        numberBetween(0.01, 1_000_000),
      )
      .option('--label-field <name>', 'ground truth (default: labels or label, where the logs have one)')
      .option('--html <file>', 'also write one self-contained page with plots')
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies evaluate-model --model model.json --test-data test_logs.json
  log-anomalies evaluate-model --model model.json --test-data test_logs.json --html evaluation.html --json
  log-anomalies evaluate-model --model model.json services.json --test-data test_logs.ndjson test_rows.ndjson --html evaluation.html`,
      ),
    async (session, options) => {
      const { requests, unread } = await requestsOf(session, options);
      const progress = session.progress('Evaluating');
      const told = { ...requests[0], progress, alertsPerDay: options.alertsPerDay };
      try {
        const page = options.html === undefined ? '' : `\nPage: ${options.html}`;
        if (requests.length === 1) {
          const evaluation = withUnread(evaluate(told), unread);
          if (options.html !== undefined) await writeWhole(options.html, renderEvaluationPage(evaluation));
          progress.stop();
          const unit = unitWord(requests[0].snapshot.detector);
          session.result(evaluation, () => renderEvaluationText(evaluation, COLORS, unit) + page);
          return;
        }
        const measured = evaluateTogether(
          requests.map((each) => ({ ...each, progress })),
          options.alertsPerDay,
        );
        const together = {
          ...measured,
          union: withUnread(measured.union, unread),
          ...countOf(unread),
        };
        if (options.html !== undefined) await writeWhole(options.html, renderUnionPage(together));
        progress.stop();
        session.result(together, () => renderUnionText(together.union, COLORS) + page);
      } finally {
        progress.stop();
      }
    },
  );

const countOf = (unread: readonly Unread[]): { readonly unreadable_lines?: number } =>
  unread.length === 0 ? {} : { unreadable_lines: unread.reduce((sum, { lines }) => sum + lines, 0) };

/** Says of measures that they lack logs. */
function withUnread<Measures extends { readonly notes: readonly string[] }>(
  measures: Measures,
  unread: readonly Unread[],
): Measures & { readonly unreadable_lines?: number } {
  const notes = unread.map(({ remark }) => remark);
  return { ...measures, notes: [...measures.notes, ...notes], ...countOf(unread) };
}

async function requestsOf(
  session: Session,
  options: Options,
): Promise<{ readonly requests: EvaluationRequest[]; readonly unread: readonly Unread[] }> {
  const { model: models, testData, threshold, labelField } = options;
  if (models.length !== testData.length) {
    throw new DetectionError(
      'invalid_input',
      `--test-data names ${testData.length} files for ${models.length} models; each model needs its own, in the order of --model.`,
    );
  }
  if (threshold !== undefined && models.length > 1) {
    throw new DetectionError(
      'invalid_input',
      `--threshold is ${threshold} for ${models.length} models; it is only for one, since their scores do not compare.`,
    );
  }
  const requests: EvaluationRequest[] = [];
  const unread: Unread[] = [];
  for (const [place, model] of models.entries()) {
    const { snapshot } = await loadModelFile(model);
    const path = testData[place];
    const { documents, problems } = await loadDocuments(path, { ...session, unreadable: session.leftOut });
    const missing = unreadOf(path, problems);
    if (missing !== undefined) unread.push(missing);
    refuseOtherUnit(snapshot, documents, path);
    requests.push({ snapshot, documents, labelField: labelField ?? findLabelField(documents), threshold });
  }
  return { requests, unread };
}

/** Logs are no rows of buckets: a model of buckets would take each for an entity without any numbers. */
function refuseOtherUnit(
  { detector }: ModelSnapshot,
  documents: EvaluationRequest['documents'],
  path: string,
): void {
  const hasRows = documents
    .slice(0, LOOKED_AT)
    .some((document) => getField(document, COUNT_FIELD) !== undefined);
  if (documents.length === 0 || hasRows === (detector.unit === 'bucket')) return;
  throw new DetectionError(
    'invalid_input',
    hasRows
      ? `${path} holds rows of buckets, and the model of "${detector.name}" judges single logs.`
      : `${path} holds single logs, and the model of "${detector.name}" judges buckets; collect-training-data with its detector writes their rows.`,
  );
}
