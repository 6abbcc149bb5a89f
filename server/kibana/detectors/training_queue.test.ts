import { trainingTaskId } from '../contracts/identifiers';
import { withPlace } from './training_queue';

const target = (detectorId: string) => ({ space: 'default', detectorId });
const queued = { state: 'queued' as const, requested_at: '2026-01-05T00:00:00.000Z' };
const waiting = ['a', 'b', 'c'].map((id) => trainingTaskId(target(id)));

describe('the place of a training that waits', () => {
  it('counts those that were asked for before it', () => {
    expect(withPlace(queued, target('a'), waiting)).toEqual({ ...queued, place: 1, waiting: 3 });
    expect(withPlace(queued, target('c'), waiting)).toEqual({ ...queued, place: 3, waiting: 3 });
  });

  it('is told of none that has begun, ended or was never asked for', () => {
    expect(withPlace(queued, target('d'), waiting)).toEqual(queued);
    const running = { ...queued, state: 'running' as const };
    expect(withPlace(running, target('a'), waiting)).toEqual(running);
    expect(withPlace(undefined, target('a'), waiting)).toBeUndefined();
  });
});
