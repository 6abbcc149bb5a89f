import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { decodeModelSnapshot } from '../../common/model_snapshot';
import { earlierVersion } from '../../server/detection/promotion/earlier_version';
import { promoteModel } from '../../server/detection/promotion/promote_model';
import { createSnapshotStore } from '../../server/elasticsearch';
import { deployPipeline } from '../../server/elasticsearch/ingest';
import { authorOf } from '../command_line/hiding';
import { deploymentText, trialOptions } from '../command_line/ingest_pipeline';
import { promotionWork } from '../command_line/promotion';
import { runs } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

export const rollbackModel = (): Command =>
  runs<{ detectorId: string; to?: string; note?: string }>(
    new Command('rollback-model')
      .description('Make an earlier model active again; with scoring: ingest its pipeline, too')
      .requiredOption('--detector-id <id>', 'the detector')
      .option(
        '--to <version>',
        'the version to go back to (default: the one that was active before; one that was taken back is passed over)',
      )
      .option('--note <text>', 'why; kept with the model')
      .addHelpText(
        'after',
        '\nExample:\n  log-anomalies rollback-model --detector-id web --note "too many alerts"',
      ),
    async (session, options) => {
      await withStoredData(session, async (client) => {
        const store = createSnapshotStore(client, { space: session.config.space });
        const models = await store.list(options.detectorId);
        const active = models.find((model) => model.status === 'active');
        const version = options.to ?? earlierVersion(models);
        if (version === undefined) {
          throw new DetectionError(
            'not_found',
            `The detector "${options.detectorId}" has no earlier model to go back to that was not taken back itself; --to names one all the same.`,
          );
        }
        if (version === active?.version)
          throw new DetectionError('invalid_input', `${version} is active already.`);
        const snapshot = decodeModelSnapshot(await store.load(options.detectorId, version), { stored: true });
        const { detectorId } = options;
        const { previous } = await promoteModel(
          promotionWork(session, client, { detectorId, version }, async () => {
            if (snapshot.detector.scoring !== 'ingest') return undefined;
            const trial = await trialOptions(session, client, snapshot, { detectorId });
            const deployment = await deployPipeline(client, snapshot, trial);
            session.say(deploymentText(deployment));
            return deployment;
          }),
          {
            detectorId,
            version,
            note: options.note ?? 'rolled back',
            reason: options.note ?? 'rolled back by the command line',
            ...(await authorOf(client)),
            action: 'model_reverted',
          },
        );
        session.result(
          { detector: options.detectorId, active: version, previous },
          () => `${version} is active again; it replaces ${previous ?? 'nothing'}.`,
        );
      });
    },
  );
