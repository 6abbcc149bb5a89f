jest.mock('@elastic/charts', () => ({
  LIGHT_THEME: { lineSeriesStyle: { point: { visible: true } } },
  DARK_THEME: {},
}));
jest.mock('@elastic/eui', () => ({}));

import { LIGHT_THEME } from '@elastic/charts';
import { pointVisibility } from './chart_theme';

it.each([
  ['of 8.12', true, [true, false]],
  ['of newer Kibanas', 'auto', ['always', 'never']],
])('shows and hides points in the words of the charts %s', (_which, visible, expected) => {
  Object.assign(LIGHT_THEME.lineSeriesStyle.point, { visible });
  expect([pointVisibility(true), pointVisibility(false)]).toEqual(expected);
});
