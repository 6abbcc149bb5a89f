import type { estypes } from '@elastic/elasticsearch';

/** Returns the number of hits that a search has counted; 0 where it was not asked to count. */
export const hitTotal = ({ total }: Pick<estypes.SearchHitsMetadata, 'total'>): number =>
  typeof total === 'number' ? total : (total?.value ?? 0);
