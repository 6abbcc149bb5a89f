import { Command } from 'commander';
import { DAY, durationToMilliseconds } from '../../common/duration';
import { DetectionError } from '../../common/detection_error';
import { checkConnection, deleteResultMonths, resultMonthsBefore } from '../../server/elasticsearch';
import type { ResultMonth } from '../../server/elasticsearch';
import { authorOf } from '../command_line/hiding';
import { runs } from '../command_line/session';
import { parseDuration } from '../command_line/time_options';
import { withClient } from '../command_line/stored_data';

interface Options {
  /** Milliseconds. */
  olderThan: string;
  dryRun: boolean;
  yes: boolean;
}

/** Time range of the previews of feedback and of `what-if`. */
const LOOKED_BACK_ON_MILLISECONDS = 30 * DAY;

export const deleteResults = (): Command =>
  runs<Options>(
    new Command('delete-results')
      .description('Delete results of old logs, by whole months; feedback, models and audit trail stay')
      .requiredOption(
        '--older-than <duration>',
        'minimum age of deleted results: 90d, 26w; a month goes once all of it is older',
        parseDuration,
      )
      .option('--dry-run', 'only say what would be deleted, and whether the rights are there', false)
      .option('--yes', 'delete without being asked again; without it nothing is deleted', false)
      .addHelpText(
        'after',
        `
Results lie in one index for each month of their logs, so that old ones go at once and the others stay as they are.
It takes the right delete_index on log-anomalies-results.<space>.*, which no other command needs (docs/elasticsearch.md).
Without --yes it lists what would be deleted and exits with 2 where there is anything.

Examples:
  log-anomalies delete-results --older-than 90d --dry-run
  log-anomalies delete-results --older-than 90d --yes
  # crontab: every night
  30 3 * * *  log-anomalies delete-results --config /etc/log-anomalies.yaml --older-than 90d --yes --quiet`,
      ),
    async (session, { dryRun, yes, ...options }) => {
      const olderThan = durationToMilliseconds(options.olderThan);
      const { space } = session.config;
      const { signal } = session;
      await withClient(session, async (client) => {
        const now = session.clock.now();
        const { missingPrivileges, hints } = await checkConnection(client, {
          indices: [],
          space,
          role: 'retention',
          signal,
        });
        const isAllowed = missingPrivileges.length === 0;
        if (!isAllowed && !dryRun) {
          throw new DetectionError(
            'forbidden',
            `Nothing was deleted: ${missingPrivileges.join('; ')} is missing. ${hints.join(' ')}`,
          );
        }
        const before = now - olderThan;
        const months = await resultMonthsBefore(client, before, { space, signal });
        const isDone = yes && !dryRun;
        if (isDone) {
          const author = { at: new Date(now).toISOString(), ...(await authorOf(client)) };
          await deleteResultMonths(client, months, author, { space, signal, before });
        }
        session.result(
          { deleted: isDone, indices: months.map(bodyOf), missing_rights: missingPrivileges },
          () => textOf(months, isDone),
        );
        if (!isAllowed) session.say(`It would be refused: ${missingPrivileges.join('; ')} is missing.`);
        if (olderThan < LOOKED_BACK_ON_MILLISECONDS) {
          session.say('what-if and the previews of feedback look at the last 30 days, and see less now.');
        }
        if (!yes && !dryRun && months.length > 0) {
          throw new DetectionError('invalid_input', 'Nothing was deleted: it takes --yes.');
        }
      });
    },
  );

const bodyOf = ({ index, end, results, judged, summaries }: ResultMonth) => ({
  index,
  logs_before: new Date(end).toISOString(),
  results,
  judged,
  summaries,
});

function textOf(months: readonly ResultMonth[], isDone: boolean): string {
  if (months.length === 0) return 'No month of results is old enough.';
  const number = (count: number): string => count.toLocaleString('en');
  const total = months.reduce((sum, { results }) => sum + results, 0);
  return [
    ...months.map(
      ({ index, results, judged, summaries }) =>
        `${index}  ${number(results)} results (${number(judged)} judged), ${number(summaries)} summaries`,
    ),
    `${isDone ? 'Deleted' : 'To be deleted'}: ${number(total)} results in ${months.length} ${months.length === 1 ? 'index' : 'indices'}.`,
  ].join('\n');
}
