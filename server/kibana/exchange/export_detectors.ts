import { stringify } from 'yaml';
import { printable } from '../../../common/printable';
import { createTurns } from '../../detection/ports/in_turns';
import { createDetectorRepository, type StoredDetector } from '../records/detector_repository';
import type { RequestScope } from '../contracts/services';

/** A comment in which nothing ends the line. */
const comment = (text: string): string => `# ${printable(text, 400)}\n`;

/** The settings as a configuration file has them; where they come from stands above as a comment. */
const documentOf = ({ id, detector }: StoredDetector, { space }: RequestScope): string =>
  comment(`Detector ${id} of the space ${space}`) + stringify(detector, { lineWidth: 110 });

export async function exportDetector(
  scope: RequestScope,
  id: string,
): Promise<{ readonly name: string; readonly yaml: string }> {
  const stored = await createDetectorRepository(scope.savedObjects).get(id);
  return { name: stored.detector.name, yaml: documentOf(stored, scope) };
}

/**
 * @param ids absent: all of the space, by name. A detector of the space that cannot be read is named in a comment
 * @throws DetectionError `not_found` for an id that is none
 */
export async function exportDetectors(
  scope: RequestScope,
  ids: readonly string[] | undefined,
): Promise<string> {
  const repository = createDetectorRepository(scope.savedObjects);
  const chosen: StoredDetector[] = [];
  let remarks = '';
  if (ids !== undefined) {
    for (const id of new Set(ids)) chosen.push(await repository.get(id));
  } else {
    const { detectors, broken } = await repository.list();
    chosen.push(...detectors);
    remarks = broken.map(({ id, problem }) => comment(`Left out: ${id}: ${problem}`)).join('');
    chosen.sort((one, other) => (one.detector.name < other.detector.name ? -1 : 1));
  }
  const turns = createTurns();
  const documents: string[] = [];
  for (const stored of chosen) {
    documents.push(documentOf(stored, scope));
    await turns.next();
  }
  return remarks + documents.join('---\n');
}
