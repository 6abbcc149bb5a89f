import { Command } from 'commander';
import { API_ROOT } from '../../common/api';
import { resultDashboards, toNdjson } from '../../common/dashboards';
import { DetectionError, type DetectionErrorCode } from '../../common/detection_error';
import { writeWhole } from '../command_line/log_files';
import type { Config } from '../command_line/config';
import { printable, runs } from '../command_line/session';

interface Options {
  pluginPanels?: boolean;
  kibanaUrl?: string;
  output?: string;
}

const CODES: Readonly<Record<number, DetectionErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  503: 'unavailable',
};

export const importDashboards = (): Command =>
  runs<Options>(
    new Command('import-dashboards')
      .description('Install the data view and the dashboards in Kibana, or write them to a file')
      .option('--kibana-url <url>', 'address of Kibana (default: KIBANA_URL)')
      .option('--output <file>', 'write an NDJSON file for Stack Management > Saved Objects instead')
      .option('--plugin-panels', 'with --output: also the panels that only a Kibana with the plugin draws')
      .addHelpText(
        'after',
        `
Kibana is asked with the user or API key of the Elasticsearch connection. Importing again replaces the dashboards. A Kibana
with the plugin gets its panels (swim lane, patterns, table) beside those of Lens.

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
      const kibana = options.kibanaUrl ?? process.env.KIBANA_URL;
      if (kibana === undefined)
        throw new DetectionError(
          'invalid_input',
          'No Kibana is named: give --kibana-url, set KIBANA_URL, or write a file with --output.',
        );
      const prefix = space === 'default' ? '' : `/s/${space}`;
      const base = `${kibana.replace(/\/+$/, '')}${prefix}`;
      const known = await ask(kibana, `${base}${API_ROOT}/_openapi`, {
        headers: authorization(session.config),
      });
      // Who may not ask for it is told 401 or 403, by a Kibana that has it.
      const hasPlugin = known.status !== 404;
      const ndjson = toNdjson(resultDashboards(space, { hasPlugin }));
      const form = new FormData();
      form.append('file', new Blob([ndjson], { type: 'application/ndjson' }), 'log-anomalies.ndjson');
      const answer = await ask(kibana, `${base}/api/saved_objects/_import?overwrite=true`, {
        method: 'POST',
        headers: { 'kbn-xsrf': 'true', ...authorization(session.config) },
        body: form,
      });
      const text = await answer.text();
      const body = safeJson(text);
      if (!answer.ok || body?.success !== true) {
        throw new DetectionError(
          CODES[answer.status] ?? 'internal',
          `Kibana refused the import (${answer.status}): ${printable(text, 400)}`,
        );
      }
      session.result(
        { kibana, imported: body.successCount },
        () =>
          `${String(body.successCount)} objects imported; see Dashboards > "Log Anomalies: overview" in ${kibana}`,
      );
    },
  );

async function ask(kibana: string, url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    throw new DetectionError(
      'unavailable',
      `Kibana does not answer at ${kibana}: ${cause?.message ?? message}`,
      {
        cause: error,
      },
    );
  }
}

function authorization({ elasticsearch }: Config): Record<string, string> {
  if (elasticsearch.api_key !== undefined) return { authorization: `ApiKey ${elasticsearch.api_key}` };
  if (elasticsearch.username === undefined) return {};
  return {
    authorization: `Basic ${Buffer.from(`${elasticsearch.username}:${elasticsearch.password ?? ''}`).toString('base64')}`,
  };
}

function safeJson(text: string): { success?: boolean; successCount?: number } | undefined {
  try {
    return JSON.parse(text) as { success?: boolean; successCount?: number };
  } catch {
    return undefined;
  }
}
