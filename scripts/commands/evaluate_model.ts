import { Command } from 'commander';
import colors from 'picocolors';
import { findLabelField, renderEvaluationText } from '../../common/evaluation';
import { evaluateModel as evaluate } from '../../server/detection/evaluate_model';
import { renderEvaluationPage } from '../../server/detection/evaluation_report';
import { loadDocuments, writeWhole } from '../command_line/log_files';
import { loadModelFile } from '../command_line/models';
import { numberBetween, runs } from '../command_line/session';

const COLORS = { strong: colors.bold, alarm: colors.red, good: colors.green, faint: colors.dim };

interface Options {
  model: string;
  testData: string;
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
      .requiredOption('--model <file>', 'the model')
      .requiredOption('--test-data <file>', 'logs that were not trained on: NDJSON or a JSON array')
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
  log-anomalies evaluate-model --model model.json --test-data test_logs.json --html evaluation.html --json`,
      ),
    async (session, options) => {
      const { snapshot } = await loadModelFile(options.model);
      const { documents, problems } = await loadDocuments(options.testData, session.signal);
      const progress = session.progress('Evaluating');
      const evaluation = (() => {
        try {
          return evaluate({
            snapshot,
            documents,
            labelField: options.labelField ?? findLabelField(documents),
            threshold: options.threshold,
            alertsPerDay: options.alertsPerDay,
            progress,
          });
        } finally {
          progress.stop();
        }
      })();
      if (options.html !== undefined) await writeWhole(options.html, renderEvaluationPage(evaluation));
      if (problems.length > 0)
        session.say(
          `${problems.length} lines could not be read, e.g. line ${problems[0].line}: ${problems[0].problem}`,
        );
      session.result(
        evaluation,
        () =>
          renderEvaluationText(evaluation, COLORS) +
          (options.html === undefined ? '' : `\nPage: ${options.html}`),
      );
    },
  );
