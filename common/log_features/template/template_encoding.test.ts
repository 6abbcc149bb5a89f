import { decodeTemplate, learnTemplate, templateAdvice, templateStateSchema } from './template_encoding';
import { featureSchema } from '../../detector';
import { DetectionError } from '../../detection_error';
import { DirtCounter } from '../columns/field_value';

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const define = (settings: object = {}) =>
  featureSchema.parse({ type: 'template', field: 'message', ...settings });
const messages = [
  ...times(60, (index) => `connection from 10.0.0.${index} closed`),
  ...times(39, (index) => `query took ${index} ms`),
  'configuration reloaded',
];

describe('template feature', () => {
  const encoding = learnTemplate(define(), messages);
  const encode = (message: string): number[] => {
    const out = new Float64Array(4);
    encoding.encode(message, out, 0, new DirtCounter());
    return [...out];
  };

  it('gives rarity, newness, parameters and length', () => {
    expect(encode('query took 12345 ms')).toEqual([
      -Math.log(40 / 104),
      1 / 40,
      Math.log1p(1),
      Math.log1p('query took 12345 ms'.length),
    ]);
    expect(encode('kernel panic now').slice(0, 2)).toEqual([-Math.log(1 / 104), 1]);
    expect(encode('configuration reloaded')[1]).toBe(1 / 2);
  });

  it('tells the template of a message', () => {
    expect(encoding.templateOf('query took 7 ms')).toEqual({ id: 1, text: 'query took <duration>' });
    expect(encoding.templateOf('kernel panic now')).toBeUndefined();
    expect(encoding.actual('kernel panic 7')).toBe('new template: kernel panic <num>');
    expect(encoding.typical).toContain('connection from <ip> closed (60%)');
    expect(encoding.counts).toEqual([60, 39, 1]);
  });

  it('does not depend on the order of the messages', () => {
    expect(learnTemplate(define(), [...messages].reverse()).toJSON()).toEqual(encoding.toJSON());
  });

  it('reads what it stored', () => {
    const decoded = decodeTemplate(templateStateSchema.parse(JSON.parse(JSON.stringify(encoding))));
    for (const message of [...messages, 'kernel panic']) {
      expect(decoded.templateOf(message)).toEqual(encoding.templateOf(message));
    }
  });

  it('gives longer stack traces the columns of those in training', () => {
    const trace = (frames: number): string =>
      `java.io.IOException: closed${'\n\tat com.acme.Service.run(Service.java:12)'.repeat(frames)}`;
    const traces = learnTemplate(
      define(),
      times(50, (i) => trace(1 + (i % 5))),
    );
    const rowOf = (message: string): number[] => {
      const out = new Float64Array(4);
      traces.encode(message, out, 0, new DirtCounter());
      return [...out];
    };
    expect(rowOf(trace(40))).toEqual(rowOf(trace(3)));
  });
});

describe('messages that are longer than templates', () => {
  const decodedOf = (encoding: object) =>
    decodeTemplate(templateStateSchema.parse(JSON.parse(JSON.stringify(encoding))));
  const distinct = times(
    254,
    (i) => `w${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]}${'uvwxyz'[Math.floor(i / 100)]}`,
  );
  const long = `${distinct.join(' ')} "GET /a HTTP/1.1"`;

  it('can be read again, whatever ends them', () => {
    for (const end of ['"GET /a HTTP/1.1"', '"a b c"', 'user="ada"', "'so it is' end."]) {
      const message = `${distinct.join(' ')} ${end}`;
      const encoding = learnTemplate(define(), [...messages, message]);
      expect(decodedOf(encoding).templateOf(message)).toEqual(encoding.templateOf(message));
      expect(encoding.templateOf(message)).toBeDefined();
    }
    const spaceless = `${'a-b.'.repeat(63)}|${'c-d.'.repeat(31)}`;
    const encoding = learnTemplate(define(), [spaceless]);
    expect(decodedOf(encoding).templateOf(spaceless)).toBeDefined();
  });

  it('are known to models that hold all their tokens', () => {
    const tokens = [...distinct.map((word, i) => (i === 0 ? word : ` ${word}`)), ' "', 'GET', ' <path>', '"'];
    const state = { kind: 'template', max_length: 4_096, tokeniser: 2, templates: [[tokens, 3]], total: 3 };
    const decoded = decodedOf(state);
    expect(decoded.templateOf(long)?.id).toBe(0);
    expect(decoded.templateOf(long.replace('GET', 'PUT'))).toBeUndefined();
    expect(decoded.toJSON()).toEqual(state);
  });
});

describe('addresses of requests', () => {
  const items = ['wool', 'table', 'mug', 'pillow', 'sofa', 'lamp', 'glass', 'chair', 'bottle', 'desk'];
  const request = (index: number): string =>
    `GET /search?q=${items[index % 10]}+${items[Math.floor(index / 10) % 10]}&page=${index % 4} answered in ${index} ms`;

  it('are of one template, whatever is asked for', () => {
    const encoding = learnTemplate(define(), times(60, request));
    expect(encoding.counts).toEqual([60]);
    expect(encoding.templateOf(request(99))).toEqual({ id: 0, text: 'GET <path> answered in <duration>' });
    const decoded = decodeTemplate(templateStateSchema.parse(JSON.parse(JSON.stringify(encoding))));
    expect(decoded.templateOf(request(99))?.id).toBe(0);
  });

  it('are read by models of before as they were then', () => {
    const templates = [[['GET', ' <path>', '=', 'wool', ' answered'], 3]];
    const state = { kind: 'template', max_length: 4_096, tokeniser: 3, templates, total: 3 };
    const known = learnTemplate(define(), ['GET /search?q=wool answered']).toJSON();
    expect(known).toMatchObject({ templates: [[['GET', ' <path>', ' answered'], 1]] });
    const decoded = decodeTemplate(templateStateSchema.parse(state));
    expect(decoded.templateOf('GET /search?q=wool answered')?.id).toBe(0);
    expect(decoded.templateOf('GET /search?q=lamp answered')).toBeUndefined();
  });
});

