import { spelt, terminalJson, terminalText } from './terminal';

const CLEAR = '\u001b[2J';
const TITLE = '\u001b]0;owned\u0007';
const TURNED = 'exe\u202egnp.txt';
const TAG = '\u{e0041}';
const HOSTILE = `${CLEAR}${TITLE}\u009b31m\r${TURNED}\u2066\u200b\ud800${TAG}`;

describe('text for a terminal', () => {
  it('keeps lines, tabs, all scripts and our own colours', () => {
    const ours = '\u001b[1m\u001b[31merror\u001b[39m\u001b[22m\tline one\n日本語 🧑‍💻 é';
    expect(terminalText(ours, true)).toBe(ours);
  });

  it('spells out what a terminal would act on, hide or turn around', () => {
    for (const isColored of [true, false]) {
      expect(terminalText(HOSTILE, isColored)).toBe(
        '\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u000dexe\\u202egnp.txt\\u2066\\u200b\\ud800\\u{e0041}',
      );
    }
  });

  it('lets no other colours through, and none where there are none of ours', () => {
    expect(terminalText('\u001b[8mhidden\u001b[41m', true)).toBe('\\u001b[8mhidden\\u001b[41m');
    expect(terminalText('\u001b[31mred', false)).toBe('\\u001b[31mred');
  });

  it('has one line where one is wanted', () => {
    expect(spelt('a\nb\tc')).toBe('a\\u000ab\\u0009c');
  });
});

describe('JSON for a terminal', () => {
  it.each([undefined, 2])('is the same value, in characters that are seen (%s)', (indent) => {
    const value = { [HOSTILE]: [HOSTILE, 'é 日本語'], line: 'a\nb' };
    const text = terminalJson(JSON.stringify(value, null, indent));
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u200b\u202e\u2066\u{e0041}]|\p{Cs}/u);
    expect(text).toContain('é 日本語');
  });
});
