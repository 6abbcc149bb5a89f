import { defangLinks, dottedWordsOf } from './defang_links';
import { leastTime } from '../test/unit/thread_time';

describe('defangLinks', () => {
  it.each([
    ['see https://evil.example/a.php?b=c.d', 'see hxxps[:]//evil[.]example/a.php?b=c.d'],
    ['HTTP://EVIL.EXAMPLE', 'HXXP[:]//EVIL[.]EXAMPLE'],
    ['http://203.0.113.9/x', 'hxxp[:]//203[.]0[.]113[.]9/x'],
    ['http://user:p@evil.php/x', 'hxxp[:]//user:p@evil[.]php/x'],
    ['ftp://a.example', 'fxp[:]//a[.]example'],
    // Programs find an address within a word, too.
    ['took1e308https://evil/x and 7ftp://b.example', 'took1e308hxxps[:]//evil/x and 7fxp[:]//b[.]example'],
    [`${'a'.repeat(40)}http://evil/`, `${'a'.repeat(40)}hxxp[:]//evil/`],
    ['jndi:ldap://a.example/x', 'jndi:ldap[:]//a[.]example/x'],
    ['www.evil.example and evil.zip', 'www[.]evil[.]example and evil[.]zip'],
    ['write to a@evil.example', 'write to a@evil[.]example'],
    ['mailto:a@b and javascript:alert(1)', 'mailto[:]a@b and javascript[:]alert(1)'],
    ['open \\\\server\\share', 'open [\\\\]server\\share'],
    ['evil\u3002example', 'evil[.]example'],
    ['GET /index.php HTTP/1.1 from 203.0.113.9 in 0.7', 'GET /index.php HTTP/1.1 from 203.0.113.9 in 0.7'],
    ['Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36', 'Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36'],
    ['at 2026-01-05T10:00:00.000Z: ok', 'at 2026-01-05T10:00:00.000Z: ok'],
    ['http.response.status_code is 500', 'http.response.status_code is 500'],
  ])('%s', (text, expected) => {
    expect(defangLinks(text).replace(/ \(.*\)$/, '')).toBe(expected.replace(/ \(.*\)$/, ''));
    expect(defangLinks(defangLinks(text))).toBe(defangLinks(text));
  });

  it('marks hosts that mix scripts, and shows what is behind the others', () => {
    expect(defangLinks('https://\u0440\u0430ypal.com/x')).toBe(
      'hxxps[:]//\u0440\u0430ypal[.]com (mixed scripts: Cyrillic and Latin, xn--ypal-43d9g[.]com)/x',
    );
    // all letters of it are Cyrillic
    expect(defangLinks('\u0430\u0440\u0440\u04cf\u0435.com')).toBe(
      '\u0430\u0440\u0440\u04cf\u0435[.]com (xn--80ak6aa92e[.]com)',
    );
    expect(defangLinks('b\u00fccher.example')).toBe('b\u00fccher[.]example (xn--bcher-kva[.]example)');
    expect(defangLinks('\u65e5\u672c\u3054abc.jp')).not.toContain('mixed');
    expect(defangLinks('\uff45vil.com')).toBe('\uff45vil[.]com (evil[.]com)');
  });

  it('leaves names of fields alone, and nothing else', () => {
    const known = dottedWordsOf(['service.name', 'url.path and host.name']);
    expect(defangLinks('service.name is evil.name, url.path, host.name', known)).toBe(
      'service.name is evil[.]name, url.path, host.name',
    );
  });

  it('takes no time over texts that are made for it', () => {
    const read = () => {
      for (const text of [
        'a.'.repeat(20_000),
        'a'.repeat(40_000),
        '//@'.repeat(10_000),
        '\\\\'.repeat(20_000),
      ])
        defangLinks(text);
    };
    expect(leastTime(read, 1_000)).toBeLessThan(1_000);
  });
});
