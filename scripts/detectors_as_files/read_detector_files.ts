import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DetectionError } from '../../common/detection_error';
import type { Detector } from '../../common/detector';
import { newDetectorSchema } from '../../common/detector/query_limits';
import { printable } from '../../common/printable';
import { describeZodIssues } from '../../common/validation';
import { readYamlDocuments } from '../../common/yaml_documents';
import { readBounded } from '../../server/notifications/read_bounded';

const LARGEST_FILE_MB = 16;
const MOST_FILES = 1_000;
const SHOWN_PROBLEMS = 50;

/** A detector as a file has it, with its defaults. */
export interface DetectorOfFile {
  readonly detector: Detector;
  /** File and line, for messages. */
  readonly place: string;
}

/**
 * Reads the detectors of files and of all .yml and .yaml files in folders and below, in the order of their paths. Several
 * detectors of one file are separated by `---`.
 *
 * @throws DetectionError `invalid_input` naming file, line and setting of everything that is wrong, among them names that
 *   stand twice; nothing is returned then
 */
export async function readDetectorFiles(paths: readonly string[]): Promise<DetectorOfFile[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  if (files.length > MOST_FILES) {
    throw new DetectionError(
      'invalid_input',
      `-f names ${files.length} files; at most ${MOST_FILES} are read.`,
    );
  }
  const detectors: DetectorOfFile[] = [];
  const problems: string[] = [];
  for (const file of [...new Set(files)].sort()) {
    const { documents, problem } = readYamlDocuments(await readBounded(file, LARGEST_FILE_MB));
    if (documents === undefined) {
      problems.push(`${file}: ${problem}`);
      continue;
    }
    for (const { line, value } of documents) {
      const place = `${file}:${line}`;
      const parsed = newDetectorSchema.safeParse(value);
      if (parsed.success) detectors.push({ detector: parsed.data, place });
      else problems.push(...describeZodIssues(parsed.error, value).map((issue) => `${place}: ${issue}`));
    }
  }
  problems.push(...namesThatStandTwice(detectors));
  if (problems.length > 0) {
    const more = problems.length - SHOWN_PROBLEMS;
    const shown = [...problems.slice(0, SHOWN_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])];
    throw new DetectionError(
      'invalid_input',
      `Nothing was changed, since files are wrong:\n  ${shown.join('\n  ')}`,
    );
  }
  if (detectors.length === 0) {
    throw new DetectionError(
      'invalid_input',
      `There is no detector in ${paths.join(', ')}; allowed: YAML files of detectors.`,
    );
  }
  return detectors;
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: Error) => {
    throw new DetectionError('invalid_input', `-f is "${path}", which cannot be read: ${error.message}`);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => join(entry.path, entry.name));
}

function namesThatStandTwice(detectors: readonly DetectorOfFile[]): string[] {
  const placeOfName = new Map<string, string>();
  return detectors.flatMap(({ detector: { name }, place }) => {
    const before = placeOfName.get(name);
    placeOfName.set(name, place);
    return before === undefined
      ? []
      : [`${place}: name: "${printable(name, 200)}" is that of ${before} as well`];
  });
}
