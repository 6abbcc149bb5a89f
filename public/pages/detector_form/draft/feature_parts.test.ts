import { featureSchema } from '../../../../common/detector';
import { FEATURE_TYPES, type FieldPart } from '../../../../common/detector';
import {
  linesOfPatterns,
  partLabel,
  partOfLabel,
  patternsOfLines,
  settingsText,
  withFields,
  withType,
  type DraftFeature,
} from './feature_parts';

const locale = 'en';
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: {
      getLocale: () => locale,
      translate: (
        _id: string,
        { defaultMessage, values = {} }: { defaultMessage: string; values?: object },
      ) => defaultMessage.replace(/\{(\w+)\}/g, (_place, name: string) => String(values[name as never])),
    },
  }),
  { virtual: true },
);

const whole: DraftFeature = {
  type: 'deviation',
  field: 'event.duration',
  by: ['service.name', { route: 'url.original' }],
  direction: 'high',
  ignore_below: 5,
  ignore_within_percent: 50,
  unit: 'ns',
  tolerance: 1,
  weight: 2,
  name: 'slow',
};

describe('parts of groups', () => {
  it.each<FieldPart>([
    'service.name',
    { route: 'url.original' },
    { masked: 'message' },
    { network: 'source.ip' },
    { service_port: ['source.port', 'destination.port'] },
  ])('are chosen by their label: %j', (part) => {
    expect(partOfLabel(partLabel(part))).toEqual(part);
  });
  it('typed are fields', () => {
    expect(partOfLabel(' host.name ')).toBe('host.name');
    expect(partOfLabel('route of ')).toBe('route of');
    expect(partOfLabel('service port of a')).toBe('service port of a');
    expect(partOfLabel('service port of a/b')).toEqual({ service_port: ['a', 'b'] });
  });
});

describe('another type', () => {
  it.each(FEATURE_TYPES)('%s takes along what it has and nothing that would be refused', (type) => {
    const changed = withType(
      { ...whole, masks: [{ name: 'a', regex: 'b' }], codes: 'http', method: 'm' },
      type,
    );
    const complete = type === 'combination' ? withFields(changed, ['event.duration', 'host.name']) : changed;
    expect(featureSchema.safeParse(complete).error?.issues).toBeUndefined();
    expect(changed).toMatchObject({ type, name: 'slow', weight: 2, field: 'event.duration' });
  });
  it('keeps what both have', () => {
    expect(withType(whole, 'number')).toMatchObject({ direction: 'high', ignore_below: 5, unit: 'ns' });
    expect(withType(whole, 'severity').by).toEqual(whole.by);
    expect(withType(whole, 'number').by).toBeUndefined();
  });
});

it('tells in a few words what was set', () => {
  expect(settingsText(whole)).toBe(
    'compared within service.name, route of url.original · only higher than usual · nothing below 5 · nothing within 50 %',
  );
  expect(settingsText({ type: 'category', field: 'a' })).toBe('');
  expect(settingsText({ type: 'deviation', by: [{ service_port: ['a', 'b'] }, { network: 'c' }] })).toBe(
    'compared within service port of a / b, network of c',
  );
});

it('writes patterns as lines and reads them again', () => {
  const patterns = [
    { name: 'order', regex: 'ORD-[0-9]+' },
    { name: 'key', regex: 'key=[a-z]' },
  ];
  expect(linesOfPatterns(patterns)).toBe('order = ORD-[0-9]+\nkey = key=[a-z]');
  expect(patternsOfLines(`\n${linesOfPatterns(patterns)}\n`)).toEqual(patterns);
  expect(patternsOfLines('half')).toEqual([{ name: 'half', regex: '' }]);
});
