import { Command } from 'commander';
import { findRepairs, repairIndices as repair } from '../../server/elasticsearch';
import { runs } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

export const repairIndices = (): Command =>
  runs<{ dryRun: boolean }>(
    new Command('repair-indices')
      .description('Give indices of results, models and incidents that have lost their mapping a proper one')
      .option('--dry-run', 'only list the indices', false)
      .addHelpText(
        'after',
        `
An index that was deleted and made anew by a write, or restored by hand, has a mapping in which nothing is found. Detectors write
nothing to it and say so. It is copied, compared by count, deleted, made anew and filled again; nothing of it is lost. It may be repeated
and interrupted. It takes somebody with all rights on log-anomalies-* (docs/elasticsearch.md).

Examples:
  log-anomalies repair-indices --dry-run
  log-anomalies repair-indices`,
      ),
    async (session, { dryRun }) => {
      const { signal } = session;
      const { space } = session.config;
      await withClient(session, async (client) => {
        if (dryRun) {
          const indices = (await findRepairs(client, { space, signal })).map(({ index }) => index);
          session.result({ indices }, () =>
            indices.length === 0
              ? `Every index of space ${space} has its mapping.`
              : `Without their mapping: ${indices.join(', ')}`,
          );
          return;
        }
        const progress = session.progress('Copying');
        try {
          const repaired = await repair(client, {
            space,
            signal,
            progress: (documents, what) => progress(documents, undefined, what),
          });
          session.result({ repaired }, () =>
            repaired.length === 0
              ? `Every index of space ${space} has its mapping.`
              : repaired
                  .map(({ index, documents }) => `${index}: ${documents.toLocaleString('en')} documents kept`)
                  .join('\n'),
          );
        } finally {
          progress.stop();
        }
      });
    },
  );
