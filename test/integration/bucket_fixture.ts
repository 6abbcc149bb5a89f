import { createDetectorSource, type ElasticsearchClient } from '../../server/elasticsearch';
import { parseDetector, type Detector, type DetectorInput } from '../../common/detector';
import { getField } from '../../common/log_features';
import type { LogDocument, SourceLog } from '../../common/log_document';
import type { LogPage, LogRange, LogSource, ReadOptions } from '../../server/detection/ports';
import { MINUTE, QUICK, START } from './elasticsearch_fixture';

/** Keywords for all texts, as in indices of logs. */
export const LOG_MAPPINGS = {
  dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: { type: 'keyword' as const } } }],
  properties: {
    '@timestamp': { type: 'date' as const },
    event: { properties: { ingested: { type: 'date' as const } } },
    client: { properties: { ip: { type: 'ip' as const } } },
  },
};

export const bucketDetector = (index: string, change: Partial<DetectorInput> = {}): Detector =>
  parseDetector({
    name: 'Services',
    source: { index },
    unit: 'bucket',
    entity_field: 'service.name',
    ...change,
    bucket: { span: '1m', ...change.bucket },
  });

export const sourceFor = (client: ElasticsearchClient, detector: Detector): LogSource =>
  createDetectorSource(client, detector, { policy: QUICK });

export async function pagesOf(
  source: LogSource,
  range: LogRange,
  options: ReadOptions = {},
): Promise<LogPage[]> {
  const pages: LogPage[] = [];
  for await (const page of source.read(range, options)) pages.push(page);
  return pages;
}

export const logsOf = (pages: readonly LogPage[]): SourceLog[] => pages.flatMap(({ logs }) => logs);

/** `minute entity count` of each row, minutes from START. */
export const shortly = (logs: readonly { readonly document: LogDocument }[]): string[] =>
  logs.map(({ document }) => {
    const minute = (Date.parse(String(getField(document, '@timestamp'))) - START) / MINUTE;
    return `${minute} ${String(getField(document, 'service.name'))} ${String(getField(document, 'bucket.count'))}`;
  });
