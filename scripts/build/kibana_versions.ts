import { readFileSync } from 'node:fs';
import { DetectionError } from '../../common/detection_error';
import { parseKibanaVersion } from './kibana_version';

/** Patch versions that one range may name: no minor of Kibana has had more. */
const MOST_PATCHES = 100;
const RANGE = /^(\d+\.\d+)\.(\d+)\.\.(\d+\.\d+)\.(\d+)$/;

/**
 * The versions that zips are built for, each once, in the order given.
 *
 * @param given versions, ranges of patches such as `8.17.0..8.17.10`, or `@` and the name of a file with one of them a line, where
 *   `#` begins a remark; separated by commas
 * @throws DetectionError `invalid_input` naming the part that is neither
 */
export function parseKibanaVersions(
  given: string,
  read = (file: string) => readFileSync(file, 'utf8'),
): string[] {
  const parts = given
    .split(',')
    .flatMap((part) => (part.trim().startsWith('@') ? linesOf(read(part.trim().slice(1))) : [part]));
  return [...new Set(parts.flatMap((part) => versionsOf(part.trim())))];
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');

function versionsOf(part: string): string[] {
  const range = RANGE.exec(part);
  if (range === null) return [parseKibanaVersion(part)];
  const [, minor, first, lastMinor, last] = range;
  const count = Number(last) - Number(first) + 1;
  if (minor !== lastMinor || count < 1 || count > MOST_PATCHES) {
    throw new DetectionError(
      'invalid_input',
      `--kibana-version: a range names patches of one minor version, the lower first, such as 8.17.0..8.17.10 (got ${JSON.stringify(part)}).`,
    );
  }
  return Array.from({ length: count }, (_none, place) =>
    parseKibanaVersion(`${minor}.${Number(first) + place}`),
  );
}
