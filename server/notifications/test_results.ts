import type { AnomalyResult } from '../../common/anomaly';
import { severityOf } from '../../common/anomaly';
import type { Clock } from '../detection/ports';

/** A result for the tests of this folder. */
export function resultOf(
  id: string,
  more: Partial<AnomalyResult['anomaly']> & { message?: string } = {},
): AnomalyResult {
  const { message = `GET /orders/${id} 500`, ...anomaly } = more;
  const confidence = anomaly.confidence ?? 0.95;
  return {
    '@timestamp': '2026-01-05T10:00:00.000Z',
    event: { ingested: '2026-01-05T10:00:01.000Z', kind: 'alert' },
    detector: { id: 'd1', name: 'Web shop' },
    model: { version: 'm1' },
    anomaly: {
      score: 0.7,
      confidence,
      severity: severityOf(confidence),
      threshold: 0.6,
      attribution: [],
      reason: 'http.response.status_code is 500; usual is 200',
      entity: 'checkout-api',
      ...anomaly,
    },
    source: { index: 'logs', id },
    run: { id: 'r1' },
    result: { type: 'log' },
    message,
  };
}

/** A clock that stands still but for sleeping, which takes no time and is recorded. */
export function createTestClock(start = Date.UTC(2026, 0, 5, 12)): Clock & { time: number; slept: number[] } {
  const clock = {
    time: start,
    slept: [] as number[],
    now: () => clock.time,
    sleep: async (milliseconds: number) => {
      clock.slept.push(milliseconds);
      clock.time += milliseconds;
    },
  };
  return clock;
}
