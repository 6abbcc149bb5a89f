import { Command } from 'commander';
import colors from 'picocolors';
import { DetectionError } from '../../common/detection_error';
import { connectToKibana, KIBANA_URL_OPTION } from '../command_line/kibana';
import { printable, runs } from '../command_line/session';
import type { Kind } from '../detectors_as_files/file_kinds';
import type { Difference } from '../detectors_as_files/plan_by_name';
import { planFiles } from '../detectors_as_files/plan_files';
import { readFiles } from '../detectors_as_files/read_files';
import type { Named } from '../detectors_as_files/references';
import type { Done, Step } from '../detectors_as_files/steps';

const SHOWN_CHARACTERS = 120;

interface Options {
  file: string[];
  dryRun: boolean;
  label?: string;
  prune: boolean;
  start: boolean;
  kibanaUrl?: string;
}

/** One of the answer; `id` is absent for one that a dry run would create. */
interface Applied {
  readonly name: string;
  readonly action: Step['action'];
  readonly id?: string;
  readonly started?: boolean;
  readonly changes: readonly Difference[];
  /** Losses that come with it. */
  readonly warnings?: readonly string[];
}
type AppliedOfKind = Applied & { readonly kind: Kind };

export const apply = (): Command =>
  runs<Options>(
    new Command('apply')
      .description('Make detectors, quiet times and alert rules in Kibana those of files')
      .requiredOption('-f, --file <path...>', 'YAML files, or folders with them')
      .option('--dry-run', 'only say what would change, setting by setting', false)
      .option(
        '--label <text>',
        'a label that all of the files gets; of a rule it is a tag, beside log-anomalies:<label>',
      )
      .option(
        '--prune',
        'delete what has the label and stands in no file, of the kinds that the files have',
        false,
      )
      .option('--start', 'start the detectors of the files that do not run', false)
      .option(...KIBANA_URL_OPTION)
      .addHelpText(
        'after',
        `
A document of a file is a detector, or what its kind says: kind: quiet_time or kind: rule ("log-anomalies export" writes some). Each is
known by its name, of its kind. All files are read and all rights are asked for before anything is saved. A changed detector keeps
its id, models and results, and goes on running; it says itself when it has to be trained again. A deleted one keeps its results. A
changed quiet time takes the place of the one before; one that is over is neither made nor changed nor deleted. Rules name connectors, which are
neither made nor changed. Kibana says only on saving a rule if it takes it: what can be checked is checked before, and rules come last.

--prune deletes detectors only where the files have a detector, and so with quiet times and rules. Of rules it deletes those that apply
itself has saved with the label: they have the tag log-anomalies:<label>. A tag of somebody else is no reason.

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
          '--prune needs --label: only what has the label is deleted, so that nobody else loses something.',
        );
      }
      const connection = connectToKibana(session, kibanaUrl);
      const files = await readFiles(file);
      const { steps, detectors } = await planFiles(connection, files, { label, prune, start });
      await checkAll(steps);
      const warnings = await warningsOf(steps);
      const applied = (
        dryRun ? steps.map((step) => appliedOf(step)) : await carryOutAll(steps, detectors)
      ).map((each, place) => ({ ...each, ...warnings[place] }));
      const of = (kind: Kind): Applied[] =>
        applied.flatMap(({ kind: each, ...rest }) => (each === kind ? [rest] : []));
      session.result(
        { dry_run: dryRun, detectors: of('detector'), quiet_times: of('quiet_time'), rules: of('rule') },
        () => textOf(applied, dryRun),
      );
    },
  );

/** @throws DetectionError `forbidden` or `invalid_input` naming all that could not be saved */
async function checkAll(steps: readonly Step[]): Promise<void> {
  const problems: string[] = [];
  for (const { name, problems: ask } of steps) {
    const found = (await ask?.()) ?? [];
    problems.push(...found.map((problem) => `${printable(name, 200)}: ${printable(problem, 400)}`));
  }
  if (problems.length === 0) return;
  throw new DetectionError(
    problems.some((problem) => problem.includes(': you lack ')) ? 'forbidden' : 'invalid_input',
    `Nothing was changed, since not all of it could be:\n  ${problems.join('\n  ')}`,
  );
}

/** @returns those of each step; none where it has none */
async function warningsOf(steps: readonly Step[]): Promise<Pick<Applied, 'warnings'>[]> {
  const found: Pick<Applied, 'warnings'>[] = [];
  for (const { warnings: ask } of steps) {
    const warnings = (await ask?.()) ?? [];
    found.push(warnings.length > 0 ? { warnings } : {});
  }
  return found;
}

const appliedOf = ({ kind, name, action, id, changes }: Step, done: Done = {}): AppliedOfKind => ({
  kind,
  name,
  action,
  ...(id !== undefined && { id }),
  ...done,
  changes,
});

async function carryOutAll(steps: readonly Step[], before: readonly Named[]): Promise<AppliedOfKind[]> {
  const applied: AppliedOfKind[] = [];
  const detectors = [...before];
  for (const step of steps) {
    const done = await step.carryOut(detectors).catch(tellWhatIsDone(applied));
    if (step.kind === 'detector' && step.action === 'create' && done.id !== undefined) {
      detectors.push({ id: done.id, name: step.name });
    }
    applied.push(appliedOf(step, done));
  }
  return applied;
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

const WORDS: Readonly<Record<Kind, string>> = { detector: '', quiet_time: 'quiet time ', rule: 'rule ' };

function textOf(applied: readonly AppliedOfKind[], dryRun: boolean): string {
  const words = dryRun ? PLANNED : DONE;
  return applied
    .flatMap(({ kind, name, action, id, started, changes, warnings = [] }) => [
      `${WORDS[kind]}${printable(name, 200)}: ${words[action]}${started ? ', started' : ''}${id === undefined ? '' : ` (${id})`}`,
      ...changes.flatMap(({ setting, before, after }) => [
        ...(before === undefined ? [] : [colors.red(`  - ${setting}: ${shown(before)}`)]),
        ...(after === undefined ? [] : [colors.green(`  + ${setting}: ${shown(after)}`)]),
      ]),
      ...warnings.map((warning) => colors.yellow(`  ! ${warning}`)),
    ])
    .join('\n');
}

const shown = (value: unknown): string => printable(JSON.stringify(value), SHOWN_CHARACTERS);
