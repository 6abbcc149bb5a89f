import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { generateLogs } from '../../common/demo_logs';
import { parseDetector, type DetectorInput } from '../../common/detector';
import { sentenceOf } from '../../common/explanations';
import { FEATURE_TYPES, learnFeatures } from '../../common/log_features';

const page = readFileSync(resolve(__dirname, '../../docs/features.md'), 'utf8');
const sections = page
  .split(/^### /m)
  .slice(1)
  .filter((section) => section.includes('```yaml'))
  .map((section) => ({
    title: section.split('\n')[0],
    features: (parse(/```yaml\n([\s\S]*?)```/.exec(section)![1]) as DetectorInput).features!,
    columns: [...(/^Columns: ((?:`[^`]+`(?:, )?)+)/m.exec(section)?.[1].matchAll(/`([^`]+)`/g) ?? [])].map(
      ([, name]) => name,
    ),
  }));

const documents = [
  ...generateLogs({
    seed: 3,
    from: Date.UTC(2026, 10, 2),
    to: Date.UTC(2026, 10, 12),
    ratePerSecond: 0.005,
    anomalyRate: 0.02,
  }),
].map((log) => JSON.parse(JSON.stringify('document' in log ? log.document : log)) as Record<string, unknown>);

it('has an example of every type', () => {
  const types = sections.flatMap(({ features }) => features.map(({ type }) => type));
  // Counted messages are of rows of buckets, which have a page of their own.
  expect(new Set([...types, 'event_counts'])).toEqual(new Set(FEATURE_TYPES));
  const buckets = readFileSync(resolve(__dirname, '../../docs/buckets.md'), 'utf8');
  expect(buckets).toContain('type `event_counts`');
});

it.each(sections)(
  'the example of $title is learned, with the columns that the page names',
  ({ features, columns }) => {
    const detector = parseDetector({ name: 'a', source: { index: 'logs' }, features });
    const { encoder } = learnFeatures(detector.features, documents, { timestampField: '@timestamp' });
    expect(encoder.columnNames.slice(0, columns.length)).toEqual(columns);
    for (const document of documents.slice(0, 50)) {
      for (const { type: _type, ...seen } of encoder.explain(document)) {
        expect(sentenceOf(seen)).toMatch(/[a-z]/);
      }
    }
  },
);
