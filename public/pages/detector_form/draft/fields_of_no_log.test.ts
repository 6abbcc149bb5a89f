jest.mock('@kbn/i18n', () => jest.requireActual('../../../../test/fakes/i18n'), { virtual: true });

import { detectorSchema } from '../../../../common/detector';
import { distributionOf } from '../../../../common/log_features/suggesting/distribution';
import { fieldsOfNoLog } from './fields_of_no_log';

describe('features of fields that no log has', () => {
  const features = [
    { type: 'number', field: 'took' },
    { type: 'category', field: 'no.such.field' },
  ] as const;
  const source = { timestamp_field: '@timestamp' };
  const seen = { field: 'took', logs: 500, distinct: 1, is_mapped: true };

  it('are problems of their field, by its name', () => {
    const none = { field: 'no.such.field', logs: 500, distinct: 0, is_mapped: false };
    expect(fieldsOfNoLog({ source, features: [...features] }, [seen, none])).toEqual([
      {
        path: 'features.1.field',
        field: 'no.such.field',
        problem: 'no log has the field no.such.field; take one that logs have',
      },
    ]);
  });

  it('are none before logs were looked at, where there is none, or of rows of buckets, nor of a detector that has it', () => {
    expect(fieldsOfNoLog({ source, features: [...features] }, [])).toEqual([]);
    expect(
      fieldsOfNoLog({ source, features: [...features] }, [
        { ...seen, logs: 0, distinct: 0, is_mapped: false },
      ]),
    ).toEqual([]);
    const none = { field: 'took', logs: 500, distinct: 0, is_mapped: false };
    expect(fieldsOfNoLog({ source, unit: 'bucket', features: [...features] }, [none])).toEqual([]);
    const saved = detectorSchema.parse({ name: 'Web', source: { index: 'logs' }, features: [features[0]] });
    expect(fieldsOfNoLog({ source, features: [...features] }, [none], saved)).toEqual([]);
  });

  it('are none where the indices have the field, or logs hold values of another type, or that give the time', () => {
    const refused = (
      feature: { type: 'category' | 'number' | 'hour_of_day'; field: string },
      isMapped: boolean,
    ) => {
      const documents = [{ service: 'shop', took: '12 ms', at: '05/Jan/2026:10:00:00 +0000' }];
      const distribution = { ...distributionOf(feature, documents), is_mapped: isMapped };
      expect(distribution.missing).toBe(1);
      return fieldsOfNoLog({ source: { timestamp_field: 'time' }, features: [feature] }, [distribution])
        .length;
    };
    expect(refused({ type: 'category', field: 'service.keyword' }, true)).toBe(0);
    expect(refused({ type: 'category', field: 'service.keywrd' }, false)).toBe(1);
    expect(refused({ type: 'number', field: 'took' }, false)).toBe(0);
    expect(refused({ type: 'hour_of_day', field: 'at' }, false)).toBe(0);
    expect(refused({ type: 'hour_of_day', field: 'time' }, false)).toBe(0);
    expect(refused({ type: 'hour_of_day', field: '@timestamp' }, false)).toBe(1);
  });
});
