import { detectorOptions, laneNames } from './lane_names';

it('tells detectors of one name apart by their ids', () => {
  const detectors = ['a', 'b', 'c'].map((id) => ({ id, detector: { name: id === 'c' ? 'Web' : 'Shop' } }));
  expect([...laneNames(detectors).values()]).toEqual(['Shop (a)', 'Shop (b)', 'Web']);
});

it('offers detectors of one name as two, each by its id', () => {
  const detectors = ['a', 'b'].map((id) => ({ id, detector: { name: 'Shop' } }));
  expect(detectorOptions(detectors)).toEqual([
    { key: 'a', value: 'a', label: 'Shop (a)' },
    { key: 'b', value: 'b', label: 'Shop (b)' },
  ]);
});
