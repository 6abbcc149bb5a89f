import {
  ATTACK_CATEGORIES,
  ATTACK_PATTERNS,
  findAttackPatterns,
  matchesSequence,
  MAX_GAP,
} from './attack_patterns';
import { decodeText, normaliseText } from './text_statistics';

const categoriesIn = (text: string): string[] => [
  ...new Set(
    findAttackPatterns(normaliseText(decodeText(text))).map((index) => ATTACK_PATTERNS[index].category),
  ),
];

describe('attack patterns', () => {
  it.each([
    ['sql_injection', '/p?id=1%27%20UNION/**/ALL%20SELECT%20name'],
    ['sql_injection', "/p?id=1' or '1'='1"],
    ['cross_site_scripting', '/p?q=%253Cscript%253Ealert(1)%253C/script%253E'],
    ['command_injection', '/p?host=1.1.1.1;cat /etc/hosts'],
    ['path_traversal', '/p?file=..%2f..%2fetc/passwd'],
    ['template_injection', '/p?name={{7*7}}'],
    ['ldap_injection', '/p?user=*)(uid=*))'],
    ['log4shell', '${jndi:ldap://host/a}'],
    ['null_byte', '/p?file=a.php%00.jpg'],
    ['scanner', 'sqlmap/1.7 (https://sqlmap.org)'],
  ])('finds %s in %s', (category, text) => expect(categoriesIn(text)).toContain(category));

  it.each([
    '/',
    '/blog/geekery/solving-good-or-bad-problems.html?utm_source=feedburner&utm_medium=feed',
    '/search?q=rock+and+roll&page=2',
    '/files/archive-2.1.0.tar.gz',
    'Mozilla/5.0 (X11; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0',
    '/account/select?unit=metric',
  ])('finds nothing in %s', (text) => expect(categoriesIn(text)).toEqual([]));

  it('finds every pattern in its own text, whatever the filter by characters', () => {
    ATTACK_PATTERNS.forEach((pattern, index) => {
      expect(findAttackPatterns(pattern.sequence.join('x'))).toContain(index);
    });
    expect(new Set(ATTACK_PATTERNS.map(({ category }) => category)).size).toBe(ATTACK_CATEGORIES.length);
  });

  it('needs the parts in order and close together', () => {
    expect(matchesSequence('union all select', ['union', ' select'])).toBe(true);
    expect(matchesSequence(' select union', ['union', ' select'])).toBe(false);
    expect(matchesSequence(`union${'x'.repeat(MAX_GAP)} select`, ['union', ' select'])).toBe(true);
    expect(matchesSequence(`union${'x'.repeat(MAX_GAP + 1)} select`, ['union', ' select'])).toBe(false);
    expect(matchesSequence(`union${'x'.repeat(90)}union select`, ['union', ' select'])).toBe(true);
  });
});
