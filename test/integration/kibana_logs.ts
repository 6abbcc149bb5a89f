import type { DetectorInput } from '../../common/detector';

/** Also read where there is no Jest: in the end-to-end tests. */
const MINUTE = 60_000;

/** In [0, 1), the same for the same number. */
const noise = (i: number): number => ((Math.imul(i + 1, 2_654_435_761) >>> 8) % 100_000) / 100_000;

/** Four sums of noise are about normally distributed. */
const usualTime = (i: number): number =>
  Math.round(60 + 40 * (noise(i) + noise(i + 7_919) + noise(i + 104_729) + noise(i + 1_299_709)));

/** Whether a request is one of the half per cent that fail slowly. */
export const isOddRequest = (i: number): boolean => i % 200 === 100;

/** One request a second, dull but for the odd ones. */
export function webLogs(
  range: { from: number; to: number },
  isOddOne: (i: number) => boolean = isOddRequest,
  prefix = 'log',
): { id: string; document: object }[] {
  const logs: { id: string; document: object }[] = [];
  for (let time = range.from, i = 0; time < range.to; time += 1_000, i++) {
    const isOdd = isOddOne(i);
    logs.push({
      id: `${prefix}-${i}`,
      document: {
        '@timestamp': new Date(time).toISOString(),
        event: { ingested: new Date(time + 500).toISOString() },
        message: `GET /page/${i % 7} ${isOdd ? 500 : 200}`,
        service: { name: i % 2 === 0 ? 'shop' : 'blog' },
        client: { ip: `10.0.0.${i % 200}` },
        http: { response: { status_code: isOdd ? 500 : i % 3 === 0 ? 304 : 200 } },
        response_time: isOdd ? 30_000 + 7 * (i % 1_000) : usualTime(i),
      },
    });
  }
  return logs;
}

export const TIME_MAPPINGS = {
  properties: {
    '@timestamp': { type: 'date' },
    event: { properties: { ingested: { type: 'date' } } },
  },
} as const;

export const webDetector = (index: string, change: Partial<DetectorInput> = {}): DetectorInput => ({
  name: 'Web requests',
  source: { index },
  features: [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'http.response.status_code' },
  ],
  training: { window: '2h', max_rows: 3_000, min_rows: 256 },
  threshold: { method: 'contamination', contamination: 0.01 },
  schedule: { interval: '1m', query_delay: '30s' },
  entity_field: 'service.name',
  ...change,
});

/** A whole minute, so that bucket borders do not depend on when a test runs. */
export const thisMinute = (): number => Math.floor(Date.now() / MINUTE) * MINUTE;
