import { amountText, documentsText, proposalText, type Proposal } from './scan_text';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const proposal = (change: Partial<Proposal>): Proposal =>
  ({
    unit: 'log',
    detector: { features: [{}, {}] },
    expected_alerts_per_day: 10,
    ready: true,
    rows: 9_000,
    rows_needed: 256,
    ...change,
  }) as unknown as Proposal;

it('says how many rows a detector has of those it needs, as long as these are too few', () => {
  expect(amountText(proposal({}))).toBe('2 features · at most 10 anomalies a day');
  expect(amountText(proposal({ ready: false, rows: 120 }))).toMatch(
    /· 120 of 256 logs to learn from; it waits until there are enough$/,
  );
  expect(amountText(proposal({ unit: 'bucket', ready: false, rows: 58 }))).toMatch(
    /^at most 10 anomalies a day · 58 of 256 rows to learn from/,
  );
});

it('tells a rate of documents of a day or more alone', () => {
  expect(documentsText({ logs: 2_000 })).toBe('2,000 documents');
  expect(documentsText({ logs: 2_000, looked: { logs: 2_000, days: 4 / 24 } })).toBe(
    '2,000 documents in 4 h',
  );
  expect(documentsText({ logs: 2_000, looked: { logs: 2_000, days: 2 } })).toBe(
    '2,000 documents, 1,000 a day',
  );
});

it('promises no silence of who comes once', () => {
  const of = (entity_field: string, silence: boolean) =>
    proposalText(
      proposal({
        unit: 'bucket',
        detector: { features: [], entity_field, bucket: { span: '5m', silence } } as never,
      }),
    );
  expect(of('host.name', true)).toBe(
    'All logs of each host.name together, every 5 minutes: floods, silence, more errors',
  );
  expect(of('source.ip', false)).toBe('All logs of each source.ip together, every 5 minutes: floods, scans');
});
