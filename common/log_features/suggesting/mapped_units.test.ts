import { featureSchema } from '../../detector';
import { withMappedUnits } from './mapped_units';

const suggested = (definition: Parameters<typeof featureSchema.parse>[0]) => ({
  definition: featureSchema.parse(definition),
});
const unitOf = (field: string, meta: Record<string, string[]> | undefined, type = 'deviation') =>
  withMappedUnits([suggested({ type, field })], { [field]: { long: { ...(meta && { meta }) } } })[0]
    .definition.unit;

describe('the unit of a suggested feature', () => {
  it.each([
    ['ms', 'ms'],
    ['micros', 'us'],
    ['nanos', 'ns'],
    ['byte', 'bytes'],
    ['percent', 'share'],
    ['m', 'min'],
  ])('is the %s that the mapping gives the field', (told, unit) => {
    expect(unitOf('took', { unit: [told] })).toBe(unit);
    expect(unitOf('took', { unit: [told] }, 'number')).toBe(unit);
  });

  it('is that of the mapping where the name tells another one', () => {
    expect(unitOf('duration_ms', { unit: ['s'] })).toBe('s');
  });

  it('is left out where nothing new is known: none, one that the name tells, several, an unknown one', () => {
    expect(unitOf('took', undefined)).toBeUndefined();
    expect(unitOf('duration_ms', { unit: ['ms'] })).toBeUndefined();
    expect(unitOf('took', { unit: ['ms', 's'] })).toBeUndefined();
    expect(unitOf('took', { unit: ['furlong'] })).toBeUndefined();
    expect(unitOf('took', { unit: ['constructor'] })).toBeUndefined();
  });

  it('is that of indices which map the field by other types and agree on the unit', () => {
    const fields = (units: [string, string]) => ({
      took: { long: { meta: { unit: [units[0]] } }, double: { meta: { unit: [units[1]] } } },
    });
    const found = (units: [string, string]) =>
      withMappedUnits([suggested({ type: 'number', field: 'took' })], fields(units))[0].definition.unit;
    expect(found(['ms', 'ms'])).toBe('ms');
    expect(found(['ms', 's'])).toBeUndefined();
  });

  it('is none of features that measure no number', () => {
    expect(unitOf('took', { unit: ['ms'] }, 'category')).toBeUndefined();
  });
});
