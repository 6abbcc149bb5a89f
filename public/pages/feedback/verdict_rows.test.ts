import { hiddenByVerdict, withoutVerdicts } from './verdict_rows';

/** A single log is hidden without a suppression. */
const one = { scope: 'one' } as const;
const wide = { scope: 'pattern', suppression_id: 'b-wide' } as const;
const real = {};

const hidesMany = { id: 'b-wide', hidden: 9 };
const mute = { id: 'm', hidden: 2 };
/** Its verdict is gone: nothing else lets it be taken back. */
const left = { id: 'z', hidden: 3 };
const all = [hidesMany, mute, left];

it('lists a verdict once, with what it hides', () => {
  expect(withoutVerdicts(all, [one, wide, real])).toEqual([mute, left]);
  expect([one, wide, real].map((verdict) => hiddenByVerdict(verdict, all))).toEqual([1, 9, undefined]);
});
