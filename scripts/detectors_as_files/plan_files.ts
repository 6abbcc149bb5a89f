import type { DetectorRecord } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import { printable } from '../../common/printable';
import { allDetectors, type KibanaConnection } from '../command_line/kibana';
import { allConnectors, allRules, type Rule } from './alerting_api';
import { planDetectors } from './detector_steps';
import type { PlanOptions } from './plan_by_name';
import { allQuietTimes, planQuietTimes } from './quiet_time_steps';
import type { ReadFiles } from './read_files';
import { idOf, type Named } from './references';
import { planRules } from './rule_steps';
import type { Step } from './steps';

export const namedDetectors = (records: readonly DetectorRecord[]): Named[] =>
  records.map(({ id, detector: { name } }) => ({ id, name }));

export interface Plan {
  /** In the order in which they are to be carried out: what others name comes before them, and goes after them. */
  readonly steps: readonly Step[];
  /** Detectors of the space before. */
  readonly detectors: readonly Named[];
}

/**
 * Compares files with what is in Kibana, and changes nothing. Of each kind something is asked for and pruned only where files
 * have one of it: a team may keep its detectors as files and not its rules.
 *
 * @throws DetectionError `conflict`; `invalid_input` naming detectors that are neither in the files nor in the space
 */
export async function planFiles(
  connection: KibanaConnection,
  files: ReadFiles,
  options: Omit<PlanOptions, 'kind'> & { readonly start: boolean; readonly now?: number },
): Promise<Plan> {
  const records = await allDetectors(connection);
  const quietTimes = files.quietTimes.length > 0 ? await allQuietTimes(connection) : [];
  const rules = files.rules.length > 0 ? await allRules(connection) : [];
  const hasActions = files.rules.some(({ settings }) => settings.actions.length > 0);
  const connectors = hasActions ? await allConnectors(connection) : [];

  const detectors = namedDetectors(records);
  const ofDetectors = planDetectors(
    connection,
    { files: files.detectors, records },
    { ...options, prune: options.prune && files.detectors.length > 0 },
  );
  checkReferences(files, referable(detectors, ofDetectors), goneOf(rules, detectors));
  const steps = [
    ...ofDetectors,
    ...planQuietTimes(connection, { files: files.quietTimes, all: quietTimes, detectors }, options),
    ...planRules(connection, { files: files.rules, rules, detectors, connectors }, options),
  ];
  const deleted = steps.filter(({ action }) => action === 'delete');
  return { steps: [...steps.filter((step) => !deleted.includes(step)), ...deleted.reverse()], detectors };
}

/** Returns the detectors that files may name: those that stay or come. */
function referable(detectors: readonly Named[], steps: readonly Step[]): Named[] {
  const leaving = new Set(steps.flatMap(({ action, id }) => (action === 'delete' ? [id] : [])));
  return [
    ...detectors.filter(({ id }) => !leaving.has(id)),
    ...steps.flatMap(({ action, name }) => (action === 'create' ? [{ id: name, name }] : [])),
  ];
}

/** Returns ids of detectors that rules name and that are gone, by the name of the rule: it may go on naming them. */
function goneOf(rules: readonly Rule[], detectors: readonly Named[]): Map<string, readonly string[]> {
  const there = new Set(detectors.map(({ id }) => id));
  return new Map(
    rules.map(({ name, params: { detector_ids: ids } }) => [
      name,
      Array.isArray(ids) ? ids.map(String).filter((id) => !there.has(id)) : [],
    ]),
  );
}

function checkReferences(
  files: ReadFiles,
  detectors: readonly Named[],
  gone: ReadonlyMap<string, readonly string[]>,
): void {
  const problems = [...files.quietTimes, ...files.rules].flatMap(({ settings, place }) =>
    (settings.detectors ?? []).flatMap((each) =>
      idOf(detectors, each) !== undefined ||
      (settings.kind === 'rule' && gone.get(settings.name)?.includes(each) === true)
        ? []
        : [
            `${place}: detectors: "${printable(each, 200)}" is no detector of the space or the files, or several have the name`,
          ],
    ),
  );
  if (problems.length === 0) return;
  throw new DetectionError(
    'invalid_input',
    `Nothing was changed, since files are wrong:\n  ${problems.join('\n  ')}`,
  );
}
