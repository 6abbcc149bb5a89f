import { logAnomalyParamsSchema } from '../../common/rules';
import { handedOver, handOver } from './handed_parameters';

const params = logAnomalyParamsSchema.parse({ detector_ids: ['a-1'], min_severity: 'major', window: '1h' });

it('comes back from the address as it was handed over', () => {
  expect(handedOver(handOver(params), logAnomalyParamsSchema)).toEqual(params);
  expect(handedOver(`${handOver(params)}&other=1`, logAnomalyParamsSchema)).toEqual(params);
});

it.each([
  '',
  '?other=1',
  '?logAnomaliesRule=x',
  '?logAnomaliesRule={"count":-1}',
  '?logAnomaliesRule={"secret":1}',
])('takes nothing from %j', (search) => {
  expect(handedOver(search, logAnomalyParamsSchema)).toBeUndefined();
});
