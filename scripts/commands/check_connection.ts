import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { checkConnection as check } from '../../server/elasticsearch';
import { runs } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

export const checkConnection = (): Command =>
  runs<{ index?: string; pipelines: boolean }>(
    new Command('check-connection')
      .description('Check that Elasticsearch answers, its version and licence, and which rights are missing')
      .option('--index <pattern>', 'logs that are going to be read (default: index of the configuration)')
      .option('--pipelines', 'look for the rights that ingest pipelines and backfills take, too', false)
      .addHelpText(
        'after',
        `
Examples:
  ELASTICSEARCH_URL=http://localhost:9200 log-anomalies check-connection
  log-anomalies check-connection --index 'weblogs-*' --pipelines
  log-anomalies check-connection --config config.yaml --index 'filebeat-*' --json`,
      ),
    async (session, options) => {
      await withClient(session, async (client) => {
        const found = await check(client, {
          indices: (options.index ?? session.config.index).split(','),
          space: session.config.space,
          role: options.pipelines ? 'pipelines' : 'owner',
        });
        session.result(found, () =>
          [
            `Elasticsearch ${found.version} answers at ${found.url}`,
            `  licence   ${found.licence}`,
            `  security  ${found.security ? `on, signed in as ${found.user}` : 'off'}`,
            `  rights    ${found.missingPrivileges.length === 0 ? 'all that is needed' : 'something is missing:'}`,
            ...found.missingPrivileges.map((missing) => `    - ${missing}`),
            ...found.warnings.map((warning) => `  warning   ${warning}`),
            ...found.hints.map((hint) => `  ${hint}`),
          ].join('\n'),
        );
        if (found.missingPrivileges.length > 0) {
          throw new DetectionError(
            'forbidden',
            'Some rights are missing; the lines above say which and how to get them.',
          );
        }
      });
    },
  );
