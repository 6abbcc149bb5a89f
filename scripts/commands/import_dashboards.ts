import { Command } from 'commander';
import { API_ROOT } from '../../common/api';
import { resultDashboards, toNdjson } from '../../common/dashboards';
import { takesPanels } from '../../common/kibana_version';
import { writeWhole } from '../command_line/log_files';
import { connectToKibana, jsonOf, KIBANA_URL_OPTION, refusalOf } from '../command_line/kibana';
import { runs } from '../command_line/session';

interface Options {
  pluginPanels?: boolean;
  kibanaUrl?: string;
  output?: string;
}

export const importDashboards = (): Command =>
  runs<Options>(
    new Command('import-dashboards')
      .description('Install the data view and the dashboards in Kibana, or write them to a file')
      .option(...KIBANA_URL_OPTION)
      .option('--output <file>', 'write an NDJSON file for Stack Management > Saved Objects instead')
      .option('--plugin-panels', 'with --output: also the panels that only a Kibana with the plugin draws')
      .addHelpText(
        'after',
        `
Kibana is asked with the user or API key of the Elasticsearch connection. Importing again replaces the dashboards. A Kibana
with the plugin gets its panels (figures, incidents, actual values, swim lane, patterns, table) beside those of Lens.

Examples:
  log-anomalies import-dashboards --kibana-url http://localhost:5601
  log-anomalies import-dashboards --output dashboards.ndjson`,
      ),
    async (session, options) => {
      const { space } = session.config;
      if (options.output !== undefined) {
        const objects = resultDashboards(space, { hasPlugin: options.pluginPanels === true });
        await writeWhole(options.output, toNdjson(objects));
        if (options.output !== '-')
          session.result(
            { output: options.output, objects: objects.length },
            () => `${objects.length} objects to ${options.output}`,
          );
        return;
      }
      const { kibana, ask } = connectToKibana(session, options.kibanaUrl, ', or write a file with --output');
      const known = await ask(`${API_ROOT}/_openapi`);
      // A Kibana with the plugin answers 401 or 403 to callers without the privilege.
      const hasPlugin = known.status !== 404;
      const status = jsonOf(await (await ask('/api/status')).text()) as
        { version?: { number?: string } } | undefined;
      const version = status?.version?.number;
      const ndjson = toNdjson(
        resultDashboards(space, { hasPlugin, takesPanels: version !== undefined && takesPanels(version) }),
      );
      const form = new FormData();
      form.append('file', new Blob([ndjson], { type: 'application/ndjson' }), 'log-anomalies.ndjson');
      const answer = await ask('/api/saved_objects/_import?overwrite=true', { method: 'POST', body: form });
      const text = await answer.text();
      const body = jsonOf(text) as { success?: boolean; successCount?: number } | undefined;
      if (!answer.ok || body?.success !== true) throw refusalOf(answer.status, text);
      session.result(
        { kibana, imported: body.successCount },
        () =>
          `${String(body.successCount)} objects imported; see Dashboards > "Log Anomalies: overview" in ${kibana}`,
      );
    },
  );
