import { Command } from 'commander';
import { protectAuditTrails } from '../../server/elasticsearch';
import { runs } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

export const protectAudit = (): Command =>
  runs<{ spaces?: string[] }>(
    new Command('protect-audit')
      .description(
        'Have Elasticsearch note who writes to the audit trail and when, which the writer cannot change',
      )
      .option('--spaces <id...>', 'spaces whose trail is made now (default: the one of the configuration)')
      .addHelpText(
        'after',
        `
Once for a cluster with security on, by an administrator: it puts an ingest pipeline and an index template for log-anomalies-audit.*, and
covers the trails that are there. It takes manage_ingest_pipelines and manage_index_templates, and manage on log-anomalies-audit.*
(docs/elasticsearch.md). Owners then append entries and can neither change nor delete them nor write in another's name.

Examples:
  log-anomalies protect-audit
  log-anomalies protect-audit --spaces default sales`,
      ),
    async (session, { spaces = [session.config.space] }) => {
      await withClient(session, async (client) => {
        const indices = await protectAuditTrails(client, spaces, { signal: session.signal });
        session.result({ recorded: indices }, () =>
          [`Recorded: ${indices.join(', ')}, and the audit trail of every space to come.`].join('\n'),
        );
      });
    },
  );
