import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { gateBody, gateText, insist } from '../command_line/gate_text';
import { checkOnLabelledLogs } from '../command_line/labelled_check';
import { loadDocuments } from '../command_line/log_files';
import { detectorIdOf, gateLimitsOf, loadActiveModel, loadModelFile } from '../command_line/models';
import { runs, type Session } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  model: string;
  testData: string;
  compare: string;
  detectorId?: string;
}

export const validateModelPerformance = (): Command =>
  runs<Options>(
    new Command('validate-model-performance')
      .description('Check a model on labelled logs against the limits and the active model; for CI')
      .requiredOption('--model <file>', 'the model')
      .requiredOption('--test-data <file>', 'labelled logs: NDJSON or a JSON array')
      .option('--compare <what>', 'active (the one in Elasticsearch), none, or a model file', 'active')
      .option('--detector-id <id>', 'whose active model (default: from the name of the detector)')
      .addHelpText(
        'after',
        `
Limits: the section limits of the configuration. Exit code 7 when one is broken.

Examples:
  log-anomalies validate-model-performance --model model.json --test-data test_logs.json --compare none
  log-anomalies validate-model-performance --model model.json --test-data test_logs.json --config config.yaml`,
      ),
    async (session, options) => {
      const { snapshot } = await loadModelFile(options.model);
      const { documents } = await loadDocuments(options.testData, {
        ...session,
        unreadable: session.leftOut,
      });
      const active = await comparedModel(session, options, snapshot);
      const outcome = checkOnLabelledLogs(
        { candidate: snapshot, active },
        { documents, file: options.testData },
        gateLimitsOf(session.config.limits),
      );
      session.result(
        { model: snapshot.version, compared_with: active?.version, ...gateBody(outcome.report) },
        () =>
          [
            `${snapshot.version}${active === undefined ? '' : ` beside ${active.version}`} on ${documents.length.toLocaleString('en')} logs`,
            gateText(outcome.report),
          ].join('\n'),
      );
      insist(outcome.report, `${snapshot.version} is not good enough`);
    },
  );

async function comparedModel(
  session: Session,
  options: Options,
  snapshot: ModelSnapshot,
): Promise<ModelSnapshot | undefined> {
  if (options.compare === 'none') return undefined;
  if (options.compare !== 'active') return (await loadModelFile(options.compare)).snapshot;
  return withStoredData(session, async (client) => {
    try {
      const active = await loadActiveModel(
        client,
        session.config.space,
        options.detectorId ?? detectorIdOf(snapshot.detector.name),
      );
      if (active === undefined) session.say('No model is active yet: only the limits are checked.');
      return active?.snapshot;
    } catch (error) {
      if (error instanceof DetectionError && error.code === 'unavailable') {
        throw new DetectionError(
          'unavailable',
          `${error.message} To check without the active model, give --compare none.`,
          { cause: error },
        );
      }
      throw error;
    }
  });
}
