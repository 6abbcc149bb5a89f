import { shownConfidence } from '../anomaly';

/** Numbers and times as people read them, the same in text and page. English, whatever the machine's locale. */

export const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US');

/** @param share in [0, 1]. @example formatPercent(0.0341) // "3.4 %" */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${percent.toFixed(percent >= 99.95 || percent === 0 ? 0 : 1)} %`;
}

/** @param confidence in [0, 1]. @returns percent as they stand beside a severity, see `shownConfidence` */
export const formatConfidence = (confidence: number): string =>
  formatPercent(Number(shownConfidence(confidence, 1)) / 100);

export const formatMeasure = (value: number): string => value.toFixed(3);

/** @example formatPerDay(230.1) // "230"; formatPerDay(2.31) // "2.3" */
export const formatPerDay = (value: number): string => (value >= 10 ? formatCount(value) : value.toFixed(1));

/** @param milliseconds not negative. @example formatDuration(95_000) // "1 min 35 s" */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return joinUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return joinUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return joinUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const joinUnits = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** @param iso ISO 8601. @example formatTime('2026-01-08T06:26:39.073Z') // "2026-01-08 06:26:39" */
export const formatTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** Kinds are `snake_case` in data. */
export const formatKind = (kind: string): string => kind.replace(/_/g, ' ');
