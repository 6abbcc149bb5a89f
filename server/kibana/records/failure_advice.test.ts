import { DETECTION_ERROR_CODES, DetectionError } from '../../../common/detection_error';
import { backoffMilliseconds, failureOf, nextStepFor, pauseAfter } from './failure_advice';

const MINUTE = 60_000;

describe('advice on failures', () => {
  it('tells a next step for every code', () => {
    for (const code of DETECTION_ERROR_CODES) expect(nextStepFor(code)).toMatch(/^[A-Z].*[.]$/);
  });

  it('says whether the run is repeated', () => {
    expect(failureOf(new DetectionError('not_found', 'gone'), 0)).toMatchObject({
      retried: true,
      code: 'not_found',
    });
    expect(failureOf(new DetectionError('invalid_input', 'wrong'), 0).retried).toBe(false);
    const details = { left_out_by: 'calendar' };
    expect(failureOf(new DetectionError('too_few_logs', 'few', { details }), 0)).toMatchObject({
      left_out_by: 'calendar',
      next_step: expect.stringContaining('from the calendar'),
    });
    expect(failureOf('odd', 0)).toMatchObject({
      code: 'internal',
      message: 'odd',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('waits twice as long each time, up to a quarter of an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((failures) => backoffMilliseconds(failures, MINUTE) / MINUTE)).toEqual([
      1, 2, 4, 8, 15, 15, 15,
    ]);
    expect(backoffMilliseconds(3, 60 * MINUTE)).toBe(60 * MINUTE);
  });

  it('repeats within seconds what mostly passes, and within the interval what does not', () => {
    const pauses = (code: 'unavailable' | 'forbidden', interval: number) =>
      [1, 2, 3, 4, 60].map((failures) => pauseAfter(code, failures, interval) / 1_000);
    expect(pauses('unavailable', MINUTE)).toEqual([5, 10, 20, 30, 30]);
    expect(pauses('unavailable', 2_000)).toEqual([2, 4, 8, 16, 30]);
    expect(pauses('unavailable', 60 * MINUTE)).toEqual([5, 10, 20, 30, 30]);
    expect(pauses('forbidden', MINUTE)).toEqual([60, 120, 240, 480, 900]);
  });
});
