import { Command } from 'commander';
import { askPlugin, connectToKibana, KIBANA_URL_OPTION } from '../command_line/kibana';
import { writeWhole } from '../command_line/log_files';
import { runs } from '../command_line/session';

interface Options {
  detectorId?: string[];
  output: string;
  kibanaUrl?: string;
}

export const exportDetectors = (): Command =>
  runs<Options>(
    new Command('export-detectors')
      .description('Write the settings of the detectors in Kibana to a YAML file')
      .option('--detector-id <id...>', 'only these (default: all of the space)')
      .option('--output <file>', 'the file; - for standard output', '-')
      .option(...KIBANA_URL_OPTION)
      .addHelpText(
        'after',
        `
The file holds no keys, models or results. One detector makes a file that other commands take as --detector. Kibana is asked with
the user or API key of the Elasticsearch connection, in the space of the configuration; that takes the Kibana privilege "Log Anomalies: Read".

Examples:
  log-anomalies export-detectors --kibana-url http://localhost:5601 --output detectors.yml
  log-anomalies export-detectors --detector-id 2f1c9a54-6d0e-4c1b-9d0a-0c8f3f2f6a11 --output web.yml`,
      ),
    async (session, { detectorId, output, kibanaUrl }) => {
      const connection = connectToKibana(session, kibanaUrl);
      const query = detectorId === undefined ? '' : `?ids=${encodeURIComponent(detectorId.join(','))}`;
      const yaml = await askPlugin(connection, `/detectors/_export${query}`);
      await writeWhole(output, yaml);
      if (output === '-') return;
      const detectors = (yaml.match(/^name: /gm) ?? []).length;
      session.result({ output, detectors }, () => `${detectors} detectors to ${output}`);
    },
  );
