import type { Attribution } from '../../../common/anomaly';
import { ApiFailure } from '../app/api_client';
import { firstNumberOf, firstWithValues, numericFeatureOf } from './numeric_results';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const part = (feature: string, share: number, kind: string) =>
  ({ feature, field: feature, share, comparison: { kind } }) as Attribution;
const TOOK = [part('route', 0.5, 'value'), part('bytes', 0.1, 'number'), part('took', 0.4, 'number')];
const found = (id: string, detector: string, attribution: readonly Attribution[] = TOOK) => ({
  id,
  result: { detector: { id: detector }, anomaly: { attribution } },
});
const failure = (code: string | undefined, status: number) => new ApiFailure(status, code, `${code}`);

/** Reads values of all detectors but those that fail; remembers which results were tried. */
function reader(failures: Record<string, Error>) {
  const tried: string[] = [];
  const read = async ({ id, result }: ReturnType<typeof found>, feature: string): Promise<string> => {
    tried.push(id);
    const error = failures[result.detector.id];
    if (error !== undefined) throw error;
    return `${feature} of ${id}`;
  };
  return { tried, read };
}

it('names the number with the largest share, or the wanted one', () => {
  expect(numericFeatureOf(TOOK)).toBe('took');
  expect(numericFeatureOf(TOOK, '')).toBe('took');
  expect(numericFeatureOf(TOOK, 'bytes')).toBe('bytes');
  expect(numericFeatureOf(TOOK, 'route')).toBeUndefined();
});

it('shows of an incident the first number that a reason names, the most severe result first', () => {
  const worst = { id: 'worst', attribution: [part('bytes', 0.1, 'number'), part('url', 0.9, 'signs')] };
  const next = {
    id: 'next',
    attribution: [part('bytes', 0.05, 'number'), part('url', 0.45, 'signs'), part('took', 0.5, 'number')],
  };
  expect(firstNumberOf([worst, next])).toEqual({ reason: next, feature: 'took' });
  expect(firstNumberOf([worst])).toBeUndefined();
});

it('leaves out numbers within a text, which no field holds', () => {
  const inText = {
    ...part('message', 0.9, 'number'),
    comparison: { kind: 'number', in_text: true },
  } as Attribution;
  expect(numericFeatureOf([inText, ...TOOK])).toBe('took');
  expect(numericFeatureOf([inText])).toBeUndefined();
  expect(firstNumberOf([{ attribution: [inText, part('took', 0.1, 'number')] }])?.feature).not.toBe(
    'message',
  );
});

describe('firstWithValues', () => {
  const failures = {
    gone: failure('not_found', 404),
    unmapped: failure('refused', 422),
    closed: failure('forbidden', 403),
  };
  const results = [
    found('words', 'shop', [part('route', 1, 'value')]),
    found('1', 'gone'),
    found('2', 'gone'),
    found('3', 'unmapped'),
    found('4', 'closed'),
    found('5', 'shop'),
    found('6', 'shop'),
  ];

  it('goes on to the next detector where the values of one cannot be read', async () => {
    const { tried, read } = reader(failures);
    const later = jest.fn();
    const shown = await firstWithValues([async () => results, later], { wanted: '', read });
    expect(shown).toEqual({ found: results[5], values: 'took of 5' });
    expect(tried).toEqual(['1', '3', '4', '5']);
    expect(later).not.toHaveBeenCalled();
  });

  it('asks the next search where the first leads to nothing, but no detector twice', async () => {
    const { tried, read } = reader(failures);
    const searches = [async () => results.slice(0, 3), async () => [results[2], results[6]]];
    expect((await firstWithValues(searches, { wanted: 'bytes', read }))?.values).toBe('bytes of 6');
    expect(tried).toEqual(['1', '6']);
  });

  it('fails as the first one did where none is left', async () => {
    const { read } = reader(failures);
    const searches = [async () => results.slice(0, 5), async () => []];
    await expect(firstWithValues(searches, { wanted: '', read })).rejects.toBe(failures.gone);
  });

  it('fails at once where the others would as well', async () => {
    const busy = failure('busy', 429);
    const { tried, read } = reader({ gone: busy });
    await expect(firstWithValues([async () => results], { wanted: '', read })).rejects.toBe(busy);
    expect(tried).toEqual(['1']);
  });

  it('takes a number that a reason names, unless a feature is chosen', async () => {
    const { read } = reader({});
    const long = [part('bytes', 0.1, 'number'), part('url', 0.9, 'text')];
    const searches = [async () => [found('long', 'web', long), found('slow', 'web')]];
    expect((await firstWithValues(searches, { wanted: '', read }))?.values).toBe('took of slow');
    expect((await firstWithValues(searches, { wanted: 'bytes', read }))?.values).toBe('bytes of long');
    expect(
      await firstWithValues([async () => [found('long', 'web', long)]], { wanted: '', read }),
    ).toBeNull();
  });

  it('is null where no result has the number', async () => {
    const { tried, read } = reader({});
    expect(await firstWithValues([async () => results], { wanted: 'route', read })).toBeNull();
    expect(tried).toEqual([]);
  });
});
