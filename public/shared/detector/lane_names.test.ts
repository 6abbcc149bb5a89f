import { laneNames } from './lane_names';

it('tells detectors of one name apart by their ids', () => {
  const detectors = ['a', 'b', 'c'].map((id) => ({ id, detector: { name: id === 'c' ? 'Web' : 'Shop' } }));
  expect([...laneNames(detectors).values()]).toEqual(['Shop (a)', 'Shop (b)', 'Web']);
});
