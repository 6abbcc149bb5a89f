import { detectorPath, placeOf, readLocation, writeLocation } from './location';

describe('placeOf', () => {
  it.each([
    ['/', { page: 'overview' }],
    ['/detectors/new', { page: 'create' }],
    ['/scan', { page: 'scan' }],
    ['/scan/more', { page: 'unknown' }],
    ['/detectors/a-1', { page: 'detector', id: 'a-1', tab: 'anomalies' }],
    [detectorPath('a-1', 'models'), { page: 'detector', id: 'a-1', tab: 'models' }],
    [detectorPath('a-1', 'edit'), { page: 'edit', id: 'a-1' }],
    ['/results/x%3D%3D', { page: 'result', id: 'x==' }],
    ['/detectors/a-1/other', { page: 'unknown' }],
    ['/detectors/a-1/models/more', { page: 'unknown' }],
    ['/detectors/a-1/feedback', { page: 'detector', id: 'a-1', tab: 'feedback' }],
    ['/detectors', { page: 'unknown' }],
    ['/results/%E0%A4%A', { page: 'result', id: '%E0%A4%A' }],
  ])('%s', (path, place) => {
    expect(placeOf(path)).toEqual(place);
  });
});

describe('the query of the address', () => {
  it('comes back as it was written, without what is empty', () => {
    const written = writeLocation('/detectors/1', {
      from: 'now-1d',
      entity: 'a b&c=d',
      page: undefined,
      text: '',
    });
    const [path, search] = written.split('?');
    expect(readLocation(path, `?${search}`)).toEqual({
      path: '/detectors/1',
      query: { from: 'now-1d', entity: 'a b&c=d' },
    });
  });

  it('leaves no question mark behind', () => {
    expect(writeLocation('/', { from: undefined })).toBe('/');
  });
});
