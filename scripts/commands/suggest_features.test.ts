import { featureSchema } from '../../common/detector';
import { settingsGiven } from './suggest_features';

it('a detector file says all that a proposed feature is, and no defaults', () => {
  const deviation = {
    type: 'deviation' as const,
    field: 'event.duration',
    by: ['service.name', { route: 'url.original' }],
    direction: 'both' as const,
  };
  expect(settingsGiven(featureSchema.parse(deviation))).toEqual(deviation);
  const number = { type: 'number' as const, field: 'bytes' };
  expect(settingsGiven(featureSchema.parse(number))).toEqual(number);
});
