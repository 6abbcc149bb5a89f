import { DARK_THEME, LIGHT_THEME, type Theme } from '@elastic/charts';
import { useEuiTheme } from '@elastic/eui';

type PointVisibility = Theme['lineSeriesStyle']['point']['visible'];

/** Charts in the colours of Kibana's theme, light or dark. */
export function useChartTheme(): Theme {
  const { colorMode } = useEuiTheme();
  return colorMode === 'DARK' ? DARK_THEME : LIGHT_THEME;
}

/**
 * Points of a line or an area, shown or hidden, in the words of the charts that this Kibana lends: true and false in 8.12,
 * `always` and `never` in newer ones, which show points for false and hide some for `auto`.
 */
export function pointVisibility(isShown: boolean): PointVisibility {
  const hasWords = typeof LIGHT_THEME.lineSeriesStyle.point.visible === 'string';
  return (hasWords ? (isShown ? 'always' : 'never') : isShown) as PointVisibility;
}
