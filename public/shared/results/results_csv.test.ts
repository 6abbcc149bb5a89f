import type { Found } from './results_table';
import { resultsCsv } from './results_csv';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const found = (id: string, log: object): Found =>
  ({
    id,
    result: {
      '@timestamp': '2026-01-05T10:00:00.000Z',
      detector: { id: 'd', name: 'Web' },
      anomaly: {
        severity: 'major',
        confidence: 0.8,
        score: 0.61,
        entity: 'shop',
        reason: 'rare',
        attribution: [],
      },
      source: { index: 'logs', id },
      result: { type: 'log' },
      ...log,
    },
  }) as unknown as Found;

it('writes a line of names and one for each result, with the chosen fields', async () => {
  const csv = await resultsCsv([found('1', { message: 'a, "b"', http: { status: 500 } })], ['http.status']);
  const [names, line, ...rest] = csv.split('\r\n');
  expect(names).toBe(
    'time,anomaly.severity,anomaly.confidence,anomaly.score,anomaly.entity,log,reason,http.status,detector.name,source.index,source.id,id',
  );
  expect(line).toBe('2026-01-05T10:00:00.000Z,major,0.8,0.61,shop,"a, ""b""",rare,500,Web,logs,1,1');
  expect(rest).toEqual([]);
});

it.each(['=HYPERLINK("http://evil")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1'])(
  'writes %j as a text that no spreadsheet runs',
  async (message) => {
    const csv = await resultsCsv([found('1', { message: 'x', field: message })], ['field']);
    const [, line] = csv.split(/\r\n(?=2026)/);
    const cell = line.split(',rare,')[1];
    expect(cell.replace(/^"/, '').startsWith("'")).toBe(true);
  },
);
