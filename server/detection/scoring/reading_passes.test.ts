import { parseDetector } from '../../../common/detector';
import { passesOf } from './reading_passes';

const checkpoint = { detectorId: 'd', runId: 'r', timestampTo: 1_000, ingestedTo: 1_000 };
const passes = (unit: string, query: string) =>
  passesOf(
    parseDetector({
      name: 'D',
      unit,
      source: { index: 'logs', query },
      entity_field: 'service.name',
      ...(unit === 'bucket' ? { bucket: { span: '1m' } } : { features: [{ type: 'number', field: 'n' }] }),
    }),
    checkpoint,
    600_000,
    false,
  );

it.each(['log', 'bucket'])('filters by the query of a detector of %ss, and by none that is empty', (unit) => {
  expect(JSON.stringify(passes(unit, 'level:error'))).toContain('{"query_string":{"query":"level:error"}}');
  for (const query of ['', '  ']) expect(JSON.stringify(passes(unit, query))).not.toContain('query_string');
});
