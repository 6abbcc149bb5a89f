import type { BucketRow } from '../../../common/buckets';
import { entityFieldsOf, type Detector } from '../../../common/detector';
import { entityText } from '../../../common/detector/entity_fields';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';
import {
  EventCounter,
  eventReader,
  SharedTexts,
  type EventTally,
} from '../../../common/log_features/events/event_tally';
import { masksOf } from '../../../common/log_features/template/template_encoding';
import { scalarIn, timestampOf } from '../../detection/scoring/log_values';
import { readLogs } from '../logs/read_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { entityTerms } from '../transport/entity_terms';
import { queryOfSource } from '../transport/log_query';
import { logsOfRequest, type RowRequest } from './log_requests';

const EMPTY: EventTally = { texts: [], counts: [] };

/** Returns the masked message of a log, as rows count it; undefined for a log without one. */
export function eventOfLog(detector: Detector): (document: LogDocument) => string | undefined {
  const { events } = detector.bucket as NonNullable<Detector['bucket']>;
  if (events === undefined) return () => undefined;
  const read = eventReader(masksOf(events.masks));
  return (document) => {
    const message = scalarIn(getField(document, events.field));
    return typeof message === 'string' ? read(message) : undefined;
  };
}

/** Values of the entity of a log: one, or where a single field holds a list one for each of these, as the cluster counts them. */
function entitiesOf(document: LogDocument, fields: readonly string[]): string[] {
  const textOf = (value: unknown): string | undefined =>
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
      ? String(value)
      : undefined;
  if (fields.length === 1) {
    const values = [getField(document, fields[0])].flat(2).map(textOf);
    return [...new Set(values.filter((value) => value !== undefined))];
  }
  const entity = entityText(fields.map((field) => textOf(scalarIn(getField(document, field)))));
  return entity === undefined ? [] : [entity];
}

/**
 * Counts the messages of rows. Elasticsearch cannot mask what varies in a message, so each log of the spans is read, its message, time
 * and entity alone; what is kept is bounded by `MOST_TEXTS` of each row and `TEXT_LIMITS` of all.
 *
 * @param span of a bucket, milliseconds
 * @returns the counts of a row
 */
export async function countEvents(
  client: ElasticsearchClient,
  detector: Detector,
  { span, request, options }: { span: number; request: RowRequest; options: RequestOptions },
): Promise<(row: Pick<BucketRow, 'start' | 'entity'>) => EventTally> {
  const { range, texts = new SharedTexts() } = request;
  const fields = entityFieldsOf(detector);
  const { from, to, filter } = logsOfRequest(request, await entityTerms(client, detector, options));
  const eventOf = eventOfLog(detector);
  const counters = new Map<number, Map<string, EventCounter>>();
  const pages = readLogs(
    client,
    { ...range, from, to, query: { bool: { filter: [...queryOfSource(range.query), ...filter] } } },
    {
      fields: [range.timestampField, ...fields, detector.bucket?.events?.field ?? ''],
      signal: options.signal,
      policy: options.policy,
    },
  );
  for await (const { logs } of pages) {
    for (const { document } of logs) {
      const time = timestampOf(document, range.timestampField);
      const event = eventOf(document);
      if (time === undefined || event === undefined) continue;
      const start = Math.floor(time / span) * span;
      let ofStart = counters.get(start);
      if (ofStart === undefined) counters.set(start, (ofStart = new Map()));
      for (const entity of entitiesOf(document, fields)) {
        let counter = ofStart.get(entity);
        if (counter === undefined) ofStart.set(entity, (counter = new EventCounter(false, texts)));
        counter.add(event);
      }
    }
  }
  return ({ start, entity }) => counters.get(start)?.get(entity)?.toTally() ?? EMPTY;
}
