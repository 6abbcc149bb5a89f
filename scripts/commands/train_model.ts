import { Command } from 'commander';
import { encodeTrainedModel, type ModelSnapshot } from '../../common/model_snapshot';
import type { ReadinessFinding } from '../../common/api/status';
import type { Detector } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { findLabelFields } from '../../common/log_features';
import { fetchJudgedLogs, type JudgedLogs } from '../../server/detection/feedback/judged_logs';
import { timestampOf } from '../../server/detection/scoring/log_values';
import { withoutSeldomFeatures } from '../../server/detection/upkeep/gone_features';
import { readinessOf } from '../../server/detection/upkeep/readiness';
import { trainModel, type TrainingReport } from '../../server/detection/training/train_model';
import { fieldsLearned } from '../../server/detection/training/training_sample';
import { createDetectorSource, createFeedbackStore } from '../../server/elasticsearch';
import { aboutLabel, chooseDetector, type DetectorOptions } from '../command_line/detectors';
import { loadDocuments, writeWhole } from '../command_line/log_files';
import { numberBetween, runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';
import { trainingLines } from '../command_line/models';

interface Options extends DetectorOptions {
  input: string;
  output: string;
  labelField?: string;
  feedback?: string;
}

export const trainModelCommand = (): Command =>
  runs<Options>(
    new Command('train-model')
      .description('Learn features, grow the forest, place the threshold; the model is one portable file')
      .requiredOption(
        '--input <file>',
        'training logs: NDJSON or a JSON array, gzip or not; - for standard input',
      )
      .requiredOption('--output <file>', 'the model')
      .option(
        '--detector <file>',
        'detector (YAML or JSON); else --features, the configuration, or what fits the logs',
      )
      .option('--features <names>', 'fields to look at, comma-separated')
      .option('--name <name>', 'name of the detector')
      .option(
        '--contamination <share>',
        'share of logs to call anomalous, over 0, at most 0.5',
        numberBetween(0.000001, 0.5),
      )
      .option(
        '--seed <number>',
        'the same seed and logs give the same forest',
        numberBetween(0, 4_294_967_295, true),
      )
      .option('--label-field <name>', 'ground truth for the evaluation on held-out logs; never a feature')
      .option(
        '--feedback <detector-id>',
        'also learn from the verdicts on results of this detector: their logs are fetched from Elasticsearch',
      )
      .addHelpText(
        'after',
        `
A training from a file knows nothing of verdicts without --feedback. It takes at least ten of them to learn from.

Examples:
  log-anomalies train-model --input training_data.json --output model.json --contamination 0.02
  log-anomalies train-model --input logs.ndjson --features response_time,status_code,request_size,hour_of_day --output model.json
  log-anomalies train-model --input logs.ndjson --detector detector.yml --seed 7 --output model.json
  log-anomalies train-model --input training_data.json --detector detector.yml --feedback web --output model.json`,
      ),
    trainFromFile,
  );

async function trainFromFile(session: Session, options: Options): Promise<void> {
  const { documents, problems } = await loadDocuments(options.input, session);
  const { detector, why } = await chooseDetector(options, session.config, documents);
  if (options.labelField === undefined) {
    for (const label of findLabelFields(documents)) session.say(aboutLabel(label));
  }
  const judged =
    options.feedback === undefined ? undefined : await judgedLogs(session, detector, options.feedback);
  const progress = session.progress('Training');
  const { snapshot, report } = (() => {
    try {
      return trainModel({
        detector,
        documents,
        source: options.input,
        clock: session.clock,
        labelField: options.labelField,
        judged,
        progress,
      });
    } finally {
      progress.stop();
    }
  })();
  if (session.signal.aborted) throw new DetectionError('interrupted', 'Interrupted; no model was written.');
  const text = encodeTrainedModel(snapshot);
  await writeWhole(options.output, text);
  const { evaluation: _evaluation, ...facts } = report;
  const readiness = readinessFor(documents, snapshot, report);
  const summary = {
    model: snapshot.version,
    output: options.output,
    bytes: Buffer.byteLength(text),
    malformed: problems.length,
    features: why,
    ...facts,
    readiness,
  };
  if (options.output === '-') return;
  session.result(summary, () =>
    [
      snapshot.version,
      ...trainingLines({ detector, snapshot, report, why, problems }),
      ...(judged === undefined
        ? []
        : [
            `  verdicts   learned from ${report.verdicts} of the ${judged.documents.length} judged logs that are still there`,
          ]),
      ...dirtLines(report.dirt),
      ...readiness.map(({ level, message, next_step }) => `  ${level.padEnd(9)}  ${message} ${next_step}`),
      `  written    ${options.output} (${Math.round(summary.bytes / 1024)} KiB) in ${(report.milliseconds / 1_000).toFixed(1)} s`,
    ].join('\n'),
  );
}

function readinessFor(
  documents: readonly LogDocument[],
  { encoder, detector }: ModelSnapshot,
  report: TrainingReport,
): ReadinessFinding[] {
  const { timestamp_field: timestampField } = detector.source;
  const findings = readinessOf({
    times: documents.flatMap((document) => timestampOf(document, timestampField) ?? []),
    features: encoder.featureNames.map((name, feature) => ({
      name,
      columns: encoder.featureOfColumn.filter((each) => each === feature).length,
    })),
    dirt: { report: report.dirt, logs: report.rows },
  });
  return withoutSeldomFeatures(findings);
}

async function judgedLogs(session: Session, detector: Detector, detectorId: string): Promise<JudgedLogs> {
  return withClient(session, async (client) => {
    const { space } = session.config;
    const feedback = await createFeedbackStore(client, { space }).list(detectorId);
    return fetchJudgedLogs(createDetectorSource(client, detector), feedback, fieldsLearned(detector));
  });
}

function dirtLines(dirt: Readonly<Record<string, Readonly<Record<string, number | undefined>>>>): string[] {
  return Object.entries(dirt)
    .filter(([, kinds]) => Object.keys(kinds).length > 0)
    .map(
      ([feature, kinds]) =>
        `  dirty      ${feature}: ${Object.entries(kinds)
          .map(([kind, count]) => `${kind} ${count}`)
          .join(', ')}`,
    );
}
