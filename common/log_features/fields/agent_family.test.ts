import { agentFamily } from './agent_family';

describe('agentFamily', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36',
      'mozilla applewebkit chrome safari',
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Safari/537.36',
      'mozilla applewebkit chrome safari',
    ],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'mozilla googlebot'],
    ['Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; Trident/6.0)', 'mozilla msie trident'],
    ['Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)', 'mozilla nikto'],
    ['sqlmap/1.8.2#stable (https://sqlmap.org)', 'sqlmap'],
    ['w3af.org', 'w3af.org'],
    ['curl/8.5.0', 'curl'],
    ['-', '-'],
    ['12345', '{id}'],
    ['Tiny Tiny RSS/1.11 (http://tt-rss.org/)', 'tiny rss'],
  ])('names the products of %s', (text, family) => {
    expect(agentFamily(text)).toBe(family);
  });

  it('takes time linear in the text, and bounds the family', () => {
    const names = Array.from(
      { length: 400 },
      (_, i) => `${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i % 9)}y${i}`,
    );
    expect(agentFamily(names.map((name) => `${name}/1`).join(' ')).length).toBeLessThanOrEqual(256);
    expect(agentFamily('('.repeat(100_000))).toBe('('.repeat(256));
  });
});
