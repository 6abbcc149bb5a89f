import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { patternsIndex } from '../indices/names';
import { attempt, type RetryPolicy } from '../transport/attempt';
import {
  bulkWrite,
  throwIfRefused,
  type BulkOperation,
  type BulkOutcome,
  type DocumentRevision,
} from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';

export type Query = estypes.QueryDslQueryContainer;

/** Documents of one answer; a pattern of many entities takes some 10 kB. */
const PAGE = 500;

export const BY_PATTERN: estypes.SortCombinations[] = [
  { pattern_id: { order: 'asc', unmapped_type: 'keyword' } },
];
export const BY_PATTERN_AND_DAY: estypes.SortCombinations[] = [
  ...BY_PATTERN,
  { day: { order: 'asc', unmapped_type: 'date' } },
];

/** Documents of one detector in the index of its space's patterns, whatever they say. */
export class PatternDocuments {
  readonly index: string;
  private isReady: Promise<void> | undefined;

  constructor(
    private readonly client: ElasticsearchClient,
    readonly detectorId: string,
    private readonly options: {
      readonly space: string;
      readonly policy?: RetryPolicy;
      readonly signal?: AbortSignal;
    },
  ) {
    this.index = patternsIndex(options.space);
  }

  /** Documents of the detector that a filter lets through, in the order of `sort`; none where there is no index. */
  async *read<Document>(
    filter: Query[],
    sort: estypes.SortCombinations[],
    source: string[],
  ): AsyncGenerator<Document> {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const hits = await this.hits<Document>({
        size: PAGE,
        track_total_hits: false,
        _source_includes: source,
        query: this.query(filter),
        sort,
        ...(after && { search_after: after }),
      });
      for (const { _source } of hits) if (_source !== undefined) yield _source;
      if (hits.length < PAGE) return;
      after = hits[hits.length - 1].sort;
    }
  }

  async allOf<Document>(filter: Query[], sort: estypes.SortCombinations[]): Promise<Document[]> {
    const found: Document[] = [];
    for await (const document of this.read<Document>(filter, sort, ['*'])) found.push(document);
    return found;
  }

  /** Returns one document that a filter lets through. */
  async oneOf<Document>(filter: Query[], source: string[]): Promise<Document | undefined> {
    const [hit] = await this.hits<Document>({
      size: 1,
      _source_includes: source,
      query: this.query(filter),
    });
    return hit?._source;
  }

  async write(operations: readonly BulkOperation[]): Promise<void> {
    await this.written(operations);
  }

  /**
   * @returns ids of documents that are written, or are as they were to be
   * @throws DetectionError `forbidden` with the rights that it takes
   */
  async written(operations: readonly BulkOperation[]): Promise<ReadonlySet<string>> {
    if (operations.length === 0) return new Set();
    return this.bulk(operations, ({ refused, unwritten }, what) =>
      throwIfRefused({ refused, unwritten }, what),
    );
  }

  /**
   * Writes a document in the place of the revision that was read, or as the first one.
   *
   * @returns false where somebody else has written it meanwhile
   */
  async replace(
    document: Pick<BulkOperation, 'index' | 'id' | 'document'>,
    read: DocumentRevision | undefined,
  ): Promise<boolean> {
    const operation: BulkOperation =
      read === undefined
        ? { ...document, action: 'create' }
        : { ...document, action: 'index', ifUnchangedSince: read };
    const written = await this.bulk([operation], ({ refused, unwritten }, what) =>
      throwIfRefused({ refused: refused.filter(({ status }) => status !== 409), unwritten }, what),
    );
    return written.has(document.id);
  }

  private async bulk(
    operations: readonly BulkOperation[],
    check: (outcome: BulkOutcome, what: string) => void,
  ): Promise<ReadonlySet<string>> {
    const { space, policy, signal } = this.options;
    await (this.isReady ??= ensureIndex(this.client, this.index, 'patterns', { policy, signal }));
    try {
      const what = `write patterns of space "${space}"`;
      const guard = guardOf(this.client, 'patterns', { policy, signal });
      const outcome = await bulkWrite(this.client, operations, {
        what,
        guard,
        refresh: true,
        policy,
        signal,
      });
      check(outcome, what);
      return new Set(outcome.revisions.keys());
    } catch (error) {
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
      throw new DetectionError(
        'forbidden',
        `Writing patterns takes the rights create_index, view_index_metadata, read, index and delete on "${this.index}".`,
        { cause: error },
      );
    }
  }

  private query(filter: Query[]): Query {
    return { bool: { filter: [{ term: { detector_id: this.detectorId } }, ...filter] } };
  }

  private async hits<Document>(request: estypes.SearchRequest): Promise<estypes.SearchHit<Document>[]> {
    const { policy, signal } = this.options;
    const answer = await attempt(
      () =>
        this.client.search<Document>(
          { index: this.index, ignore_unavailable: true, allow_no_indices: true, ...request },
          { signal },
        ),
      { what: `read the patterns of "${this.detectorId}"`, policy, signal },
    );
    return answer.hits.hits;
  }
}
