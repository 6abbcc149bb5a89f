import { filterTrigger, newRulePath } from './kibana_version';

it.each([
  ['8.12.2', 'FILTER_TRIGGER'],
  ['9.3.4', 'FILTER_TRIGGER'],
  ['9.4.0', 'on_apply_filter'],
  ['9.6.0', 'on_apply_filter'],
])('a panel that filters is known to Kibana %s by %s', (version, trigger) => {
  expect(filterTrigger(version)).toBe(trigger);
});

it('knows where each version has its form for a new rule', () => {
  expect(newRulePath('8.19.8', 'a.b')).toBe('/insightsAndAlerting/triggersActions/rules/create/a.b');
  expect(newRulePath('9.4.3', 'a.b')).toBe('/insightsAndAlerting/triggersActions/create/a.b');
});
