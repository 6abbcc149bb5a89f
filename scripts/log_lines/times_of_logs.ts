import { Option } from 'commander';
import { DetectionError } from '../../common/detection_error';
import type { TimeContext } from '../../common/log_parsing';
import { offsetIn } from '../../common/suppressions/local_time';

/** Options for times of log files that leave something out. */
export interface TimesOfLogs {
  readonly year?: string;
  readonly timeZone?: string;
}

export const yearOption = (): Option =>
  new Option('--year <year>', 'of times that name none (default: the latest that is not in the future)');
export const timeZoneOption = (): Option =>
  new Option('--time-zone <zone>', 'IANA name of the zone of times without an offset (default: UTC)');

/**
 * @param now epoch milliseconds
 * @throws DetectionError `invalid_input` for a year or a time zone that is none
 */
export function timesOfLogs({ year, timeZone }: TimesOfLogs, now: number): TimeContext {
  if (year !== undefined && !/^(19[7-9]\d|2\d{3})$/.test(year)) {
    throw new DetectionError('invalid_input', `--year is "${year}"; allowed: 1970 to 2999.`);
  }
  if (timeZone !== undefined) offsetIn(timeZone);
  return {
    latest: now,
    ...(year !== undefined && { year: Number(year) }),
    ...(timeZone !== undefined && { timeZone }),
  };
}
