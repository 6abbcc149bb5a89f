import { finishSteps } from '../../finish_steps';
import type { LogDocument } from '../../log_document';
import { suggestFeatures } from '..';
import { partnersOf } from './pairs';

const LOGS = 500;
/** Draws from a sequence that is the same each time. */
const drawing = (): ((n: number) => number) => {
  let state = 7;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
};

const pairsOf = (logs: readonly LogDocument[]): unknown[] =>
  suggestFeatures(logs, { timestampField: '@timestamp' }).flatMap(({ definition: { type, fields } }) =>
    type === 'combination' ? [fields] : [],
  );

const fieldOf = (field: string, values: readonly (string | undefined)[]) => ({
  field,
  values,
  distinct: new Set(values).size,
});

it('pairs a field with what its values depend on, rather than with what writes it', () => {
  const draw = drawing();
  const countries = ['DE', 'FR', 'AT', 'GB', 'SE', 'PL', 'CH', 'NO'];
  const currencies = ['EUR', 'EUR', 'EUR', 'GBP', 'SEK', 'PLN', 'CHF', 'NOK'];
  const logs = Array.from({ length: LOGS }, (_none, row) => {
    const [logger, place] = [draw(10), draw(8)];
    return {
      '@timestamp': new Date(Date.UTC(2026, 2, 2) + row * 1_000).toISOString(),
      logger: `handler-${'abcdefghij'[logger]}`,
      message: `step ${'abcdefghij'[logger]} of an order is done`,
      // Only some of the loggers write of money.
      ...(logger < 6 && { currency: currencies[place], country: countries[place] }),
    };
  });
  expect(pairsOf(logs)).toContainEqual(['country', 'currency']);
  expect(pairsOf(logs)).not.toContainEqual(['country', 'logger']);
  expect(pairsOf(logs)).not.toContainEqual(['currency', 'logger']);
});

it('pairs who acts with what is done, whatever the fields are called', () => {
  const draw = drawing();
  const logs = Array.from({ length: LOGS }, (_none, row) => {
    const role = draw(6);
    return {
      '@timestamp': new Date(Date.UTC(2026, 2, 2) + row * 1_000).toISOString(),
      session: { userName: `role-${'abcdef'[role]}` },
      eventName: `Act${'ABCDEFGHIJKLMNOPQRSTUVWX'[role * 4 + draw(4)]}`,
      readOnly: draw(2) === 0,
    };
  });
  expect(pairsOf(logs)).toContainEqual(['session.userName', 'eventName']);
});

it('makes no pair of fields that few logs have both', () => {
  const draw = drawing();
  const pairsWhere = (share: number): unknown[] =>
    pairsOf(
      Array.from({ length: LOGS }, (_none, row) => {
        const place = draw(6);
        const isThere = row % 100 < share;
        return {
          '@timestamp': new Date(Date.UTC(2026, 2, 2) + row * 1_000).toISOString(),
          ...(isThere && { currency: `cur${'abcdef'[place]}`, country: `land${'abcdef'[place % 5]}` }),
        };
      }),
    );
  expect(pairsWhere(60)).toContainEqual(expect.arrayContaining(['currency', 'country']));
  expect(pairsWhere(13)).toEqual([]);
});

it('makes no pair of what knows little of each other, what says the same, and what is new all the time', () => {
  const draw = drawing();
  const rows = Array.from({ length: LOGS }, () => [draw(6), draw(4), draw(60), draw(60)]);
  const own = fieldOf(
    'own',
    rows.map(([value]) => `o${value}`),
  );
  const partnerFor = (other: ReturnType<typeof fieldOf>, preferred?: typeof other) =>
    finishSteps(partnersOf([{ own, candidates: [other], preferred, isActor: false }], [])).get('own');
  const following = fieldOf(
    'following',
    rows.map(([value]) => `f${value >> 1}`),
  );
  expect(partnerFor(following)).toBe('following');
  expect(
    partnerFor(
      fieldOf(
        'idle',
        rows.map(([, value]) => `i${value}`),
      ),
    ),
  ).toBeUndefined();
  const twin = fieldOf(
    'twin',
    rows.map(([value]) => `t${value}`),
  );
  expect(partnerFor(twin)).toBeUndefined();
  expect(partnerFor(twin, twin)).toBe('twin');
  expect(
    partnerFor(
      fieldOf(
        'part',
        rows.map(() => 'o'),
      ),
    ),
  ).toBeUndefined();
  const fresh = fieldOf(
    'fresh',
    rows.map(([value, , one, other]) => `${value} ${one} ${other}`),
  );
  expect(partnerFor({ ...fresh, distinct: 100 })).toBeUndefined();
  // One that few of the logs with the field have.
  const seldom = fieldOf(
    'seldom',
    rows.map(([value], row) => (row % 3 === 0 ? `f${value >> 1}` : undefined)),
  );
  expect(partnerFor(seldom)).toBeUndefined();
});

it('makes one pair of two fields, with the partner that tells the most', () => {
  const draw = drawing();
  const rows = Array.from({ length: LOGS }, () => draw(12));
  const [fine, middle, coarse] = [1, 2, 6].map((part) =>
    fieldOf(
      `by ${part}`,
      rows.map((value) => `v${Math.floor(value / part)}`),
    ),
  );
  const fields = [fine, middle, coarse];
  const partners = finishSteps(
    partnersOf(
      fields.map((own) => ({ own, candidates: fields, preferred: undefined, isActor: false })),
      [],
    ),
  );
  expect([...partners]).toEqual([
    ['by 1', 'by 2'],
    ['by 2', 'by 6'],
    ['by 6', 'by 1'],
  ]);
});
