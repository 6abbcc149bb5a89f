/** Hours are counted in local time from a Monday. */
export const HOURS_OF_DAY = 24;
export const HOURS_OF_WEEK = 168;

/** @returns in [0, by), for negative values as well */
export const modulo = (value: number, by: number): number => ((value % by) + by) % by;
