import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { deleteOldIndices, oldSpaces, upgradeSpace, type UpgradeReport } from '../../server/elasticsearch';
import { runs } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

interface Options {
  dryRun: boolean;
  deleteOld: boolean;
}

export const migrate = (): Command =>
  runs<Options>(
    new Command('migrate')
      .description('Move what version 0.1.0 has stored, of all spaces, to the names of this version')
      .option('--dry-run', 'only list the spaces that have something to move', false)
      .option('--delete-old', 'delete the indices of version 0.1.0 once everything of them was moved', false)
      .addHelpText(
        'after',
        `
Version 0.1.0 kept models and checkpoints of all spaces in one index, and its patterns matched other spaces as well. Everything is
copied: results, feedback, suppressions, audit trail, models, checkpoints. The old indices stay until --delete-old. Stop every
Kibana and command of version 0.1.0 first. It may be repeated and interrupted; detectors of this version wait for its end and go on
from their checkpoints. It takes somebody with all rights on log-anomalies-* (docs/elasticsearch.md).

Examples:
  log-anomalies migrate --dry-run
  log-anomalies migrate
  log-anomalies migrate --delete-old`,
      ),
    async (session, { dryRun, deleteOld }) => {
      if (dryRun && deleteOld) {
        throw new DetectionError(
          'invalid_input',
          '--dry-run and --delete-old are given; allowed: one of them.',
        );
      }
      const { signal, clock } = session;
      await withClient(session, async (client) => {
        const spaces = await oldSpaces(client, { signal });
        if (dryRun) {
          session.result({ spaces }, () =>
            spaces.length === 0
              ? 'There is nothing of version 0.1.0.'
              : `Version 0.1.0 has left data of: ${spaces.join(', ')}.`,
          );
          return;
        }
        const progress = session.progress('Moving');
        const moved: ({ space: string } & UpgradeReport)[] = [];
        try {
          for (const space of spaces) {
            const report = await upgradeSpace(client, {
              space,
              now: () => clock.now(),
              signal,
              progress: (documents, what) => progress(documents, undefined, what),
            });
            moved.push({ space, ...report });
          }
        } finally {
          progress.stop();
        }
        const deleted = deleteOld ? await deleteOldIndices(client, { signal }) : [];
        session.result({ spaces: moved, deleted }, () =>
          [
            ...(spaces.length === 0 ? ['There is nothing of version 0.1.0.'] : []),
            ...moved.map(({ space, state, documents }) =>
              state === 'moved'
                ? `${space}: ${documents.toLocaleString('en')} documents moved`
                : `${space}: moved before`,
            ),
            ...(deleted.length > 0 ? [`Deleted: ${deleted.join(', ')}`] : []),
          ].join('\n'),
        );
        if (moved.length > 0 && !deleteOld) {
          session.say('The indices of version 0.1.0 are still there; --delete-old deletes them.');
        }
      });
    },
  );
