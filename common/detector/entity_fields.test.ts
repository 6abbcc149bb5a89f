import fc from 'fast-check';
import {
  entityKql,
  entityText,
  isCutPart,
  longestPart,
  LONGEST_ENTITY,
  namedParts,
  partsOfEntity,
} from './entity_fields';

const part = fc.oneof(
  fc.constant(undefined),
  fc.string({ unit: fc.constantFrom('a', '|', ' ', '-', '\\', '"'), minLength: 1, maxLength: 8 }),
  fc.string({ minLength: 1, maxLength: 20 }),
);
const entity = fc
  .array(part, { minLength: 2, maxLength: 3 })
  .filter((parts) => parts.some((each) => each !== undefined));

describe('the text of an entity of several fields', () => {
  it('shows its parts with a pipe between them and a dash for one that is missing', () => {
    expect(entityText(['checkout', 'web-1'])).toBe('checkout | web-1');
    expect(entityText(['checkout', undefined])).toBe('checkout | -');
    expect(entityText([undefined, undefined])).toBeUndefined();
  });

  it('gives its parts again, whatever they hold', () => {
    fc.assert(
      fc.property(entity, (parts) => {
        expect(partsOfEntity(entityText(parts) as string, parts.length)).toEqual(parts);
      }),
    );
  });

  it('is another one for each entity', () => {
    fc.assert(
      fc.property(entity, entity, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(entityText(one) === entityText(other)).toBe(isSame);
      }),
    );
  });

  it('fits into a result, and says which parts were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('|', 'x'), minLength: 1, maxLength: 300 }), {
          minLength: 2,
          maxLength: 3,
        }),
        (parts) => {
          const text = entityText(parts, longestPart(parts.length)) as string;
          expect(text.length).toBeLessThanOrEqual(LONGEST_ENTITY);
          partsOfEntity(text, parts.length).forEach((read, place) => {
            expect(parts[place].startsWith(read as string)).toBe(true);
            if (read !== parts[place]) expect(isCutPart(read as string, parts.length)).toBe(true);
          });
        },
      ),
    );
  });
});

describe('an entity in queries', () => {
  const settings = { entity_fields: ['service.name', 'host.name'] };

  it('is a condition for each part', () => {
    expect(entityKql(settings, 'a "b" | web-1')).toBe('service.name : "a \\"b\\"" and host.name : "web-1"');
    expect(entityKql(settings, 'checkout | -')).toBe('service.name : "checkout" and not host.name : *');
    expect(entityKql({ entity_field: 'service.name' }, 'a | b')).toBe('service.name : "a | b"');
    expect(entityKql({}, 'checkout')).toBe('');
  });

  it('selects nothing where it was made of other fields, which are not known', () => {
    expect(entityKql(settings, 'checkout')).toBe('not * : *');
    expect(entityKql(settings, 'a | b | c')).toBe('not * : *');
    expect(entityKql(settings, undefined)).toBe('');
  });

  it('goes by the fields that a result was found with', () => {
    const parts = { 'service.name': 'checkout', 'host.name': 'web-1' };
    const found = { entity: 'checkout | web-1', entity_parts: parts };
    const query = 'service.name : "checkout" and host.name : "web-1"';
    expect(entityKql(settings, found)).toBe(query);
    expect(entityKql({ entity_field: 'service.name' }, found)).toBe(query);
    expect(entityKql({ entity_fields: ['service.name', 'zone'] }, found)).toBe(query);
    expect(entityKql(settings, { entity: 'a | b', entity_field: 'user.name' })).toBe('user.name : "a | b"');
    const lacking = { entity: 'checkout | -', entity_parts: { 'service.name': 'checkout' } };
    expect(entityKql(settings, lacking)).toBe('service.name : "checkout" and not host.name : *');
    expect(entityKql({ entity_field: 'zone' }, lacking)).toBe('service.name : "checkout"');
  });

  it('selects by their beginning values that were cut', () => {
    const long = `a "b" or ${'x'.repeat(300)}`;
    const kept = longestPart(2);
    expect(entityKql(settings, entityText([long, 'web-1'], kept))).toBe(
      `service.name : a \\"b\\" or\\u0020${'x'.repeat(kept - 9)}* and host.name : "web-1"`,
    );
    const three = { entity_fields: ['a', 'b', 'c'] };
    const text = entityText(['x'.repeat(90), 'y', 'z'], longestPart(3));
    expect(entityKql(three, text)).toBe(`a : ${'x'.repeat(longestPart(3))}* and b : "y" and c : "z"`);
    const single = 'x'.repeat(LONGEST_ENTITY);
    expect(entityKql({ entity_field: 'a' }, single)).toBe(`a : ${single}*`);
    const parts = { 'service.name': 'x'.repeat(kept), 'host.name': 'web-1' };
    const cut = { entity: entityText(Object.values(parts)), entity_parts: parts };
    expect(entityKql({ entity_field: 'zone' }, cut)).toBe(
      `service.name : ${'x'.repeat(kept)}* and host.name : "web-1"`,
    );
  });

  it('has its parts by name only where there are several', () => {
    expect(namedParts('checkout | -', settings)).toEqual({ 'service.name': 'checkout' });
    expect(namedParts('checkout', { entity_field: 'service.name' })).toBeUndefined();
  });
});
