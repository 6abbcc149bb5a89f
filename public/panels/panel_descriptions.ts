import { i18n } from '@kbn/i18n';
import { icon } from '../kibana/icons';
import type { PanelKind } from '../../common/panels';

export interface PanelDescription {
  readonly title: string;
  readonly description: string;
  readonly icon: string;
}

/** Called when Kibana has its language. */
export const describePanels = (): Record<PanelKind, PanelDescription> => ({
  figures: {
    title: i18n.translate('logAnomalies.panel.figures', { defaultMessage: 'Log anomalies: figures' }),
    description: i18n.translate('logAnomalies.panel.figuresDescription', {
      defaultMessage: 'Open incidents, anomalies, logs scored, highest confidence',
    }),
    icon: 'number',
  },
  incidents: {
    title: i18n.translate('logAnomalies.panel.incidents', { defaultMessage: 'Log anomalies: incidents' }),
    description: i18n.translate('logAnomalies.panel.incidentsDescription', {
      defaultMessage: 'Anomalies that belong together, the most severe first: what, where and since when',
    }),
    icon: 'bell',
  },
  values: {
    title: i18n.translate('logAnomalies.panel.values', {
      defaultMessage: 'Log anomalies: actual against expected',
    }),
    description: i18n.translate('logAnomalies.panel.valuesDescription', {
      defaultMessage: 'A number over time beside what is usual, with its anomalies',
    }),
    icon: 'visLine',
  },
  swim_lane: {
    title: i18n.translate('logAnomalies.panel.swimLane', { defaultMessage: 'Log anomalies: swim lane' }),
    description: i18n.translate('logAnomalies.panel.swimLaneDescription', {
      defaultMessage: 'Severity over time, a lane for each entity or detector',
    }),
    icon: icon('heatmap'),
  },
  timeline: {
    title: i18n.translate('logAnomalies.panel.timeline', { defaultMessage: 'Log anomalies: timeline' }),
    description: i18n.translate('logAnomalies.panel.timelineDescription', {
      defaultMessage: 'Logs scored and anomalies among them over time',
    }),
    icon: 'visBarVertical',
  },
  patterns: {
    title: i18n.translate('logAnomalies.panel.patterns', { defaultMessage: 'Log anomalies: top patterns' }),
    description: i18n.translate('logAnomalies.panel.patternsDescription', {
      defaultMessage: 'The features that stand out most often, and the values seen there',
    }),
    icon: icon('visBarHorizontal'),
  },
  table: {
    title: i18n.translate('logAnomalies.panel.table', { defaultMessage: 'Log anomalies: table' }),
    description: i18n.translate('logAnomalies.panel.tableDescription', {
      defaultMessage: 'The most severe anomalous logs with their reasons',
    }),
    icon: 'visTable',
  },
});
