import { Command } from 'commander';
import { createModelScorer } from '../../common/model_snapshot';
import type { LogDocument } from '../../common/log_document';
import type { DirtReport } from '../../common/log_features/columns/types';
import { DetectionError } from '../../common/detection_error';
import { openDocumentWriter, readDocuments } from '../command_line/log_files';
import { loadModelFile, unitWord } from '../command_line/models';
import { numberBetween, runs } from '../command_line/session';

interface Options {
  model: string;
  input: string;
  output: string;
  threshold?: number;
  onlyAnomalies: boolean;
}

/** Logs scored together; memory holds one batch. */
const BATCH = 2_000;

export const scoreLogs = (): Command =>
  runs<Options>(
    new Command('score-logs')
      .description(
        'Score logs from a file: each comes out with anomaly.score, anomaly.confidence and, if anomalous, reasons',
      )
      .requiredOption('--model <file>', 'the model')
      .requiredOption('--input <file>', 'NDJSON or a JSON array, gzip or not; - for standard input')
      .requiredOption('--output <file>', 'NDJSON (a .json file: one array); - for standard output')
      .option(
        '--threshold <score>',
        "anomaly score from which a log is an anomaly (default: the model's)",
        numberBetween(0.000001, 1),
      )
      .option('--only-anomalies', 'leave the others out', false)
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies score-logs --model model.json --input logs.ndjson --output scored.ndjson
  zcat logs.ndjson.gz | log-anomalies score-logs --model model.json --input - --output - --only-anomalies`,
      ),
    async (session, options) => {
      const { snapshot } = await loadModelFile(options.model);
      const scorer = createModelScorer(snapshot);
      const threshold = options.threshold ?? snapshot.threshold;
      const writer = await openDocumentWriter(options.output);
      const progress = session.progress('Scoring');
      const dirt: DirtReport = {};
      const counts = { logs: 0, anomalies: 0, malformed: 0 };
      let firstProblem = '';
      let batch: LogDocument[] = [];
      const flush = async (): Promise<void> => {
        const { scores, matrix } = scorer.score(batch, dirt);
        for (const [row, document] of batch.entries()) {
          const verdict = scorer.verdict(scores[row], threshold);
          if (verdict.isAnomaly) counts.anomalies++;
          else if (options.onlyAnomalies) continue;
          await writer.write({
            ...document,
            anomaly: {
              score: verdict.score,
              confidence: verdict.confidence,
              severity: verdict.severity,
              is_anomaly: verdict.isAnomaly,
              threshold,
              ...(verdict.isAnomaly && scorer.explain(document, matrix, row)),
            },
            model: { version: snapshot.version },
          });
        }
        counts.logs += batch.length;
        batch = [];
        progress(counts.logs, undefined, 'logs');
      };
      try {
        for await (const { line, document, problem } of readDocuments(options.input, session)) {
          if (document === undefined) {
            counts.malformed++;
            firstProblem ||= `line ${line}: ${problem}`;
            continue;
          }
          batch.push(document);
          if (batch.length === BATCH) await flush();
        }
        if (session.signal.aborted)
          throw new DetectionError('interrupted', 'Interrupted; no output was written.');
        if (batch.length > 0) await flush();
        if (counts.logs === 0)
          throw new DetectionError(
            'invalid_input',
            `${options.input} holds no usable document${firstProblem && ` (${firstProblem})`}.`,
          );
        await writer.close();
      } catch (error) {
        await writer.abandon();
        throw error;
      } finally {
        progress.stop();
      }
      const text = (): string =>
        `${counts.logs.toLocaleString('en')} ${unitWord(snapshot.detector)} scored, ${counts.anomalies.toLocaleString('en')} anomalous` +
        (counts.malformed > 0 ? `; ${counts.malformed} lines could not be read (${firstProblem})` : '');
      if (options.output === '-') session.say(text());
      else
        session.result({ ...counts, dirt, model: snapshot.version, threshold, output: options.output }, text);
    },
  );
