import { stringify } from 'yaml';
import { DetectionError } from '../../common/detection_error';
import { printable } from '../../common/printable';
import { allDetectors, type KibanaConnection } from '../command_line/kibana';
import { allConnectors, allRules } from './alerting_api';
import type { Kind } from './file_kinds';
import { namedDetectors } from './plan_files';
import { allQuietTimes, quietTimeAsFile } from './quiet_time_steps';
import { ruleAsFile } from './rule_steps';

export interface ExportedFile {
  readonly kind: Kind;
  /** Below the folder of the export, such as `rules/Incidents.yml`. */
  readonly path: string;
  readonly content: string;
}

const FOLDERS: Readonly<Record<Kind, string>> = {
  detector: 'detectors',
  quiet_time: 'quiet_times',
  rule: 'rules',
};
const LINE_WIDTH = 110;
const LONGEST_FILE_NAME = 100;

/**
 * Reads detectors, quiet times that are not over, and rules of our types, each as a file that `apply` takes back. Keys, models
 * and results are no part of it, nor are connectors, which rules name.
 *
 * @param label only what has it; undefined: all
 * @throws DetectionError `conflict` where several of a kind have one name, by which `apply` knows them
 */
export async function exportFiles(
  connection: KibanaConnection,
  label: string | undefined,
): Promise<ExportedFile[]> {
  const records = await allDetectors(connection);
  const detectors = namedDetectors(records);
  const rules = await allRules(connection);
  const hasActions = rules.some(({ actions }) => actions.length > 0);
  const connectors = hasActions ? await allConnectors(connection) : [];
  const quietTimes = (await allQuietTimes(connection)).filter(({ expired }) => !expired);
  const has = (labels: readonly string[] | undefined): boolean =>
    label === undefined || labels?.includes(label) === true;
  return [
    ...filesOf(
      'detector',
      records.flatMap(({ detector }) => (has(detector.labels) ? [detector] : [])),
    ),
    ...filesOf(
      'quiet_time',
      quietTimes.flatMap((each) => (has(each.labels) ? [quietTimeAsFile(each, detectors)] : [])),
    ),
    ...filesOf(
      'rule',
      rules.flatMap((rule) => (has(rule.tags) ? [ruleAsFile(rule, { detectors, connectors })] : [])),
    ),
  ];
}

function filesOf(kind: Kind, all: readonly { readonly name: string }[]): ExportedFile[] {
  const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
  const twice = sorted.find(({ name }, place) => sorted[place + 1]?.name === name);
  if (twice !== undefined) {
    throw new DetectionError(
      'conflict',
      `Several of kind ${kind} have the name "${printable(twice.name, 200)}", by which apply knows them. Rename or delete all but one.`,
    );
  }
  const taken = new Set<string>();
  return sorted.map((settings) => {
    const base =
      settings.name
        .replace(/[^\p{L}\p{N}_.-]+/gu, '_')
        .replace(/^\.+/, '_')
        .slice(0, LONGEST_FILE_NAME) || '_';
    let name = base;
    // Some file systems know no upper case.
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}_${number}`;
    taken.add(name.toLowerCase());
    return {
      kind,
      path: `${FOLDERS[kind]}/${name}.yml`,
      content: stringify(settings, { lineWidth: LINE_WIDTH }),
    };
  });
}
