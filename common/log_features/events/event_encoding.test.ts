import { sentenceOf } from '../../explanations';
import { featureSchema, type FeatureDefinition } from '../../detector';
import { learnFeatures } from '../encoding/learn_features';
import { decodeFeatureEncoding } from '../encoding/feature_encoder';
import { EventCounter, eventReader, MOST_TEXTS, readTally, SharedTexts, TEXT_LIMITS } from './event_tally';
import type { FeatureEncoder } from '../columns/types';

const read = eventReader(() => []);
function documentOf(messages: readonly string[], { ordered = true, service = 'a' } = {}) {
  const counter = new EventCounter(ordered);
  for (const message of messages) {
    const text = read(message);
    if (text !== undefined) counter.add(text);
  }
  return {
    '@timestamp': '2026-11-01T00:00:00Z',
    'service.name': service,
    bucket: { events: counter.toTally() },
  };
}
const definitionOf = (change: Partial<FeatureDefinition> = {}): FeatureDefinition =>
  featureSchema.parse({ type: 'event_counts', field: 'bucket.events', name: 'steps', ...change });
const learn = (
  documents: readonly ReturnType<typeof documentOf>[],
  change: Partial<FeatureDefinition> = {},
) => learnFeatures([definitionOf(change)], documents, { timestampField: '@timestamp' }).encoder;
const columnOf = (encoder: FeatureEncoder, document: object, name: string): number => {
  const column = encoder.columnNames.indexOf(`steps${name}`);
  expect(column).toBeGreaterThanOrEqual(0);
  return encoder.encode([document as never]).values[column];
};
const told = (encoder: FeatureEncoder, document: object): string => {
  const [explanation] = encoder.explain(document as never);
  return sentenceOf(explanation);
};

/** Orders of one to three items, each taken and packed; a call of the cache now and then, anywhere. */
const session = (items: number, cacheAt?: number): string[] => {
  const steps = [
    'Received order 17',
    ...Array.from({ length: items }, (_none, i) => [`Took item ${i}`, `Packed item ${i}`]).flat(),
    'Sent order 17',
  ];
  if (cacheAt !== undefined) steps.splice(cacheAt, 0, 'Cache missed');
  return steps;
};
const SESSIONS = Array.from({ length: 300 }, (_none, i) =>
  documentOf(session(1 + (i % 3), i % 5 === 0 ? i % 4 : undefined)),
);

describe('counted events of sessions', () => {
  const encoder = learn(SESSIONS);
  const usual = documentOf(session(2));
  const [skipped, reordered, repeated, fresh] = [
    session(2).filter((step) => !step.startsWith('Sent')),
    ['Received order 17', 'Sent order 17', 'Took item 0', 'Packed item 0'],
    [...session(2), 'Sent order 17'],
    [...session(2), 'Disk is full'],
  ].map((steps) => documentOf(steps));

  it('have a column for each frequent template, with its logs on a logarithmic scale', () => {
    expect(encoder.columnNames).toEqual(
      expect.arrayContaining(
        ['Took item <num>', 'Packed item <num>', 'Cache missed'].map((text) => `steps=${text}`),
      ),
    );
    expect(columnOf(encoder, usual, '=Took item <num>')).toBeCloseTo(Math.log1p(2));
    expect(columnOf(encoder, usual, '=Cache missed')).toBe(0);
  });

  it('tell what was left out, done twice, or done in another order', () => {
    const order = (document: object): number => columnOf(encoder, document, '.order');
    for (const odd of [skipped, reordered, repeated]) expect(order(odd)).toBeGreaterThan(order(usual) + 2);
    expect(order(documentOf(session(3, 2)))).toBeLessThan(3);
    expect(columnOf(encoder, skipped, '.residual')).toBeGreaterThan(
      2 * columnOf(encoder, usual, '.residual'),
    );
    // The same counts in another order: only the order tells.
    expect(columnOf(encoder, reordered, '.residual')).toBeCloseTo(
      columnOf(encoder, documentOf(session(1)), '.residual'),
    );
  });

  it('tell messages that training never held', () => {
    expect([columnOf(encoder, fresh, '.unseen'), columnOf(encoder, usual, '.unseen')]).toEqual([1, 0]);
    expect(encoder.explain(fresh)[0]).toMatchObject({ unseen: true, trained_on: 300 });
  });

  it('are explained by the steps in which they differ from the kind of session that they are most like', () => {
    expect(told(encoder, skipped)).toBe(
      '“Sent order <num>” 0 times, usually 1, no “Sent order <num>”, so in 0 of 300 sessions',
    );
    expect(told(encoder, reordered)).toBe(
      '“Packed item <num>” after “Sent order <num>”, so in 0 of 300 sessions',
    );
    expect(told(encoder, repeated)).toBe(
      '“Sent order <num>” 2 times, usually 1, “Sent order <num>” more than once, so in 0 of 300 sessions',
    );
    expect(told(encoder, fresh)).toContain('“Disk is full” never seen before in 300 rows');
    expect(told(encoder, usual)).toBe('unusual together');
  });

  it('are the same for any order of the rows, and read back bit by bit', () => {
    const again = learn([...SESSIONS].reverse());
    expect(again.toJSON()).toEqual(encoder.toJSON());
    const decoded = decodeFeatureEncoding(JSON.parse(JSON.stringify(encoder.toJSON())));
    const odd = [usual, skipped, reordered, repeated, fresh];
    expect(decoded.encode(odd)).toEqual(encoder.encode(odd));
  });

  it('can be read back whatever signs the messages hold, as of rows that were written to a file', () => {
    const fields = Array.from({ length: 15 }, (_none, i) => `"${'a\u001f'.repeat(60)}${'bcd'[i % 3]}"`);
    const odd = `Sent ${fields.join(' to ')}`;
    const whole = read(odd) ?? '';
    expect(whole.split('\u001f').length).toBeLessThan(257);
    expect(read('Sent "a\u001fb" now')).toBe(read('Sent "a b" now'));
    const written = {
      ...documentOf(['x']),
      bucket: { events: { texts: [odd, 'w'.repeat(500)], counts: [1, 1] } },
    };
    const learned = learn([...SESSIONS, documentOf([odd]), written]);
    expect(() => decodeFeatureEncoding(JSON.parse(JSON.stringify(learned.toJSON())))).not.toThrow();
  });

  it('put templates beyond the given number together', () => {
    const narrow = learn(SESSIONS, { templates: 2 });
    const shown = narrow.columnNames.filter((name) => name.startsWith('steps='));
    expect(shown).toHaveLength(2);
    expect(columnOf(narrow, documentOf(session(3)), '.others')).toBeGreaterThan(0);
  });

  it('bear whatever a document holds', () => {
    const dirt = {};
    const odd = [
      ...[null, 7, {}, { texts: ['a'], counts: [] }, { texts: ['a'], counts: [-1] }],
      { texts: ['a'], counts: [1], first: [0] },
    ].map((events) => ({ bucket: { events } }));
    const { values, columnCount } = encoder.encode(odd, dirt);
    expect(values.every((value, i) => Number.isNaN(value) || i % columnCount >= 0)).toBe(true);
    expect(dirt).toEqual({ steps: { missing: odd.length } });
  });
});

