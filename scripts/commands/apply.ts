import { Command } from 'commander';
import colors from 'picocolors';
import { ENDPOINTS } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import { readDetectorFiles } from '../detectors_as_files/read_detector_files';
import { planDetectors, type Difference, type PlannedDetector } from '../detectors_as_files/plan_detectors';
import {
  allDetectors,
  askEndpoint,
  connectToKibana,
  KIBANA_URL_OPTION,
  type KibanaConnection,
} from '../command_line/kibana';
import { printable, runs } from '../command_line/session';

const SHOWN_CHARACTERS = 120;

interface Options {
  file: string[];
  dryRun: boolean;
  label?: string;
  prune: boolean;
  start: boolean;
  kibanaUrl?: string;
}

/** A detector of the answer; `id` is absent for one that a dry run would create. */
interface Applied {
  readonly name: string;
  readonly action: PlannedDetector['action'];
  readonly id?: string;
  readonly started?: boolean;
  readonly changes: readonly Difference[];
}

export const apply = (): Command =>
  runs<Options>(
    new Command('apply')
      .description('Make the detectors in Kibana those of files: create, change, leave alone')
      .requiredOption('-f, --file <path...>', 'YAML files, or folders with them')
      .option('--dry-run', 'only say what would change, setting by setting', false)
      .option('--label <text>', 'a label that the detectors of the files get')
      .option('--prune', 'delete the detectors that have the label and stand in no file', false)
      .option('--start', 'start the detectors of the files that do not run', false)
      .option(...KIBANA_URL_OPTION)
      .addHelpText(
        'after',
        `
Detectors are known by their name. All files are read and all rights are asked for before anything is saved. A changed detector keeps
its id, models and results, and goes on running; it says itself when it has to be trained again. A deleted one keeps its results.

A detector works with the rights of whoever saves it, which Kibana grants to users and not to API keys: take a user of its own for this
(ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD) with the Kibana privilege "Log Anomalies: All" and the owner role. With an API key
--dry-run works; import-detectors saves with it, and somebody has to start what it saved.

Examples:
  log-anomalies apply -f detectors/ --dry-run
  log-anomalies apply -f detectors/ --label team-shop --prune --start`,
      ),
    async (session, { file, dryRun, label, prune, start, kibanaUrl }) => {
      if (prune && label === undefined) {
        throw new DetectionError(
          'invalid_input',
          '--prune needs --label: only detectors that have the label are deleted, so that nobody else loses one.',
        );
      }
      const connection = connectToKibana(session, kibanaUrl);
      const files = await readDetectorFiles(file);
      const plan = planDetectors(files, await allDetectors(connection), { label, prune });
      await checkSettingsAndRights(connection, plan);
      const applied: Applied[] = [];
      for (const each of plan) {
        applied.push(
          dryRun ? plannedOf(each) : await carryOut(connection, each, start).catch(tellWhatIsDone(applied)),
        );
      }
      session.result({ dry_run: dryRun, detectors: applied }, () => textOf(applied, dryRun));
    },
  );

/** @throws DetectionError `forbidden` or `invalid_input` naming every detector that could not be saved */
async function checkSettingsAndRights(
  connection: KibanaConnection,
  plan: readonly PlannedDetector[],
): Promise<void> {
  const problems: string[] = [];
  let isForbidden = false;
  for (const { name, action, detector } of plan) {
    if (action !== 'create' && action !== 'change') continue;
    const checked = await askEndpoint(connection, ENDPOINTS.validateDetector, '/detectors/_validate', {
      detector,
    });
    isForbidden ||= checked.missing_privileges.length > 0;
    const lacking = checked.missing_privileges.map((missing) => `you lack ${missing}`);
    problems.push(
      ...[...checked.issues, ...lacking].map(
        (problem) => `${printable(name, 200)}: ${printable(problem, 400)}`,
      ),
    );
  }
  if (problems.length === 0) return;
  throw new DetectionError(
    isForbidden ? 'forbidden' : 'invalid_input',
    `Nothing was changed, since not all of it could be:\n  ${problems.join('\n  ')}`,
  );
}

const plannedOf = ({ name, action, record, differences }: PlannedDetector): Applied => ({
  name,
  action,
  ...(record && { id: record.id }),
  changes: differences,
});

async function carryOut(
  connection: KibanaConnection,
  planned: PlannedDetector,
  start: boolean,
): Promise<Applied> {
  const { action, detector, record } = planned;
  const path = record === undefined ? '/detectors' : `/detectors/${encodeURIComponent(record.id)}`;
  const done = plannedOf(planned);
  if (action === 'delete') {
    await askEndpoint(connection, ENDPOINTS.deleteDetector, path);
    return done;
  }
  if (action === 'create') {
    const { id } = await askEndpoint(connection, ENDPOINTS.createDetector, path, { detector, start });
    return { ...done, id, ...(start && { started: true }) };
  }
  if (action === 'change') {
    await askEndpoint(connection, ENDPOINTS.updateDetector, path, { detector, version: record?.version });
  }
  if (!start || record?.enabled) return done;
  await askEndpoint(connection, ENDPOINTS.startDetector, `${path}/_start`);
  return { ...done, started: true };
}

function tellWhatIsDone(applied: readonly Applied[]) {
  return (error: unknown): never => {
    const done = applied.filter(({ action, started }) => action !== 'leave' || started);
    if (!(error instanceof DetectionError) || done.length === 0) throw error;
    const names = done.map(({ name, action }) => `${DONE[action]} "${printable(name, 60)}"`).join(', ');
    throw new DetectionError(error.code, `${error.message} Done before that: ${names}.`, { cause: error });
  };
}

const DONE = { create: 'created', change: 'changed', leave: 'unchanged', delete: 'deleted' } as const;
const PLANNED = {
  create: 'would be created',
  change: 'would be changed',
  leave: 'unchanged',
  delete: 'would be deleted',
} as const;

function textOf(applied: readonly Applied[], dryRun: boolean): string {
  const words = dryRun ? PLANNED : DONE;
  return applied
    .flatMap(({ name, action, id, started, changes }) => [
      `${printable(name, 200)}: ${words[action]}${started ? ', started' : ''}${id === undefined ? '' : ` (${id})`}`,
      ...changes.flatMap(({ setting, before, after }) => [
        ...(before === undefined ? [] : [colors.red(`  - ${setting}: ${shown(before)}`)]),
        ...(after === undefined ? [] : [colors.green(`  + ${setting}: ${shown(after)}`)]),
      ]),
    ])
    .join('\n');
}

const shown = (value: unknown): string => printable(JSON.stringify(value), SHOWN_CHARACTERS);
