import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { DetectionError } from '../../common/detection_error';
import type { Detector } from '../../common/detector';
import { newDetectorSchema } from '../../common/detector/query_limits';
import { printable } from '../../common/printable';
import { describeZodIssues } from '../../common/validation';
import { readYamlDocuments } from '../../common/yaml_documents';
import { readBounded } from '../../server/notifications/read_bounded';
import { KINDS, quietTimeFileSchema, ruleFileSchema, type QuietTimeFile, type RuleFile } from './file_kinds';
import type { Wanted } from './plan_by_name';

const LARGEST_FILE_MB = 16;
const MOST_FILES = 1_000;
const SHOWN_PROBLEMS = 50;
/** Emacs marks a file that is being edited by a link of this name, which leads nowhere. */
const EDITOR_LOCK = '.#';

/** All that files have, each with its defaults, in the order of the files. */
export interface ReadFiles {
  readonly detectors: Wanted<Detector>[];
  readonly quietTimes: Wanted<QuietTimeFile>[];
  readonly rules: Wanted<RuleFile>[];
}

/**
 * Reads files, and all .yml and .yaml files in folders and below, in the order of their paths. Several documents of one file
 * are separated by `---`; a document without `kind` is a detector.
 *
 * @throws DetectionError `invalid_input` naming file, line and setting of everything that is wrong, among them names that
 *   stand twice; nothing is returned then
 */
export async function readFiles(paths: readonly string[]): Promise<ReadFiles> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  if (files.length > MOST_FILES) {
    throw new DetectionError(
      'invalid_input',
      `-f names ${files.length} files; at most ${MOST_FILES} are read.`,
    );
  }
  const read: ReadFiles = { detectors: [], quietTimes: [], rules: [] };
  const problems: string[] = [];
  for (const file of [...new Set(files)].sort()) {
    const { documents, problem } = readYamlDocuments(await readBounded(file, LARGEST_FILE_MB));
    if (documents === undefined) {
      problems.push(`${file}: ${problem}`);
      continue;
    }
    for (const { line, value } of documents) {
      const place = `${file}:${line}`;
      problems.push(...addDocument(read, value, place).map((issue) => `${place}: ${issue}`));
    }
  }
  const { detectors, quietTimes, rules } = read;
  const all = [detectors, quietTimes, rules];
  problems.push(...all.flatMap(namesThatStandTwice));
  if (problems.length > 0) {
    const more = problems.length - SHOWN_PROBLEMS;
    const shown = [...problems.slice(0, SHOWN_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])];
    throw new DetectionError(
      'invalid_input',
      `Nothing was changed, since files are wrong:\n  ${shown.join('\n  ')}`,
    );
  }
  if (all.every((documents) => documents.length === 0)) {
    throw new DetectionError(
      'invalid_input',
      `There is no detector, quiet time or rule in ${paths.join(', ')}; allowed: YAML files with them.`,
    );
  }
  return read;
}

/** @returns what is wrong with the document; it is left out then */
function addDocument({ detectors, quietTimes, rules }: ReadFiles, value: unknown, place: string): string[] {
  const kind = value !== null && typeof value === 'object' && 'kind' in value ? value.kind : 'detector';
  switch (kind) {
    case 'detector': {
      const { kind: _kind, ...settings } = value as { kind?: unknown };
      return addRead(detectors, newDetectorSchema, value === null ? value : settings, place);
    }
    case 'quiet_time':
      return addRead(quietTimes, quietTimeFileSchema, value, place);
    case 'rule':
      return addRead(rules, ruleFileSchema, value, place);
    default:
      return [`kind: is ${printable(JSON.stringify(kind), 100)}; allowed: ${KINDS.join(', ')}`];
  }
}

/** Returns why `apply` does not take a document; nothing where it does. */
export const issuesOf = (document: unknown): string[] =>
  addDocument({ detectors: [], quietTimes: [], rules: [] }, document, '');

function addRead<Settings>(
  read: Wanted<Settings>[],
  schema: z.ZodType<Settings>,
  value: unknown,
  place: string,
): string[] {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return describeZodIssues(parsed.error, value);
  read.push({ settings: parsed.data, place });
  return [];
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: Error) => {
    throw new DetectionError('invalid_input', `-f is "${path}", which cannot be read: ${error.message}`);
  });
  if (!found.isDirectory()) return [path];
  return yamlFilesIn(path);
}

/**
 * Returns the paths of the YAML files of a folder and below; each begins with that of the folder. Links are followed, and a file
 * that several paths lead to is given once.
 *
 * @throws DetectionError `invalid_input` for a link that leads nowhere: what stood there would be taken for deleted
 */
export async function yamlFilesIn(folder: string): Promise<string[]> {
  const seen = new Set<string>();
  const isNew = async (path: string): Promise<boolean> => {
    const real = await realpath(path);
    return !seen.has(real) && seen.add(real) !== undefined;
  };
  const below = async (parent: string): Promise<string[]> => {
    const files: string[] = [];
    // Entries with types have their folder under another name in each version of Node.
    for (const name of (await readdir(parent)).sort()) {
      const path = join(parent, name);
      const found = await stat(path).catch((error: Error) => {
        if (name.startsWith(EDITOR_LOCK)) return undefined;
        throw new DetectionError('invalid_input', `${path} cannot be read: ${error.message}`, {
          cause: error,
        });
      });
      if (found?.isDirectory() && (await isNew(path))) files.push(...(await below(path)));
      if (found?.isFile() && /\.ya?ml$/i.test(name) && (await isNew(path))) files.push(path);
    }
    return files;
  };
  await isNew(folder);
  return below(folder);
}

function namesThatStandTwice(read: readonly Wanted<{ readonly name: string }>[]): string[] {
  const placeOfName = new Map<string, string>();
  return read.flatMap(({ settings: { name }, place }) => {
    const before = placeOfName.get(name);
    placeOfName.set(name, place);
    return before === undefined
      ? []
      : [`${place}: name: "${printable(name, 200)}" is that of ${before} as well`];
  });
}
