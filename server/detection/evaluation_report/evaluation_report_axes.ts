import { markup, type Markup } from './evaluation_report_markup';
import { MINUTE } from '../../../common/duration';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const FRAME: Frame = { width: 540, height: 300, left: 64, right: 16, top: 16, bottom: 44 };

export type Scale = (value: number) => number;

/** A linear map of [from, to] to pixels, rounded to a tenth. */
export function linearScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => Math.round((start + (value - from) * factor) * 10) / 10;
}

export const acrossOf = ({ left, right, width }: Frame, range: readonly [number, number]): Scale =>
  linearScale(range, [left, width - right]);
export const upOf = ({ top, bottom, height }: Frame, range: readonly [number, number]): Scale =>
  linearScale(range, [height - bottom, top]);

/** About `count` round values (1, 2 or 5 times a power of ten apart) within [from, to]. */
export function ticksOf(from: number, to: number, count: number): number[] {
  if (!(to > from)) return [from];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => rough / power <= factor + 1e-9) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const DAY = 1_440 * MINUTE;
const TIME_STEPS = [1, 5, 15, 60, 180, 360, 720, 1_440, 2_880, 10_080].map((minutes) => minutes * MINUTE);

/** Round times (UTC) within [from, to], epoch milliseconds, at most ten. */
export function timeTicksOf(from: number, to: number): number[] {
  const step =
    TIME_STEPS.find((candidate) => (to - from) / candidate <= 9) ?? Math.ceil((to - from) / 9 / DAY) * DAY;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Grid lines with labels on the left. */
export function verticalAxis(frame: Frame, ticks: readonly Tick[], title: string): Markup {
  const middle = (frame.top + frame.height - frame.bottom) / 2;
  return markup`<g class="axis">${ticks.map(
    ({ at, label }) =>
      markup`<line x1="${frame.left}" x2="${frame.width - frame.right}" y1="${at}" y2="${at}"/><text x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${label}</text>`,
  )}<text class="title" transform="translate(13 ${middle}) rotate(-90)" text-anchor="middle">${title}</text></g>`;
}

/** Labels along the bottom. */
export function horizontalAxis(frame: Frame, ticks: readonly Tick[], title: string): Markup {
  const base = frame.height - frame.bottom;
  const middle = (frame.left + frame.width - frame.right) / 2;
  return markup`<g class="axis"><line class="base" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${base}" y2="${base}"/>${ticks.map(
    ({ at, label }) => markup`<text x="${at}" y="${base + 18}" text-anchor="middle">${label}</text>`,
  )}<text class="title" x="${middle}" y="${frame.height - 6}" text-anchor="middle">${title}</text></g>`;
}

/** @returns the picture with its description for screen readers */
export function picture(frame: Frame, description: string, content: Markup): Markup {
  return markup`<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${description}">${content}</svg>`;
}

export const pathOf = (points: ReadonlyArray<readonly [number, number]>): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
