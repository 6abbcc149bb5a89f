import type { LogDocument } from '../log_document';
import { ChangeSample } from './change_sample';
import { factMatcher } from './group_changes';
import { profileOf } from './value_candidates';

test('a field is missing in the same logs wherever it is looked for', () => {
  const holding: readonly unknown[] = [
    'a',
    0,
    false,
    ['a'],
    [null, 'a'],
    '',
    'x'.repeat(2_000),
    [{ name: 'a' }],
  ];
  const missing: readonly unknown[] = [undefined, null, [], [null], [[]], {}];
  const usual: readonly unknown[] = Array.from({ length: 20 }, () => 'a');
  const logs = [...usual, ...holding, ...missing].map((user): LogDocument => ({
    ...(user !== undefined && { user }),
  }));
  const sample = new ChangeSample(
    { window: [], baseline: logs, timeOf: () => 0 },
    { window: 1, pieces: [1] },
    [{ from: 0, to: 1 }],
  );
  const { facts } = profileOf(sample, { field: 'user', kind: 'value' });
  const counted = facts.find(({ fact }) => fact.kind === 'missing')!;
  const isMissing = factMatcher(counted.fact, []);
  expect(logs.filter(isMissing)).toHaveLength(missing.length);
  expect(counted.counts.pieces).toEqual([missing.length]);
});
