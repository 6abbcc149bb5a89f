import { detectionTaskId, digest, namespaceOf, taskInterval, trainingTaskId } from './identifiers';

describe('identifiers', () => {
  it('names tasks by space and detector', () => {
    const target = { space: 'ops', detectorId: 'd1' };
    expect(detectionTaskId(target)).toBe('log-anomalies:ops:d1');
    expect(trainingTaskId(target)).toBe('log-anomalies:ops:d1:train');
  });

  it('writes durations as Task Manager reads them', () => {
    expect(['30s', '5m', '12h', '7d', '2w'].map(taskInterval)).toEqual(['30s', '5m', '12h', '7d', '14d']);
  });

  it('keeps parts apart in a digest', () => {
    expect(digest('a', 'bc')).not.toBe(digest('ab', 'c'));
    expect(namespaceOf('default')).toBeUndefined();
    expect(namespaceOf('ops')).toBe('ops');
  });
});
