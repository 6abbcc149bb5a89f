import { tellNowAndThen, type Told } from './training_record';

it('writes the first word at once, then only the latest after each pause', async () => {
  const written: Told[] = [];
  let third: () => void = () => {};
  const isThere = new Promise<void>((resolve) => (third = resolve));
  const record = tellNowAndThen(async (told) => {
    written.push(told);
    if (written.length === 2) {
      record.tell('evaluating', 0.123);
      record.tell('storing');
    }
    if (written.length === 3) third();
  }, 5);
  record.tell('sampling');
  for (let tree = 1; tree <= 100; tree++) record.tell('learning', tree / 100);
  await isThere;
  await record.stop();
  expect(written).toEqual([{ step: 'sampling' }, { step: 'learning', step_done: 1 }, { step: 'storing' }]);
});

it('writes nothing once it was stopped, and does not mind what cannot be written', async () => {
  const written: Told[] = [];
  const record = tellNowAndThen(async (told) => {
    written.push(told);
    throw new Error('read-only');
  }, 3_600_000);
  record.tell('sampling', 0.5);
  record.tell('learning');
  await record.stop();
  record.tell('storing');
  expect(written).toEqual([{ step: 'sampling', step_done: 0.5 }]);
});