describe('counted events of spans of time', () => {
  const rows = Array.from({ length: 400 }, (_none, i) => {
    const size = 1 + (i % 9);
    const service = i % 2 === 0 ? 'shop' : 'mail';
    const messages =
      service === 'shop'
        ? [...new Array<string>(10 * size).fill('Paid 5'), ...new Array<string>(size).fill('Refused 5')]
        : new Array<string>(8 * size).fill('Sent 5');
    return documentOf(messages, { ordered: false, service });
  });
  const encoder = learn(rows, { by: 'service.name' });
  const of = (paid: number, refused: number, service = 'shop') =>
    documentOf([...new Array<string>(paid).fill('Paid 5'), ...new Array<string>(refused).fill('Refused 5')], {
      ordered: false,
      service,
    });

  it('are compared with the shares of their group, however many logs come', () => {
    expect(columnOf(encoder, of(300, 30), '.largest')).toBe(0);
    expect(columnOf(encoder, of(200, 130), '.largest')).toBeGreaterThan(1);
    expect(columnOf(encoder, of(330, 0), '.smallest')).toBeLessThan(0);
    expect(columnOf(encoder, of(0, 0), '.largest')).toBe(0);
    expect(columnOf(encoder, of(100, 10, 'mail'), '.largest')).toBeGreaterThan(2);
  });

  it('are explained by the templates that came more or less often', () => {
    expect(told(encoder, of(200, 130))).toMatch(/“Refused <num>” 130 times, usually \d+ to \d+/);
  });
});

describe('a tally', () => {
  it('counts so many different messages apart, and all others together', () => {
    const counter = new EventCounter(true);
    for (let i = 0; i < MOST_TEXTS + 7; i++) counter.add(`text ${i}`);
    counter.add('text 0');
    const tally = counter.toTally();
    expect([tally.texts.length, tally.rest, tally.counts[0], tally.last?.[0]]).toEqual([
      ...[MOST_TEXTS, 7, 2, MOST_TEXTS + 7],
    ]);
    expect(readTally(JSON.parse(JSON.stringify(tally)))).toEqual(tally);
  });

  it('counts messages together where rows hold too many different ones', () => {
    const tallies = (limits: Partial<typeof TEXT_LIMITS>) => {
      const shared = new SharedTexts({ ...TEXT_LIMITS, ...limits });
      return [0, 1, 2].map((row) => {
        const counter = new EventCounter(false, shared);
        for (let i = 0; i < 10; i++) counter.add(`text ${i < 5 ? i : `${row}${i}`}`);
        counter.add('text 0');
        const { texts, counts, rest = 0 } = counter.toTally();
        expect(counts.reduce((sum, logs) => sum + logs, rest)).toBe(11);
        expect(counts[0]).toBe(texts.length === 0 ? undefined : 2);
        return texts.length;
      });
    };
    expect(tallies({})).toEqual([10, 10, 10]);
    // Those that were there before are known in each row.
    expect(tallies({ texts: 12 })).toEqual([10, 7, 5]);
    expect(tallies({ characters: 5 * 6 + 3 * 7 })).toEqual([8, 5, 5]);
    expect(tallies({ places: 12, placesOfRow: 0 })).toEqual([10, 2, 0]);
    expect(tallies({ places: 0, placesOfRow: 4 })).toEqual([4, 4, 4]);
  });

  it('shares the texts of all rows', () => {
    const shared = new SharedTexts({ ...TEXT_LIMITS, texts: 1 });
    expect([shared.one('a'), shared.one('b'), shared.one('a')]).toEqual(['a', undefined, 'a']);
  });
});
