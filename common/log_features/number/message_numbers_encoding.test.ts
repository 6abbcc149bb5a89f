import { featureSchema, type FeatureDefinition } from '../../detector';
import type { LogDocument } from '../../log_document';
import { sentenceOf } from '../../explanations';
import { decodeFeatureEncoding, learnFeatures } from '..';

const START = Date.UTC(2026, 10, 1);
const define = (change: Partial<FeatureDefinition> = {}): FeatureDefinition =>
  featureSchema.parse({ type: 'message_numbers', field: 'message', ...change });

const log = (message: unknown, row = 0, service = 'a'): LogDocument => ({
  '@timestamp': new Date(START + row * 60_000).toISOString(),
  service,
  message,
});
/** Numbers from 0 to before `size` in no order. */
const mixed = (row: number, size: number): number => (row * 7_919) % size;

const learn = (messageOf: (row: number) => string, definition = define()) =>
  learnFeatures(
    [definition],
    Array.from({ length: 400 }, (_none, row) => log(messageOf(row), row, row % 2 === 0 ? 'a' : 'b')),
    { timestampField: '@timestamp' },
  ).encoder;
type Encoder = ReturnType<typeof learn>;
const valueOf = (encoder: Encoder, message: unknown, service = 'a'): number =>
  encoder.encode([log(message, 500, service)]).values[0];

const batches = (row: number): string =>
  `processed batch ${row % 90} with ${250 + mixed(row, 50)} records in ${1_000 + mixed(row, 4_001)} ms`;

