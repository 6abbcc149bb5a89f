import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { oldIndices, oldSpaces } from './old_names';
import { unmovedIndices } from './upgrade_space';

/**
 * Deletes the indices of version 0.1.0 once all spaces that have data in them were moved. Needs `delete_index`, `read` and
 * `view_index_metadata` on them, and `read` on the new ones.
 *
 * @returns names of the deleted indices
 * @throws DetectionError `refused` while a space is not moved; nothing is deleted then
 */
export async function deleteOldIndices(
  client: ElasticsearchClient,
  options: RequestOptions = {},
): Promise<string[]> {
  const { policy, signal } = options;
  const waiting: string[] = [];
  for (const space of await oldSpaces(client, options)) {
    if ((await unmovedIndices(client, space, options)).length > 0) waiting.push(space);
  }
  if (waiting.length > 0) {
    throw new DetectionError(
      'refused',
      `Nothing was deleted: the data of ${waiting.map((space) => `"${space}"`).join(', ')} has not been moved yet.`,
    );
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
