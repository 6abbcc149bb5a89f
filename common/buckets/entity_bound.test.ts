import { boundText } from './entity_bound';

const several = { entity_fields: ['service.name', 'host.name'] };

it.each([
  [
    { kept: 1_000, of: 3_412, left_out_logs: 40, logs: 1_000 },
    'Kept 1,000 of 3,412 values of service and host; left out hold 4% of the logs',
  ],
  [
    { kept: 2, of: 3, left_out_logs: 1, logs: 1_000 },
    'Kept 2 of 3 values of service and host; left out hold less than 1% of the logs',
  ],
  [
    { kept: 2, of: 3, left_out_logs: 0, logs: 0 },
    'Kept 2 of 3 values of service and host; left out hold 0% of the logs',
  ],
])('says of %j what was left out', (bound, text) => {
  expect(boundText(bound, several)).toBe(text);
});