describe('numbers in messages', () => {
  it('are compared with those at the same place of the same message, on either side', () => {
    const encoder = learn(batches);
    expect(encoder.columnNames).toEqual(['message']);
    expect(valueOf(encoder, 'processed batch 47 with 300 records in 3144 ms')).toBe(0);
    expect(valueOf(encoder, 'processed batch 47 with 300 records in 516144 ms')).toBeGreaterThan(2);
    expect(valueOf(encoder, 'processed batch 47 with 90000 records in 3144 ms')).toBeGreaterThan(2);
    expect(valueOf(encoder, 'processed batch 47 with 10 records in 3144 ms')).toBeLessThan(-1);
    // A shorter time than usual is no trouble.
    expect(valueOf(encoder, 'processed batch 47 with 300 records in 1 ms')).toBe(0);
  });

  it('say nothing where none is at a place that training knows', () => {
    const encoder = learn(batches);
    for (const message of ['started', 'queue depth 90000', 'processed batch with records in ms'])
      expect(valueOf(encoder, message)).toBe(0);
    expect(valueOf(encoder, undefined)).toBeNaN();
  });

  it('say nothing at a place with fewer than twenty in training', () => {
    const encoder = learn((row) => (row < 19 ? `queue depth ${row}` : batches(row)));
    expect(valueOf(encoder, 'queue depth 90000')).toBe(0);
  });

  it.each([
    ['that grow with time', (row: number) => `commit offset ${50_000 + row * 17}`, 'commit offset 900000'],
    [
      'that grow on several hosts',
      (row: number) => `commit offset ${(row % 3) * 9_000 + row * 100}`,
      'commit offset 900000',
    ],
    [
      'that are ids',
      (row: number) => `order ${7_000_000 + mixed(row, 90_001)} placed`,
      'order 99000000 placed',
    ],
    [
      'that are ports',
      (row: number) => `connection from port ${30_000 + mixed(row, 9_000)}`,
      'connection from port 22',
    ],
    [
      'that are codes',
      (row: number) => `answered with status ${row % 50 === 0 ? 404 : 200}`,
      'answered with status 503',
    ],
  ])('leave out those %s', (_what, messageOf, message) => {
    expect(valueOf(learn(messageOf), message)).toBe(0);
  });

  it('tell a number that never differed by how many times it is as large', () => {
    const encoder = learn((row) => `pool ${row % 3}: active=${row % 4}, waiting=0`);
    expect(valueOf(encoder, 'pool 1: active=2, waiting=47')).toBeGreaterThan(2);
    expect(valueOf(encoder, 'pool 1: active=2, waiting=1')).toBe(0);
  });

  it('tell a share that is far from the usual, which no number of times tells', () => {
    const encoder = learn((row) => `disk usage ${55 + mixed(row, 19)}% on node ${row % 3}`);
    expect(valueOf(encoder, 'disk usage 99% on node 1')).toBeGreaterThan(1);
    expect(valueOf(encoder, 'disk usage 72% on node 1')).toBe(0);
  });

  it('tell nothing in place of a count that is hardly ever nothing', () => {
    const encoder = learn((row) => `imported ${row % 3 === 0 ? 1 + mixed(row, 299) : 300} records`);
    expect(valueOf(encoder, 'imported 0 records')).toBeLessThan(-1);
    expect(valueOf(encoder, 'imported 1 records')).toBeGreaterThan(-0.5);
  });

  it('read units: 2 s are as much as 2,000 ms', () => {
    const encoder = learn((row) => `took ${400 + mixed(row, 401)}ms`);
    expect(valueOf(encoder, 'took 0.6s')).toBe(0);
    expect(valueOf(encoder, 'took 20s')).toBeCloseTo(valueOf(encoder, 'took 20000ms'), 5);
    expect(valueOf(encoder, 'took 20s')).toBeGreaterThan(2);
  });

  it('are too small as well where they are rates, which are told as such', () => {
    const encoder = learn((row) => `wrote at ${18 + mixed(row, 5)} MB/s`);
    expect(valueOf(encoder, 'wrote at 0.1 MB/s')).toBeLessThan(-1);
    const [told] = encoder.explain(log('wrote at 900 MB/s'));
    expect(sentenceOf(told)).toMatch(/900 MB, usually .* MB for “wrote at …\/s”/);
  });

  it('are usual within what can be: percentages up to 100, counts that are hardly ever 0 from 1', () => {
    const told = (encoder: Encoder, message: string): string =>
      sentenceOf(encoder.explain(log(message))[0]) ?? '';
    expect(
      told(
        learn((row) => `usage ${mixed(row, 101)}% now`),
        'usage 999% now',
      ),
    ).toMatch(/usually 0 to 100 ?%/);
    expect(
      told(
        learn((row) => `processed ${1 + mixed(row, 20)} records`),
        'processed 0 records',
      ),
    ).toMatch(/^.*0, usually 1 to /);
  });

  it('are of a text, whose field holds no numbers to draw, and are not missing where a message has none', () => {
    const encoder = learn(batches);
    const [{ comparison }] = encoder.explain(log('processed batch 47 with 300 records in 516144 ms'));
    expect(comparison).toMatchObject({ kind: 'number', in_text: true });
    expect(sentenceOf(encoder.explain(log('started'))[0])).toBe('no number to compare');
    expect(sentenceOf(encoder.explain(log(undefined))[0])).toBe('missing');
  });

  it('of a message that training held seldom are compared with those of all that name such a number alike', () => {
    const encoder = learn(
      (row) => `user ${String.fromCharCode(97 + (row % 26))}x charged ${20 + mixed(row, 80)} EUR`,
    );
    expect(valueOf(encoder, 'user nobody charged 60 EUR')).toBe(0);
    expect(valueOf(encoder, 'user nobody charged 549948.00 EUR')).toBeGreaterThan(2);
  });

  it('that no word names are compared with those of the same message alone', () => {
    const encoder = learn((row) =>
      row % 2 === 0
        ? `12${mixed(row, 90)}AF0${mixed(row, 70)}: to=<ann>, status=sent`
        : `[${mixed(row, 90)}] status=sent`,
    );
    // An id without a letter, and a number that is not as those of its message.
    expect(valueOf(encoder, '385011715916: to=<ann>, status=sent')).toBe(0);
    expect(valueOf(encoder, '[900000] status=sent')).toBeGreaterThan(2);
    const lists = learn((row) => `${mixed(row, 90)} / ${mixed(row, 70)}`);
    expect(valueOf(lists, '17 / 33')).toBe(0);
    expect(valueOf(lists, '17 / 900000')).toBeGreaterThan(2);
    expect(valueOf(lists, '900000 of them')).toBe(0);
  });

  it('that no word names are read from models of before as they were', () => {
    const learned = learn((row) => `${mixed(row, 90)} / ${mixed(row, 70)}`);
    const state = JSON.parse(JSON.stringify(learned.toJSON())) as {
      features: { encoding: { places: { name: string }[] } }[];
    };
    for (const place of state.features[0].encoding.places) place.name = place.name.split('\n')[0];
    const before = decodeFeatureEncoding(state);
    expect(valueOf(before, '900000; all')).toBeGreaterThan(2);
    expect(valueOf(learned, '900000; all')).toBe(0);
  });

  it('are compared within groups', () => {
    const messageOf = (row: number): string =>
      `took ${row % 2 === 0 ? 10 + (row % 5) : 9_000 + mixed(row, 999)} ms`;
    const encoder = learn(messageOf, define({ by: ['service'] }));
    expect(valueOf(encoder, 'took 9500 ms', 'b')).toBe(0);
    expect(valueOf(encoder, 'took 9500 ms', 'a')).toBeGreaterThan(2);
    expect(encoder.fields).toEqual(['message', 'service', '@timestamp']);
  });

  it('are told with the words around them and what is usual', () => {
    const [explanation] = learn(batches).explain(log('processed batch 47 with 300 records in 516144 ms'));
    expect(explanation.comparison).toMatchObject({
      kind: 'number',
      value: 516_144,
      unit: 'ms',
      group: '“… with … records in …”',
      group_logs: 400,
    });
    expect(sentenceOf(explanation)).toMatch(
      /^8\.6 min, usually [\d.]+ to [\d.]+ s for “… with … records in …”$/,
    );
    const [none] = learn(batches).explain(log('started'));
    expect(sentenceOf(none)).not.toContain('undefined');
  });

  it('do not depend on the order of the logs, and read the same from what is stored', () => {
    const documents = Array.from({ length: 200 }, (_none, row) => log(batches(row), row));
    const [one, other] = [documents, [...documents].reverse()].map(
      (logs) => learnFeatures([define()], logs, { timestampField: '@timestamp' }).encoder,
    );
    expect(JSON.stringify(one.toJSON())).toBe(JSON.stringify(other.toJSON()));
    const read = decodeFeatureEncoding(JSON.parse(JSON.stringify(one.toJSON())));
    const looked = [log('processed batch 1 with 9 records in 99999 ms')];
    expect(read.encode(looked).values).toEqual(one.encode(looked).values);
  });

  it('keep what is stored small, whatever the messages say', () => {
    const documents = Array.from({ length: 30_000 }, (_none, row) =>
      log(
        `word${'abcdefghij'[row % 10]}${String.fromCharCode(97 + (Math.floor(row / 10) % 26)).repeat(3)} ${'xyz'.repeat(60)} ${row % 7} of ${row % 9} in ${row % 100} ms ${String.fromCharCode(97 + (row % 23))}`,
        row,
      ),
    );
    const { encoder } = learnFeatures([define()], documents, { timestampField: '@timestamp' });
    expect(JSON.stringify(encoder.toJSON()).length).toBeLessThan(1_000_000);
  });
});
