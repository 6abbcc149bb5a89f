import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { movedIndices } from './marker';
import { oldIndices, oldSpaces } from './old_names';
import { unmovedIndices } from './upgrade_space';

/**
 * Deletes the indices of version 0.1.0 once all spaces that have data in them were moved. Needs `delete_index`, `read` and
 * `view_index_metadata` on them, and `read` on the new ones.
 *
 * @returns names of the deleted indices
 * @throws DetectionError `refused` while a space is not moved, or where nobody noted which of its indices were; nothing is deleted then
 */
export async function deleteOldIndices(
  client: ElasticsearchClient,
  options: RequestOptions = {},
): Promise<string[]> {
  const { policy, signal } = options;
  const problems: string[] = [];
  for (const space of await oldSpaces(client, options)) {
    const unmoved = await unmovedIndices(client, space, options);
    if (unmoved.length === 0) continue;
    const isNoted = (await movedIndices(client, space, options))?.length !== 0;
    problems.push(
      isNoted
        ? `the data of "${space}" has not been moved yet`
        : `${unmoved.join(', ')} of "${space}" were moved by an earlier version that did not note whether it saw all of them; compare them with the new indices and delete them yourself`,
    );
  }
  if (problems.length > 0) {
    throw new DetectionError('refused', `Nothing was deleted: ${problems.join('; ')}.`);
  }
  const indices = await oldIndices(client, options);
  for (const index of indices) {
    await attempt(() => client.indices.delete({ index, ignore_unavailable: true }, { signal }), {
      what: `delete the index "${index}"`,
      policy,
      signal,
    });
  }
  return indices;
}
