import { stringify } from 'yaml';
import { printable } from '../../common/printable';
import { allDetectors, type KibanaConnection } from '../command_line/kibana';
import { allConnectors, allRules } from './alerting_api';
import type { Kind } from './file_kinds';
import { namedDetectors } from './plan_files';
import { allQuietTimes, quietTimeAsFile } from './quiet_time_steps';
import { issuesOf } from './read_files';
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
/** Bytes: file systems take 255 of them in a name, with ending and number. */
const LONGEST_FILE_NAME = 180;

export interface Export {
  readonly files: readonly ExportedFile[];
  /** Each names a document that `apply` does not take as it is, and why. */
  readonly warnings: readonly string[];
}

/**
 * Reads detectors, quiet times that are not over, and rules of our types, each as a file that `apply` takes back. Keys, models
 * and results are no part of it, nor are connectors, which rules name.
 *
 * @param label only what has it; undefined: all
 */
export async function exportFiles(connection: KibanaConnection, label: string | undefined): Promise<Export> {
  const records = await allDetectors(connection);
  const detectors = namedDetectors(records);
  const rules = await allRules(connection);
  const hasActions = rules.some(({ actions }) => actions.length > 0);
  const connectors = hasActions ? await allConnectors(connection) : [];
  const quietTimes = (await allQuietTimes(connection)).filter(({ expired }) => !expired);
  const has = (labels: readonly string[] | undefined): boolean =>
    label === undefined || labels?.includes(label) === true;
  const kinds = [
    filesOf(
      'detector',
      records.flatMap(({ detector }) => (has(detector.labels) ? [detector] : [])),
    ),
    filesOf(
      'quiet_time',
      quietTimes.flatMap((each) => (has(each.labels) ? [quietTimeAsFile(each, detectors)] : [])),
    ),
    filesOf(
      'rule',
      rules.flatMap((rule) => (has(rule.tags) ? [ruleAsFile(rule, { detectors, connectors })] : [])),
    ),
  ];
  return {
    files: kinds.flatMap(({ files }) => files),
    warnings: kinds.flatMap(({ warnings }) => warnings),
  };
}

function filesOf(kind: Kind, all: readonly { readonly name: string }[]): Export {
  const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
  const taken = new Set<string>();
  const warnings: string[] = [];
  const files = sorted.map((settings, place) => {
    const base =
      cut(settings.name.replace(/[^\p{L}\p{N}_.-]+/gu, '_').replace(/^\.+/, '_'), LONGEST_FILE_NAME) || '_';
    let name = base;
    // Some file systems know no upper case.
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}_${number}`;
    taken.add(name.toLowerCase());
    const path = `${FOLDERS[kind]}/${name}.yml`;
    const isTwice = sorted[place - 1]?.name === settings.name;
    const issues = isTwice
      ? [
          `name: "${printable(settings.name, 200)}" is that of another, and apply knows them by it; rename one`,
        ]
      : issuesOf(settings);
    warnings.push(...issues.map((issue) => `${path}: ${issue}`));
    return { kind, path, content: stringify(settings, { lineWidth: LINE_WIDTH }) };
  });
  return { files, warnings };
}

/** Returns the beginning of a text that takes no more than so many bytes of UTF-8. */
function cut(text: string, bytes: number): string {
  let length = 0;
  const kept = [...text].findIndex((character) => (length += Buffer.byteLength(character)) > bytes);
  return kept < 0 ? text : [...text].slice(0, kept).join('');
}
