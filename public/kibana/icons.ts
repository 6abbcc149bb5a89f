import { ICON_TYPES } from '@elastic/eui';

/** Icons of EUI in Kibana 8.12 that newer EUI knows by another name only (some from 116 on, all in 122). */
export const RENAMED_ICONS = {
  arrowDown: 'chevronSingleDown',
  arrowRight: 'chevronSingleRight',
  beaker: 'flask',
  editorUndo: 'undo',
  exportAction: 'export',
  eyeClosed: 'eyeSlash',
  heatmap: 'chartHeatmap',
  iInCircle: 'info',
  importAction: 'download',
  launch: 'rocket',
  magnifyWithExclamation: 'magnifyExclamation',
  minusInCircle: 'minusCircle',
  plusInCircle: 'plusCircle',
  questionInCircle: 'question',
  timeRefresh: 'refreshTime',
  unlink: 'linkSlash',
  visBarHorizontal: 'chartBarHorizontal',
} as const;

const KNOWN: ReadonlySet<string> = new Set(ICON_TYPES);

/** The icon under the name that this Kibana's EUI has for it; a name that EUI does not know is taken for an address. */
export const icon = (name: keyof typeof RENAMED_ICONS): (typeof ICON_TYPES)[number] =>
  (KNOWN.has(name) ? name : RENAMED_ICONS[name]) as (typeof ICON_TYPES)[number];
