import * as fc from 'fast-check';
import { featureSchema } from '../detector/feature_schema';
import { DirtCounter } from '../log_features/columns/field_value';
import { learnTemplate, masksOf } from '../log_features/template/template_encoding';
import { PatternCatalogue, patternIdOf, type CataloguedPattern } from './pattern_catalogue';

const LONGEST = 2_048;
const words =
  'User alice logged in from 10.0.0.7 after 31 ms path=/a/b "quoted text" <b> [1,2] e0f1a2b3 \u0001 : 訂單'.split(
    ' ',
  );
const message = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(' ', ' ', '  ', '')), { maxLength: 12 })
  .map((parts) => parts.map((part) => part.join('')).join(''));

const known: CataloguedPattern[] = [
  ['User', ' <*>', ' logged', ' in'],
  ['logged', ' in', ' from', ' <ip>'],
  ['after', ' <duration>'],
].map((tokens) => ({ id: patternIdOf(tokens), tokens }));
const trained = ['User bob logged in', 'User eve logged in', 'logged in from 10.1.1.1', 'in 3 ms', 'in 4 ms'];
const masks = [{ name: 'who', regex: 'alice|bob' }];

for (const own of [undefined, masks]) {
  const definition = featureSchema.parse({ type: 'template', field: 'message', masks: own });

  test(`messages that a feature has read have the pattern that they have anyway${own === undefined ? '' : ', with masks'}`, () => {
    const feature = learnTemplate(definition, trained);
    const keys = feature.messageKeys({ masks: own, maxLength: definition.max_length })!;
    const make = (): PatternCatalogue => new PatternCatalogue(known, masksOf(own), LONGEST);
    const [shared, remembering] = [make(), make()];
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
        for (const each of messages) feature.encode(each, new Float64Array(8), 0, new DirtCounter());
        for (const each of messages) {
          const wanted = make().find(each);
          expect(shared.find(each, keys)).toEqual(wanted);
          expect(remembering.find(each)).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
  });
}

test('messages that a feature has read are cut into tokens once for each kind of them', () => {
  const definition = featureSchema.parse({ type: 'template', field: 'message' });
  const feature = learnTemplate(definition, trained);
  const keys = feature.messageKeys({ masks: undefined, maxLength: definition.max_length })!;
  let read = 0;
  const catalogue = new PatternCatalogue(
    known,
    () => {
      read++;
      return [];
    },
    LONGEST,
  );
  for (let page = 0; page < 4; page++) {
    const messages = Array.from({ length: 2_500 }, (_, row) =>
      row % 2 === 0 ? `User u${page}x${row} logged in` : `waited ${page * 2_500 + row} ms`,
    );
    for (const each of messages) feature.encode(each, new Float64Array(8), 0, new DirtCounter());
    for (const each of messages) expect(catalogue.find(each, keys)).toBeDefined();
  }
  expect(read).toBe(2);
});

test('a feature that reads messages in another way gives no keys', () => {
  const definition = featureSchema.parse({ type: 'template', field: 'message', masks });
  const feature = learnTemplate(definition, trained);
  const maxLength = definition.max_length;
  expect(feature.messageKeys({ masks, maxLength })).toBeDefined();
  expect(feature.messageKeys({ masks: undefined, maxLength })).toBeUndefined();
  expect(feature.messageKeys({ masks: [{ name: 'who', regex: 'alice' }], maxLength })).toBeUndefined();
  expect(feature.messageKeys({ masks, maxLength: maxLength - 1 })).toBeUndefined();
});
