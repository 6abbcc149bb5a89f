import { text as textOf } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { ENDPOINTS, NAME_CONFLICTS, type ImportedDetector, type NameConflict } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import { askEndpoint, connectToKibana, KIBANA_URL_OPTION } from '../command_line/kibana';
import { printable, runs } from '../command_line/session';
import { readBounded } from '../../server/notifications/read_bounded';

const LARGEST_IMPORT_MB = 64;

interface Options {
  input: string;
  onConflict: NameConflict;
  dryRun: boolean;
  kibanaUrl?: string;
}

export const importDetectors = (): Command =>
  runs<Options>(
    new Command('import-detectors')
      .description('Save the detectors of a YAML file in Kibana, all or none')
      .requiredOption('--input <file>', 'the file; - for standard input')
      .addOption(
        new Option('--on-conflict <what>', 'action when a detector of the space has the name already')
          .choices(NAME_CONFLICTS)
          .default('refuse'),
      )
      .option('--dry-run', 'only say what would be done', false)
      .option(...KIBANA_URL_OPTION)
      .addHelpText(
        'after',
        `
refuse: nothing is saved then; overwrite: the detector gets the settings of the file and keeps its id, models and results; create: a
new one is saved under a free name. What is imported is stopped, and has no API key and no owner until somebody whose rights suffice
saves or starts it. Kibana is asked with the user or API key of the Elasticsearch connection, in the space of the configuration; that
takes the Kibana privilege "Log Anomalies: All". Exit code 4 for a name that is there already.

Examples:
  log-anomalies import-detectors --kibana-url http://localhost:5601 --input detectors.yml --dry-run
  log-anomalies import-detectors --input detectors.yml --on-conflict overwrite`,
      ),
    async (session, { input, onConflict, dryRun, kibanaUrl }) => {
      const connection = connectToKibana(session, kibanaUrl);
      const yaml = await readInput(input);
      const answer = await askEndpoint(connection, ENDPOINTS.importDetectors, '/detectors/_import', {
        yaml,
        on_conflict: onConflict,
        dry_run: dryRun,
      });
      session.result(answer, () => answer.detectors.map((each) => lineOf(each, dryRun)).join('\n'));
    },
  );

async function readInput(input: string): Promise<string> {
  try {
    return input === '-' ? await textOf(process.stdin) : await readBounded(input, LARGEST_IMPORT_MB);
  } catch (error) {
    throw new DetectionError(
      'invalid_input',
      `The file ${input} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

function lineOf({ name, action, id, warnings }: ImportedDetector, dryRun: boolean): string {
  const what = dryRun ? `would be ${action}` : action;
  const head = `${printable(name, 200)}: ${what}${id === undefined ? '' : ` (${id})`}`;
  return [head, ...warnings.map(({ message }) => `  ${printable(message, 400)}`)].join('\n');
}
