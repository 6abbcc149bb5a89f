import { findLabelFields, readLabel, suggestFeatures } from '..';

const logs = (values: (row: number) => Record<string, unknown>): Record<string, unknown>[] =>
  Array.from({ length: 300 }, (_none, row) => ({ status: 200 + (row % 3), size: row % 77, ...values(row) }));

describe('findLabelFields', () => {
  it.each([
    ['truth', (row: number) => ({ truth: row % 9 === 0 ? 1 : 0 })],
    ['is_attack', (row: number) => ({ is_attack: row % 9 === 0 })],
    ['isAttack', (row: number) => ({ isAttack: row % 9 === 0 })],
    ['Label', (row: number) => ({ Label: row % 9 === 0 ? 'Attack' : 'Benign' })],
    ['labels.anomaly', (row: number) => ({ labels: { anomaly: row % 9 === 0 ? 'true' : 'false' } })],
    [
      'meta.ground-truth',
      (row: number) => ({ meta: { 'ground-truth': row % 9 === 0 ? 'anomaly' : 'normal' } }),
    ],
    ['Class', (row: number) => ({ Class: row % 9 === 0 ? 1 : 0 })],
  ])('finds %s, and it is no feature', (field, values) => {
    expect(findLabelFields(logs(values))).toMatchObject([{ field, isReadable: true }]);
    const suggested = suggestFeatures(logs(values), { timestampField: '@timestamp' });
    expect(suggested.length).toBeGreaterThan(0);
    expect(suggested.map(({ definition }) => definition.field)).not.toContain(field);
  });

  it('tells a field that cannot be read as a label', () => {
    const found = findLabelFields(
      logs((row) => ({ attack_type: row % 9 === 0 ? 'dos' : 'none', truth: row % 2 })),
    );
    expect(found.map(({ field, isReadable }) => [field, isReadable])).toEqual([
      ['truth', true],
      ['attack_type', false],
    ]);
  });

  it('takes no ordinary field for one', () => {
    const ordinary = logs((row) => ({
      class: `com.shop.Class${row % 5}`,
      target: row % 50,
      y: row / 10,
      attack: row * 7,
      labels: { team: 'web', env: 'prod' },
    }));
    expect(findLabelFields(ordinary)).toEqual([]);
  });
});

describe('readLabel', () => {
  it.each([
    [true, true],
    [0, false],
    [' Anomaly ', true],
    ['BENIGN', false],
    [2, undefined],
    ['', undefined],
    [{}, undefined],
  ])('reads %j as %j', (value, label) => {
    expect(readLabel(value)).toBe(label);
  });
});
