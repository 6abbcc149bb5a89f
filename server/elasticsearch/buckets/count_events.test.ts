import { parseDetector } from '../../../common/detector';
import { SharedTexts, TEXT_LIMITS } from '../../../common/log_features/events/event_tally';
import { readLogs } from '../logs/read_logs';
import type { ElasticsearchClient } from '../transport/client';
import { entityTerms } from '../transport/entity_terms';
import { countEvents } from './count_events';

jest.mock('../logs/read_logs', () => ({ readLogs: jest.fn() }));
jest.mock('../transport/entity_terms', () => ({ entityTerms: jest.fn() }));

const MINUTE = 60_000;
const START = Date.parse('2026-11-01T00:00:00Z');

test('rows of one request share the messages that memory holds', async () => {
  const detector = parseDetector({
    name: 'Services',
    source: { index: 'logs' },
    unit: 'bucket',
    entity_field: 'service.name',
    bucket: { span: '1m', events: { field: 'message' } },
  });
  jest.mocked(entityTerms).mockResolvedValue({ sources: [], filter: [], filterOf: () => [] } as never);
  jest.mocked(readLogs).mockImplementation(async function* () {
    await Promise.resolve();
    const logs = ['one', 'two', 'three', 'four'].flatMap((message, place) =>
      ['a', 'b'].map((service) => ({
        index: 'logs',
        id: `${service}${place}`,
        document: { '@timestamp': START + place, 'service.name': service, message },
      })),
    );
    yield { logs, position: undefined };
  });
  const count = async (texts?: SharedTexts) => {
    const range = { index: 'logs', timestampField: '@timestamp', ingestedField: 'event.ingested' };
    const span = { from: START, to: START + MINUTE };
    const request = { range: { ...range, ...span }, spans: [span], common: {}, texts };
    const tallyOf = await countEvents({} as ElasticsearchClient, detector, {
      span: MINUTE,
      request,
      options: {},
    });
    return ['a', 'b', 'c'].map((entity) => tallyOf({ start: START, entity }));
  };
  const whole = { texts: ['one', 'two', 'three', 'four'], counts: [1, 1, 1, 1] };
  expect(await count()).toEqual([whole, whole, { texts: [], counts: [] }]);
  const texts = new SharedTexts({ ...TEXT_LIMITS, texts: 3 });
  const cut = { texts: ['one', 'two', 'three'], counts: [1, 1, 1], rest: 1 };
  expect((await count(texts)).slice(0, 2)).toEqual([cut, cut]);
});
