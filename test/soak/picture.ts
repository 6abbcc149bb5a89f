import type { Figure, Sample } from './samples';

const WIDTH = 460;
const HEIGHT = 150;
const MARGIN = { left: 62, right: 14, top: 30, bottom: 26 };
const COLUMNS = 2;

/** Figures that are drawn, with their titles. */
const CHARTS: readonly { readonly figure: Figure; readonly title: string }[] = [
  { figure: 'rss_mb', title: 'Memory of Kibana, MB resident' },
  { figure: 'heap_mb', title: 'Heap of Kibana, MB used' },
  { figure: 'live_heap_mb', title: 'Heap of Kibana once garbage was collected, MB' },
  { figure: 'live_external_mb', title: 'Outside of the heap, garbage collected, MB' },
  { figure: 'handles', title: 'Open handles of Kibana' },
  { figure: 'event_loop_ms', title: 'Delay of the event loop, ms' },
  { figure: 'lag_s', title: 'Lag of the middle detector, s' },
  { figure: 'lag_most_s', title: 'Lag of the last detector, s' },
  { figure: 'tasks', title: 'Tasks of the plugin' },
  { figure: 'tasks_late', title: 'Tasks more than a minute late' },
  { figure: 'index_mb', title: 'Indices of the plugin, MB' },
  { figure: 'logs', title: 'Logs written' },
];

/** @returns an SVG with one chart for each figure, all from 0 on and over the same time */
export function pictureOf(samples: readonly Sample[], title: string): string {
  const rows = Math.ceil(CHARTS.length / COLUMNS);
  const last = Math.max(1, ...samples.map(({ minutes }) => minutes));
  const charts = CHARTS.map(({ figure, title: name }, place) => {
    const x = (place % COLUMNS) * WIDTH;
    const y = 40 + Math.floor(place / COLUMNS) * HEIGHT;
    return `<g transform="translate(${x} ${y})">${chart(samples, figure, name, last)}</g>`;
  });
  const [width, height] = [COLUMNS * WIDTH, 40 + rows * HEIGHT];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#343741">
<rect width="100%" height="100%" fill="#fff"/>
<text x="14" y="26" font-size="15">${title}</text>
${charts.join('\n')}
</svg>
`;
}

function chart(samples: readonly Sample[], figure: Figure, title: string, last: number): string {
  const points = samples.flatMap((sample) => {
    const value = sample[figure];
    return value === undefined ? [] : [[sample.minutes, value] as const];
  });
  const most = Math.max(1, ...points.map(([, value]) => value));
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const across = (minutes: number): number => MARGIN.left + ((right - MARGIN.left) * minutes) / last;
  const up = (value: number): number => bottom - ((bottom - MARGIN.top) * value) / most;
  const line = points.map(([at, value]) => `${across(at).toFixed(1)},${up(value).toFixed(1)}`).join(' ');
  return [
    `<text x="${MARGIN.left}" y="20">${title}</text>`,
    `<path d="M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}" fill="none" stroke="#98a2b3"/>`,
    `<polyline points="${line}" fill="none" stroke="#006bb4" stroke-width="1.5"/>`,
    `<text x="${MARGIN.left - 6}" y="${MARGIN.top + 4}" text-anchor="end">${rounded(most)}</text>`,
    `<text x="${MARGIN.left - 6}" y="${bottom + 4}" text-anchor="end">0</text>`,
    `<text x="${right}" y="${bottom + 16}" text-anchor="end">${Math.round(last)} min</text>`,
  ].join('');
}

const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
