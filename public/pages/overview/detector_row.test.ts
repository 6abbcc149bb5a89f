import type { Answer } from '../../shared/app/api_client';
import { MOST_COUNTED, rowsOf } from './detector_row';

const detectors = Array.from({ length: MOST_COUNTED + 1 }, (_, i) => ({
  id: `d${i}`,
  detector: { name: `Detector ${i}` },
}));
const countedOf = (counted: number): (number | undefined)[] => {
  const groups = detectors.slice(0, counted).map(({ id }) => ({ key: id, anomalies: 7, buckets: [] }));
  const rows = rowsOf(
    { detectors } as unknown as Answer<'listDetectors'>,
    [],
    { groups } as unknown as Answer<'summarizeResults'>,
    { from: 0, to: 1 },
  );
  return [rows[0], rows[MOST_COUNTED]].map(({ anomaliesToday }) => anomaliesToday);
};

it('counts none for a detector without results', () => {
  expect(countedOf(3)).toEqual([7, 0]);
});

it('has no number for a detector behind those that the server counts', () => {
  expect(countedOf(MOST_COUNTED)).toEqual([7, undefined]);
});
