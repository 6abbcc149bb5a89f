import { DAY } from '../duration';

/** Longest span of time: an expensive request reads no more than this. */
export const LONGEST_SPAN_MILLISECONDS = 366 * DAY;
