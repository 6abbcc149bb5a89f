jest.mock('@elastic/eui', () => ({
  EuiEmptyPrompt: ({ title, body, actions }: { title: unknown; body: unknown; actions: unknown }) => [
    title,
    body,
    actions,
  ],
  EuiButton: ({ children, onClick }: { children: unknown; onClick: () => void }) => {
    mockButtons.push(onClick);
    return children;
  },
  EuiButtonEmpty: ({ children }: { children: unknown }) => children,
}));
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });
let mockHidden = 0;
const mockAsked: unknown[] = [];
const mockButtons: (() => void)[] = [];
const mockGone: unknown[][] = [];
jest.mock('../../shared/requests/use_request', () => ({
  useRequest: (ask: () => void) => {
    ask();
    return { value: { total: mockHidden } };
  },
}));
jest.mock('../../shared/app/app_context', () => ({
  useApp: () => ({
    canWrite: true,
    api: (...call: unknown[]) => mockAsked.push(...call.slice(0, 2)),
    go: (...place: unknown[]) => mockGone.push(place),
  }),
}));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { readExplorerQuery } from './explorer_query';
import { nearestOf, NothingAnomalous } from './nothing_anomalous';

type Props = Parameters<typeof NothingAnomalous>[0];

const bucket = (hour: number, logs: number, confidence: number | null, score: number | null) => ({
  time: `2026-01-05T${String(hour).padStart(2, '0')}:00:00.000Z`,
  logs,
  anomalies: 0,
  max_score: score,
  max_confidence: confidence,
});
const summary: Props['summary'] = {
  interval_ms: 3_600_000,
  groups: [
    {
      key: '',
      logs: 3_200,
      anomalies: 0,
      buckets: [
        bucket(10, 1_200, 0.08, 0.48),
        bucket(11, 1_000, 0.256, 0.612),
        bucket(12, 1_000, null, null),
      ],
    },
  ],
};

function textOf(change: Partial<Props> = {}, query: Record<string, string> = {}): string {
  const markup = renderToStaticMarkup(
    <NothingAnomalous
      record={
        {
          id: 'ssh',
          detector: {
            unit: 'log',
            threshold: { method: 'adaptive', contamination: 0.001, alerts_per_day: 5 },
          },
        } as unknown as Props['record']
      }
      status={{ model: { threshold: 0.655 } } as Props['status']}
      chosen={readExplorerQuery({ path: '', query })}
      found={{ results: 0, incidents: 0 }}
      summary={summary}
      interval={{ from: 0, to: 1 }}
      {...change}
    />,
  );
  return markup.replace(/<[^>]+>/g, ' ');
}

beforeEach(() => {
  mockHidden = 0;
  mockAsked.length = 0;
  mockButtons.length = 0;
  mockGone.length = 0;
});

it('says how many logs were scored, how near the nearest came, when, and what would have shown it', () => {
  const text = textOf();
  expect(text).toContain('3,200 logs were scored, none is an anomaly.');
  expect(text).toMatch(
    /came to a confidence of 25 of 100 \(score 0\.612\), within 60m from Jan 5, 2026.*; anomalies begin at 50, now a score of 0\.655\./,
  );
  expect(text).toContain(
    'keeps to a number of anomalies a day, now 5; with about 10 it would have shown this one',
  );
});

it.each([
  [{ method: 'adaptive', contamination: 0.001, alerts_per_day: 5 }, '10'],
  [{ method: 'contamination', contamination: 0.002 }, '0.00391'],
  [{ method: 'fixed', score: 0.7 }, undefined],
])('opens the form with what would have shown the nearest: %j', (threshold, flag) => {
  textOf({ record: { id: 'ssh', detector: { unit: 'log', threshold } } as unknown as Props['record'] });
  mockButtons[0]();
  expect(mockGone).toEqual([['/detectors/ssh/edit', { flag }]]);
});

it('names no threshold that no score can reach', () => {
  const text = textOf({ status: { model: { threshold: 1.065 } } as Props['status'] });
  expect(text).toContain('anomalies begin at 50.');
  expect(text).not.toContain('1.065');
});

it('names no threshold that the nearest reaches, which was another when it was scored', () => {
  const text = textOf({ status: { last_run: { threshold: 0.6 } } as Props['status'] });
  expect(text).toContain('(score 0.612)');
  expect(text).toContain('anomalies begin at 50.');
  expect(text).not.toContain('now a score of');
});

it('promises nothing of logs that are all everyday ones', () => {
  const everyday = {
    ...summary,
    groups: [{ ...summary.groups[0], buckets: [bucket(10, 3_200, 0.001, 0.44)] }],
  };
  const text = textOf({ summary: everyday });
  expect(text).toContain('keeps to a number of anomalies a day, now 5, and these logs are everyday ones.');
  expect(text).not.toContain('it would have shown');
});

it('names what is hidden instead, which no larger budget would show', () => {
  mockHidden = 2;
  const text = textOf();
  expect(text).toContain('2 anomalies are hidden by feedback or quiet times.');
  expect(text).not.toContain('confidence of');
});

it.each([
  [{ entity: 'cart' }, { entity: ['cart'] }],
  [{ part: 'service.name=cart' }, { entity_part: ['service.name=cart'] }],
  [{}, {}],
])('counts what is hidden of the entities that are chosen: %j', (address, scope) => {
  textOf({}, address);
  expect(mockAsked).toEqual([
    'searchResults',
    { query: { detector_id: 'ssh', from: 0, to: 1, status: 'suppressed', size: 0, ...scope } },
  ]);
});

it('stays away where something was found, or a filter may be why nothing is', () => {
  expect(textOf({ found: { results: 0, incidents: 1 } })).toBe('');
  expect(textOf({ found: { results: undefined, incidents: 0 } })).toBe('');
  expect(textOf({}, { severity: 'major' })).toBe('');
  expect(textOf({}, { query: 'url.path: /cart' })).toBe('');
});

it('knows no nearest where nothing says how near it came', () => {
  expect(
    nearestOf({ groups: [{ key: '', logs: 0, anomalies: 0, buckets: [bucket(1, 3, null, null)] }] }),
  ).toBe(undefined);
});
