import type { MessageSearch } from '../../../common/patterns';
import type { ElasticsearchClient } from '../transport/client';

/** A field that is not indexed as words is searched by its whole text; where one may not ask, words are taken for granted. */
export async function messageSearchOf(
  client: ElasticsearchClient,
  { index, field }: { readonly index: string; readonly field: string },
): Promise<MessageSearch> {
  try {
    const { fields } = await client.fieldCaps({
      index,
      fields: [field],
      ignore_unavailable: true,
      allow_no_indices: true,
    });
    const types = Object.keys(fields[field] ?? {});
    return types.length > 0 && types.every((type) => type === 'keyword' || type === 'wildcard')
      ? 'whole'
      : 'words';
  } catch {
    return 'words';
  }
}
