jest.mock('@kbn/i18n', () => jest.requireActual('../../../../test/fakes/i18n'), { virtual: true });

import type { LogField } from '../../../../common/log_features/fields/log_fields';
import { draftOf, emptyDraft, regrouped, withScoring, withSessions, withUnit, type Draft } from './draft';
import {
  followLogs,
  rowSettings,
  rowsExpected,
  rowsToFollow,
  withChosenThreshold,
  withProposedBudget,
} from './proposed_budget';

const FEW = { logs: 500, days: 7 };
const MANY = { logs: 7_000_000, days: 7 };
const DESCRIBED = {
  days: 7,
  fields: [
    { field: 'service.name', distinct: 1 },
    { field: 'host.name', distinct: 3 },
  ] as unknown as LogField[],
};

const following = (draft: Draft, rows = FEW): Draft => ({ ...draft, ...followLogs(draft, rows) });
const budgetOf = ({ threshold }: Draft): unknown =>
  threshold?.method === 'adaptive' && [threshold.alerts_per_day, threshold.contamination];
const typed = (draft: Draft, budget: number): Draft => ({
  ...draft,
  ...withChosenThreshold(draft, { ...draft.threshold, method: 'adaptive', alerts_per_day: budget }),
});

it('follows the logs until another number is typed, whose share follows alone', () => {
  const first = following(emptyDraft(), MANY);
  expect(budgetOf(first)).toEqual([10, 0.00001]);
  expect(budgetOf(following(first))).toEqual([0.71, 0.00994]);
  expect(budgetOf(following(typed(first, 20)))).toEqual([20, 0.28]);
  expect(followLogs(typed(first, Number.NaN), FEW)).toBeUndefined();
});

it('leaves a number that was typed or that a file names, also where it is what was proposed', () => {
  const first = following(emptyDraft(), MANY);
  expect(budgetOf(following(typed(first, 10)))).toEqual([10, 0.14]);
  const file = { threshold: { method: 'adaptive', alerts_per_day: 10, contamination: 0.01 } };
  const loaded = draftOf(file as unknown as Parameters<typeof draftOf>[0]);
  expect(budgetOf(following(loaded))).toEqual([10, 0.14]);
});

it('leaves a number that the slider of the preview came back to', () => {
  const first = following(emptyDraft(), MANY);
  const moved = [20, 10].reduce<Draft>(
    (draft, budget) => ({
      ...draft,
      ...withChosenThreshold(draft, {
        method: 'adaptive',
        contamination: budget / 1_000_000,
        alerts_per_day: budget,
      }),
    }),
    first,
  );
  expect(budgetOf(moved)).toEqual([10, 0.00001]);
  expect(budgetOf(following(moved))).toEqual([10, 0.14]);
});

it('proposes anew where it was off for a while, and goes on to follow the logs', () => {
  const first = following(emptyDraft());
  const off: Draft = { ...first, ...withScoring(first, 'ingest') };
  expect(off.threshold?.method).toBe('contamination');
  const again = { ...off, ...withProposedBudget(off, FEW, { method: 'adaptive' }) };
  expect(budgetOf(again)).toEqual([0.71, 0.00994]);
  expect(budgetOf(following(again, MANY))).toEqual([10, 0.00001]);
});

it('is of rows where spans of time are judged, before a preview counts them', () => {
  const logs = following(emptyDraft(), MANY);
  const rows = withUnit({ ...logs, entity_field: 'service.name' }, 'bucket');
  expect(budgetOf(rows)).toEqual([undefined, 0.02]);
  const expected = rowsExpected(rows, DESCRIBED)!;
  expect(expected).toEqual({ logs: 2_016, days: 7 });
  const proposed = following(rows, expected);
  expect(budgetOf(proposed)).toEqual([5.8, 0.02]);
  // Grouping is chosen after, and does not make it a number that was typed.
  const grouped: Draft = { ...proposed, ...regrouped(proposed, ['service.name', 'host.name']) };
  expect(rowsExpected(grouped, DESCRIBED)).toEqual({ logs: 3 * 2_016, days: 7 });
  expect(budgetOf(following(grouped, rowsExpected(grouped, DESCRIBED)))).toEqual([10, 0.0116]);
  expect(budgetOf(withUnit(proposed, 'log'))).toEqual([undefined, 0.01]);
  expect(budgetOf(withUnit(typed(logs, 4), 'bucket'))).toEqual([4, 0.00001]);
});

it('expects no number of sessions, nor of rows of nobody knows what', () => {
  const rows = following(withUnit({ ...emptyDraft(), entity_field: 'host.name' }, 'bucket'));
  const sessions: Draft = { ...rows, ...withSessions(rows, true) };
  expect(budgetOf(sessions)).toEqual([undefined, 0.02]);
  expect(rowsExpected(sessions, DESCRIBED)).toBeUndefined();
  expect(rowsExpected(rows, undefined)).toBeUndefined();
  expect(rowsExpected({ ...rows, entity_field: '' }, DESCRIBED)).toBeUndefined();
  expect(rowsExpected({ ...rows, bucket: { span: 'soon' } }, DESCRIBED)).toBeUndefined();
});

describe('rows that a preview counted', () => {
  const isNew = true;
  const described = DESCRIBED;
  const begun = withUnit({ ...emptyDraft(), entity_field: 'service.name' }, 'bucket');
  const quiet: Draft = { ...begun, bucket: { silence: false } };
  const counted = { rows: { logs: 84, days: 7 }, of: rowSettings(quiet) };
  const previewed = following(quiet, counted.rows);

  it('are followed after other settings change, not the rows to expect', () => {
    expect(budgetOf(following(quiet, rowsToFollow(quiet, { counted: undefined, described, isNew })))).toEqual(
      [5.8, 0.02],
    );
    for (const changes of [
      { description: 'Services' },
      { context_fields: ['host.name'] },
      { schedule: { interval: '10m' } },
      { training: { window: '14d' } },
      { source: { ...quiet.source, ingested_field: 'indexed' } },
      { bucket: { ...quiet.bucket, span: '5m', latency: 'event.duration' } },
    ] as Partial<Draft>[]) {
      const edited: Draft = { ...previewed, ...changes };
      const rows = rowsToFollow(edited, { counted, described, isNew });
      expect(rows).toEqual({ logs: 84, days: 7 });
      expect(budgetOf(following(edited, rows))).toEqual(budgetOf(previewed));
      expect(budgetOf(following(typed(edited, 2), rows))).toEqual([2, 0.167]);
    }
  });

  it('are not followed where their number is another one', () => {
    for (const changes of [
      { source: { ...quiet.source, index: 'other' } },
      { source: { ...quiet.source, kql: 'a: b' } },
      { entity_field: 'host.name' },
      { bucket: { silence: false, span: '10m' } },
      { bucket: { silence: true } },
    ] as Partial<Draft>[]) {
      const edited: Draft = { ...previewed, ...changes };
      const rows = rowsToFollow(edited, { counted, described, isNew });
      expect(rows).toEqual(rowsExpected(edited, described));
      expect(rows).toBeDefined();
    }
    const sessions: Draft = { ...previewed, ...withSessions(previewed, true) };
    expect(rowsToFollow(sessions, { counted, described, isNew })).toBeUndefined();
  });

  it('alone change the share of a detector that exists', () => {
    expect(rowsToFollow(quiet, { counted: undefined, described, isNew: false })).toBeUndefined();
    expect(rowsToFollow(quiet, { counted, described, isNew: false })).toEqual({ logs: 84, days: 7 });
  });
});
