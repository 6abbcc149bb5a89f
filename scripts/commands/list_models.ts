import { Command } from 'commander';
import { createSnapshotStore, modelsIndex, refuseUnreadable } from '../../server/elasticsearch';
import { runs } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

export const listModels = (): Command =>
  runs<{ detectorId?: string }>(
    new Command('list-models')
      .description('List the deployed models of a detector, or of all')
      .option('--detector-id <id>', 'only this detector')
      .addHelpText('after', '\nExample:\n  log-anomalies list-models --detector-id web'),
    async (session, options) => {
      await withStoredData(session, async (client) => {
        const models = await createSnapshotStore(client, { space: session.config.space }).list(
          options.detectorId,
        );
        if (models.length === 0) await refuseUnreadable(client, [modelsIndex(session.config.space)]);
        const listed = models.map(({ evaluation: _evaluation, promotions: _promotions, ...model }) => model);
        session.result(listed, () =>
          models.length === 0
            ? 'No model has been deployed.'
            : [
                `${'status'.padEnd(10)}${'created'.padEnd(26)}${'rows'.padStart(8)}  ${'threshold'.padEnd(10)}  detector / version`,
                ...models.map(
                  (model) =>
                    `${model.status.padEnd(10)}${model.createdAt.padEnd(26)}${String(model.rows).padStart(8)}  ${model.threshold.toFixed(4).padEnd(10)}  ${model.detectorId} / ${model.version}${model.note ? `  (${model.note})` : ''}${model.gate ? `  gate: ${[model.gate.verdict, ...model.gate.reasons].join('; ')}` : ''}`,
                ),
              ].join('\n'),
        );
      });
    },
  );
