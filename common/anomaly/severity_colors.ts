import type { Severity } from './index';

/**
 * Colours of severities, from pale to strong, in pages and dashboards alike: those of Kibana's own machine learning. A theme that
 * names colours of severities, from Kibana 9.1 on, is followed by the pages instead.
 */
export const SEVERITY_COLORS: Readonly<Record<Severity, string>> = {
  warning: '#8BC8FB',
  minor: '#F5D13B',
  major: '#FB9D3F',
  critical: '#E7503D',
};
