import { ruleLink } from './rule_link';

it.each([
  [['a/b'], '/app/logAnomalies/detectors/a%2Fb'],
  [['a', 'b'], '/app/logAnomalies'],
  [[], '/app/logAnomalies'],
  [undefined, '/app/logAnomalies'],
])('of a rule about %j', (ids, path) => {
  expect(ruleLink({ rule: { params: { detector_ids: ids } } })).toBe(path);
});

it('of a rule of which a list shows its name alone', () => {
  expect(ruleLink({ rule: {} })).toBe('/app/logAnomalies');
});
