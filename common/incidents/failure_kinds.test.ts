import type { Attribution } from '../anomaly';
import type { Comparison } from '../anomaly/comparison';
import { failuresOf } from './failure_kinds';

const part = (field: string, share: number, comparison?: Comparison): Attribution => ({
  ...{ feature: field, field, share, actual: '', typical: '' },
  ...(comparison && { comparison }),
});
const status = (value: string, share: number, field = 'http.response.status_code'): Attribution =>
  part(field, share, { kind: 'status', value, usual: '200', usual_share: 0.99 });
const duration = (value: number, share: number, more: Partial<Comparison> = {}): Attribution =>
  part('event.duration', share, { kind: 'number', value, unit: 's', low: 0.1, high: 0.3, ...more });

describe('how the service of a log fails', () => {
  it('is told by the leading reason, and by others beside it', () => {
    expect(failuresOf([status('503', 0.7)])).toEqual(['server_error']);
    expect(failuresOf([part('status', 1, { kind: 'number', value: 500 })])).toEqual(['server_error']);
    expect(failuresOf([duration(30, 0.7)])).toEqual(['slow']);
    expect(failuresOf([status('504', 0.3), duration(30, 0.5)])).toEqual(['server_error', 'slow']);
  });

  it('is nothing where another reason leads', () => {
    const path = part('url.path', 0.5, { kind: 'value', value: '/wp-admin', count: 0, logs: 900 });
    expect(failuresOf([path, status('500', 0.4)])).toEqual([]);
    expect(failuresOf([])).toEqual([]);
    expect(failuresOf([part('http.response.status_code', 1)])).toEqual([]);
  });

  it('is nothing for what clients do wrong, early answers, sizes and levels', () => {
    expect(failuresOf([status('404', 1)])).toEqual([]);
    expect(failuresOf([status('600', 1)])).toEqual([]);
    expect(failuresOf([status('500', 1, 'log.level')])).toEqual([]);
    expect(failuresOf([duration(0.01, 1)])).toEqual([]);
    expect(failuresOf([duration(900, 1, { unit: 'kb' })])).toEqual([]);
    expect(failuresOf([{ ...duration(900, 1), field: 'uptime' }])).toEqual([]);
  });

  it('is nothing for an attack that the service answers with an error', () => {
    const signs = part('url.query', 0.1, {
      kind: 'signs',
      value: "id=1' or 1=1",
      signs: [{ category: 'sql_injection', name: 'or 1=1' }],
    });
    expect(failuresOf([status('500', 0.9), signs])).toEqual([]);
  });
});
