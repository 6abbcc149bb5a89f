import { readYamlDocuments } from './yaml_documents';

describe('readYamlDocuments', () => {
  it('reads every document with the line that it begins at, and leaves empty ones out', () => {
    expect(readYamlDocuments('# of somebody\nname: a\n---\n\nname: b\n---\n# nothing\n---\n- 1\n')).toEqual({
      documents: [
        { line: 2, value: { name: 'a' } },
        { line: 5, value: { name: 'b' } },
        { line: 9, value: [1] },
      ],
    });
    expect(readYamlDocuments('')).toEqual({ documents: [] });
    expect(readYamlDocuments('{"name": "JSON"}')).toEqual({
      documents: [{ line: 1, value: { name: 'JSON' } }],
    });
    expect(readYamlDocuments('a: &a [1]\nb: *a')).toEqual({
      documents: [{ line: 1, value: { a: [1], b: [1] } }],
    });
  });

  it('says where a file is wrong', () => {
    expect(readYamlDocuments('name: a\n---\nname: [b\n').problem).toMatch(/^line \d+, column \d+: /);
    expect(readYamlDocuments('a: 1\na: 2').problem).toBe('line 2, column 1: Map keys must be unique');
    expect(readYamlDocuments('a: *b').problem).toMatch(/^line 1, column \d+: .*b/);
  });

  const letters = 'abcdefghijklmnop'.split('');
  const bomb = letters
    .map((name, i) => `${name}: &${name} [${i === 0 ? '1' : `*${letters[i - 1]},`.repeat(9)}]`)
    .join('\n');
  it.each([
    ['aliases that multiply', bomb, /alias/i],
    ['deep lists', '['.repeat(50_000), /deeper than 64/],
    ['deep dashes', '- '.repeat(50_000), /deeper than 64/],
    ['deep keys', '? '.repeat(50_000), /deeper than 64/],
    ['deep maps', '{a: '.repeat(50_000), /deeper than 64/],
    ['deep maps by colons', ': '.repeat(50_000), /deeper than 64/],
    ['brackets that are closed in texts only', '["]",'.repeat(20_000), /deeper than 64/],
    [
      'many keys',
      Array.from({ length: 6_000 }, (_, i) => `k${i}: 1`).join('\n'),
      /a map of 6000 keys; at most 5000/,
    ],
    ['directives', '%a\n'.repeat(1_000), /line/],
    ['quotes', '"'.repeat(2_000), /line 1/],
  ])('ends with a sentence for %s', (_name, text, expected) => {
    const { problem } = readYamlDocuments(text);
    expect(problem).toMatch(expected);
    expect(problem!.length).toBeLessThan(400);
  });

  it('reads what is nested as far as is allowed', () => {
    const nested = `${'['.repeat(64)}1${']'.repeat(64)}`;
    expect(readYamlDocuments(nested).documents).toHaveLength(1);
    expect(readYamlDocuments(`[${nested}]`).problem).toMatch(/deeper/);
  });

  it('reads long lists, such as the ground truth of an evaluation', () => {
    const list = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => i));
    expect(readYamlDocuments(list).documents?.[0].value).toHaveLength(20_000);
  });

  it('takes nothing from a file into the prototype of objects', () => {
    readYamlDocuments('__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}');
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });
});
