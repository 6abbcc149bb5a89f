jest.mock('@elastic/eui', () => ({}));
jest.mock('@kbn/i18n', () => ({ i18n: {} }), { virtual: true });

import type { ModelRecordBody } from '../../../common/api';
import { asTheyAre, comparedModels } from './models_table';

const model = (version: string, status: ModelRecordBody['status']) =>
  ({ version, status }) as ModelRecordBody;
const versionsOf = (models: readonly ModelRecordBody[]): string[] =>
  models.map(({ version, status }) => `${version} ${status}`);

it('compares ticked models as they are after a promotion, and none that is gone', () => {
  const ticked = [model('2', 'candidate')];
  const before = [model('2', 'candidate'), model('1', 'active')];
  expect(versionsOf(comparedModels(asTheyAre(ticked, before), before))).toEqual(['2 candidate', '1 active']);
  const after = [model('2', 'active'), model('1', 'retired')];
  expect(versionsOf(comparedModels(asTheyAre(ticked, after), after))).toEqual(['2 active']);
  expect(versionsOf(asTheyAre([...ticked, model('1', 'active')], after))).toEqual(['2 active', '1 retired']);
  expect(asTheyAre(ticked, [model('1', 'active')])).toEqual([]);
});
