import { DARK_THEME, LIGHT_THEME, type Theme } from '@elastic/charts';
import { useEuiTheme } from '@elastic/eui';

/** Charts in the colours of Kibana's theme, light or dark. */
export function useChartTheme(): Theme {
  const { colorMode } = useEuiTheme();
  return colorMode === 'DARK' ? DARK_THEME : LIGHT_THEME;
}
