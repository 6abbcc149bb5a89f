import { i18n } from '@kbn/i18n';
import { printable } from '../../../common/printable';

const LONGEST_NAME = 256;

/** Returns the name of a lane: its entity, or "(all logs)" where there is none. */
export const laneOf = (key: string): string =>
  key === '' ? i18n.translate('logAnomalies.lane.none', { defaultMessage: '(all logs)' }) : key;

/** An entity for people. */
export const entityName = (key: string): string => printable(laneOf(key), LONGEST_NAME);
