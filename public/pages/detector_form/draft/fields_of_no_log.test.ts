jest.mock('@kbn/i18n', () => jest.requireActual('../../../../test/fakes/i18n'), { virtual: true });

import { detectorSchema } from '../../../../common/detector';
import { fieldsOfNoLog } from './fields_of_no_log';

describe('features of fields that no log has', () => {
  const features = [
    { type: 'number', field: 'took' },
    { type: 'category', field: 'no.such.field' },
  ] as const;
  const seen = { field: 'took', logs: 500, missing: 499 };

  it('are problems of their field, by its name', () => {
    const none = { field: 'no.such.field', logs: 500, missing: 500 };
    expect(fieldsOfNoLog({ features: [...features] }, [seen, none])).toEqual([
      {
        path: 'features.1.field',
        field: 'no.such.field',
        problem: 'no log has the field no.such.field; take one that logs have',
      },
    ]);
  });

  it('are none before logs were looked at, where there is none, or of rows of buckets, nor of a detector that has it', () => {
    expect(fieldsOfNoLog({ features: [...features] }, [])).toEqual([]);
    expect(fieldsOfNoLog({ features: [...features] }, [{ ...seen, logs: 0, missing: 0 }])).toEqual([]);
    const none = { field: 'took', logs: 500, missing: 500 };
    expect(fieldsOfNoLog({ unit: 'bucket', features: [...features] }, [none])).toEqual([]);
    const saved = detectorSchema.parse({ name: 'Web', source: { index: 'logs' }, features: [features[0]] });
    expect(fieldsOfNoLog({ features: [...features] }, [none], saved)).toEqual([]);
  });
});