describe('quoted texts', () => {
  it('are read by models of before as they were then', () => {
    const templates = [
      [['"', '<str>', '"', ' pod=', '<value>'], 5],
      [['user', ' "alice":', 'mismatch'], 3],
    ];
    const state = { kind: 'template', max_length: 4_096, tokeniser: 4, templates, total: 8 };
    const decoded = decodeTemplate(templateStateSchema.parse(state));
    expect(decoded.templateOf('"Pod 3 was deleted" pod="a/b"')?.id).toBe(0);
    expect(decoded.templateOf('user "alice": mismatch')?.id).toBe(1);
    expect(decoded.templateOf('user "bob": mismatch')).toBeUndefined();
  });

  it.each([
    `SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
    'got "<*> of all" at last',
    'said " hello world" twice',
    'said "  " twice',
    'state="starting:" at last',
    'state=-- at last',
  ])('are known again: %s', (message) => {
    const encoding = learnTemplate(define(), [...times(20, () => message), ...messages]);
    expect(encoding.templateOf(message)).toBeDefined();
    expect(encoding.counts[encoding.templateOf(message)!.id]).toBe(20);
  });

  it('that vary are counted as they are read', () => {
    const values = ['--', '-+', '++', '~~', '~+', '+~', '-~', '~-', '+-', 'ab', 'cd', 'ef', 'gh', 'ij'];
    const encoding = learnTemplate(
      define(),
      values.map((value) => `the state=${value} at last`),
    );
    expect(encoding.counts).toEqual([values.length]);
  });
});

describe('masks of the feature', () => {
  const masks = [
    { name: 'order', regex: '[A-Z]{3}-[a-z]{1,20}' },
    { name: 'rest', regex: '-[a-z]{1,20} shipped' },
  ];
  const letters = (index: number): string =>
    String.fromCharCode(97 + (index % 26), 97 + Math.floor(index / 26));
  const orders = times(300, (i) => `ABC-${letters(i)} shipped`);

  it('replace what varies', () => {
    const encoding = learnTemplate(define({ masks }), [...orders, 'lone line']);
    expect(encoding.templateOf('XYZ-qqqq shipped')).toEqual({ id: 0, text: '<order> shipped' });
    const decoded = decodeTemplate(templateStateSchema.parse(JSON.parse(JSON.stringify(encoding))));
    expect(decoded.templateOf('XYZ-qqqq shipped')?.text).toBe('<order> shipped');
    expect(decoded.templateOf('XYZ-qqqq lost')).toBeUndefined();
  });

  it('replace what varies in values and quoted texts', () => {
    const own = [{ name: 'order', regex: '[A-Z]{3}-[a-z]{1,20}' }];
    for (const around of ['order=%', '{"order":"%"}', 'order "%"', "order '% is lost'"]) {
      const make = (order: string): string => around.replace('%', order);
      const encoding = learnTemplate(
        define({ masks: own }),
        times(3, (i) => make(`ABC-${letters(i)}`)),
      );
      expect(encoding.counts).toEqual([3]);
      expect(encoding.templateOf(make('XYZ-qqqq'))?.text).toContain('<order>');
      expect(encoding.toJSON()).toMatchObject({ tokeniser: 5 });
    }
  });

  it('are read by models of before as they were then', () => {
    const state = {
      kind: 'template',
      max_length: 4_096,
      tokeniser: 2,
      masks: [{ name: 'order', regex: '[A-Z]{3}-[a-z]{1,20}' }],
      templates: [[['order=', 'ABC-foo'], 3]],
      total: 3,
    };
    const decoded = decodeTemplate(templateStateSchema.parse(state));
    expect(decoded.templateOf('order=ABC-foo')?.id).toBe(0);
    expect(decoded.messageKeys({ masks: state.masks, maxLength: 4_096 })).toBeUndefined();
  });

  it('are refused when they are no bounded regular expressions', () => {
    const learn = (regex: string) => () => learnTemplate(define({ masks: [{ name: 'odd', regex }] }), orders);
    expect(learn('(a+)+$b(')).toThrow(DetectionError);
    expect(learn('(a)\\1')).toThrow(/"odd"/);
    expect(() => define({ masks: [{ name: 'No', regex: 'a' }] })).toThrow(/lower-case/);
  });
});

describe('templateAdvice', () => {
  it('says what to do where messages hardly share templates', () => {
    expect(templateAdvice({ templates: 1_000, matched: 2_000, total: 9_000 })).toMatch(
      /78% of them none.*masks/,
    );
    expect(templateAdvice({ templates: 250, matched: 300, total: 300 })).toMatch(/300 messages follow 250/);
    expect(templateAdvice({ templates: 40, matched: 8_900, total: 9_000 })).toBeUndefined();
    expect(templateAdvice({ templates: 20, matched: 20, total: 20 })).toBeUndefined();
  });
});
