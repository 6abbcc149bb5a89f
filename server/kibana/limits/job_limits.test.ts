import { backfillPage, jobLimitsSchema, longestRun, runGivenUpAfter } from './job_limits';

describe('the limits of a run', () => {
  it('let another Kibana take up a run that died within 30 seconds', () => {
    const limits = jobLimitsSchema.parse({});
    const pollMilliseconds = 3_000;
    const givenUp = Number(runGivenUpAfter(limits).replace(/s$/, '')) * 1_000;
    expect(givenUp + pollMilliseconds).toBeLessThanOrEqual(30_000);
    // A run has stopped itself by then, so that two do not overlap.
    expect(longestRun(limits)).toBeLessThan(givenUp - pollMilliseconds);
  });

  it('accept what kibana.yml of 0.1.0 may hold, and wait longer then', () => {
    expect(runGivenUpAfter(jobLimitsSchema.parse({ max_run_time: '90s' }))).toBe('103s');
    expect(jobLimitsSchema.safeParse({ max_run_time: '91s' }).error?.message).toMatch(/must be at most 90s/);
  });

  it('read the past in larger pages, as large as Elasticsearch gives them at most', () => {
    expect(backfillPage(jobLimitsSchema.parse({ page_size: 100 }))).toBe(400);
    expect(backfillPage(jobLimitsSchema.parse({}))).toBe(8_000);
    expect(backfillPage(jobLimitsSchema.parse({ page_size: 10_000 }))).toBe(10_000);
  });
});
