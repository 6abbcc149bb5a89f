jest.mock('@elastic/eui', () => ({ useEuiTheme: () => ({ euiTheme: { colors: {} } }) }));
jest.mock('@kbn/i18n', () => ({ i18n: { translate: (id: string) => id } }), { virtual: true });

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { DAY, MINUTE } from '../../../common/duration';
import { Sparkline } from './sparkline';

const TO = Date.parse('2026-01-06T19:30:00Z');
const RANGE = { from: TO - DAY, to: TO };

/** Left edges of the bars, in pixels. */
function barsAt(...times: number[]): number[] {
  const buckets = times.map((time) => ({ time: new Date(time).toISOString(), anomalies: 3 }));
  const drawn = renderToStaticMarkup(<Sparkline buckets={buckets} range={RANGE} name="Shop" />);
  return [...drawn.matchAll(/<rect x="([\d.]+)"/g)].map(([, x]) => Number(x));
}

it('reaches from a day ago to now: its first and its last half hour stand at the edges', () => {
  const [width] = /width="(\d+)"/
    .exec(renderToStaticMarkup(<Sparkline buckets={[]} range={RANGE} name="Shop" />))!
    .slice(1)
    .map(Number);
  const [first, noon, last] = barsAt(RANGE.from, RANGE.from + DAY / 2, TO - 30 * MINUTE);
  expect(first).toBe(0);
  expect(noon).toBeCloseTo(width / 2, 6);
  expect(last).toBeGreaterThan(0.97 * width);
  expect(last).toBeLessThan(width);
});

it('keeps a bar inside that begins before the day, or just now', () => {
  const [early, now] = barsAt(RANGE.from - 10 * MINUTE, TO);
  expect(early).toBe(0);
  expect(now).toBeLessThanOrEqual(108);
});
