import { join, relative } from 'node:path';
import { Command } from 'commander';
import colors from 'picocolors';
import { DetectionError } from '../../common/detection_error';
import { connectToKibana, KIBANA_URL_OPTION } from '../command_line/kibana';
import { writeWhole } from '../command_line/log_files';
import { printable, runs } from '../command_line/session';
import { exportFiles } from '../detectors_as_files/export_files';
import { yamlFilesIn } from '../detectors_as_files/read_files';

const SHOWN_FILES = 20;

interface Options {
  output: string;
  all: boolean;
  label?: string;
  kibanaUrl?: string;
}

export const exportAll = (): Command =>
  runs<Options>(
    new Command('export')
      .description('Write detectors, quiet times and alert rules of Kibana as files that apply takes back')
      .requiredOption('-o, --output <folder>', 'folder for the files; those of the same name are replaced')
      .option('--all', 'all of the space', false)
      .option('--label <text>', 'only what has this label; of a rule it is a tag')
      .option(...KIBANA_URL_OPTION)
      .addHelpText(
        'after',
        `
Each stands in a file of its own, below detectors/, quiet_times/ and rules/. Rules are those of our three types, and name detectors and
connectors; where several have a name, by id. The files hold no keys, models, results, connectors or quiet times that are over. What is
written into the message of an action is written into its file. A warning names what apply does not take as it is, such as a name that
two rules have. It takes the Kibana privilege "Log Anomalies: Read", and for the names
of connectors "Actions and Connectors: Read".

Examples:
  log-anomalies export --all --output detectors/
  log-anomalies export --label team-shop --output detectors/
  log-anomalies apply -f detectors/ --dry-run`,
      ),
    async (session, { output, all, label, kibanaUrl }) => {
      if (all === (label !== undefined)) {
        throw new DetectionError('invalid_input', 'Give either --all or --label.');
      }
      const { files, warnings } = await exportFiles(connectToKibana(session, kibanaUrl), label);
      await refuseOthers(output, new Set(files.map(({ path }) => path)));
      for (const { path, content } of files) await writeWhole(join(output, path), content);
      const countOf = (kind: string): number => files.filter((each) => each.kind === kind).length;
      const counts = {
        detectors: countOf('detector'),
        quiet_times: countOf('quiet_time'),
        rules: countOf('rule'),
      };
      session.result({ output, ...counts, files: files.map(({ path }) => path), warnings }, () =>
        [
          `${counts.detectors} detectors, ${counts.quiet_times} quiet times and ${counts.rules} rules to ${output}`,
          ...warnings.map((warning) => colors.yellow(`  ! ${warning}`)),
        ].join('\n'),
      );
    },
  );

/** @throws DetectionError `conflict` naming files that apply would take for a part of the export */
async function refuseOthers(folder: string, exported: ReadonlySet<string>): Promise<void> {
  const files = await yamlFilesIn(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new DetectionError(
      'invalid_input',
      `--output is "${folder}", which cannot be read: ${error.message}`,
    );
  });
  const others = files
    .map((path) => relative(folder, path).replaceAll('\\', '/'))
    .filter((path) => !exported.has(path));
  if (others.length === 0) return;
  const shown = others.slice(0, SHOWN_FILES).map((path) => printable(path, 200));
  throw new DetectionError(
    'conflict',
    `Nothing was written, since ${folder} holds files that are no part of the export and that apply would read, too: ` +
      `${shown.join(', ')}${others.length > SHOWN_FILES ? `, and ${others.length - SHOWN_FILES} more` : ''}. Remove them, or name another folder.`,
  );
}
