import type { estypes } from '@elastic/elasticsearch';
import type { SharedTexts } from '../../../common/log_features/events/event_tally';
import type { LogRange } from '../../detection/ports';
import type { EntitySources } from '../transport/entity_terms';
import type { LabelFields } from './label_fields';

/** Range of logs that become rows, in half-open spans of time that each begin and end with a bucket. */
export interface RowRequest {
  readonly range: LogRange;
  readonly spans: readonly { readonly from: number; readonly to: number }[];
  /** Rows of others may come beside them. */
  readonly entities?: readonly string[];
  /** Frequent values by the names of `bucket.rare`; a name that is absent gives no number. */
  readonly common: Readonly<Record<string, readonly string[]>>;
  /** The ground truth, where rows are labelled. */
  readonly labels?: LabelFields;
  /** Messages of rows that memory holds beside those of this request. */
  readonly texts?: SharedTexts;
}

/** Returns the logs of a request: the time from the first span to the last, and what selects among them. */
export function logsOfRequest(
  { range, spans, entities }: Pick<RowRequest, 'range' | 'spans' | 'entities'>,
  entity: EntitySources,
): { readonly from: number; readonly to: number; readonly filter: estypes.QueryDslQueryContainer[] } {
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  const filter: estypes.QueryDslQueryContainer[] = [...entity.filter];
  if (spans.length > 1) {
    filter.push({
      bool: {
        should: spans.map((span) => ({
          range: { [range.timestampField]: { gte: span.from, lt: span.to, format: 'epoch_millis' } },
        })),
        minimum_should_match: 1,
      },
    });
  }
  if (entities !== undefined) filter.push(...entity.filterOf(entities));
  return { from, to, filter };
}
