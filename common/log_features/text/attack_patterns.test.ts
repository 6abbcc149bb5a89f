import { ATTACK_CATEGORIES, attackPatternsOf, IN_CONTEXT, matchesSequence, MAX_GAP } from './attack_patterns';
import { decodeText } from './text_statistics';

const categoriesIn = (text: string, patterns = IN_CONTEXT): string[] => [
  ...new Set(patterns.findIn(decodeText(text)).map((index) => patterns.patterns[index].category)),
];

describe('attack patterns', () => {
  it.each([
    ['sql_injection', '/p?id=1%27%20UNION/**/ALL%20SELECT%20name'],
    ['sql_injection', "/p?id=1' or '1'='1"],
    ['sql_injection', '/p?id=-1+union+select+1,2,user()'],
    ['sql_injection', '/p?id=1;drop+table+users'],
    ['sql_injection', '/p?id=1+order+by+9--+'],
    ['sql_injection', '/p?id=1+and+(select+1+from+users)=1'],
    ['sql_injection', '/p?id=if(1,sleep(5),0)'],
    ['sql_injection', '/p?id=1--'],
    ['sql_injection', "/p?id=admin'--+-"],
    ['sql_injection', "/p?id=1'+order+by+5--+-"],
    ['sql_injection', "/p?id=x';select+pg_sleep(5)"],
    ['sql_injection', '/p?q=select+login,password+from+members'],
    ['sql_injection', "/p?q=select+name+from+members+where+id='1"],
    ['sql_injection', '/p?id=(1)and(select+*+from+users)'],
    ['sql_injection', '/p?id=1;delete+from+users'],
    ['sql_injection', "/p?q=x%25'+or+name+like+'%25"],
    ['cross_site_scripting', '/p?q=%253Cscript%253Ealert(1)%253C/script%253E'],
    ['cross_site_scripting', '/p?q=&lt;script&gt;'],
    ['cross_site_scripting', '/p?q=%26%23x3c%3Bscript%26%2362%3B'],
    ['cross_site_scripting', '/p?q=\\u003cscript\\x3e'],
    ['cross_site_scripting', '/p?q=%u003cscript%u003e'],
    ['cross_site_scripting', '/p?q=%EF%BC%9Cscript%EF%BC%9E'],
    ['cross_site_scripting', '/p?q=\uff1cscript\uff1e'],
    ['cross_site_scripting', '/p?q=x%22%20onmouseover%3Dprompt(1)'],
    ['command_injection', '/p?host=1.1.1.1;cat /etc/hosts'],
    ['command_injection', '/p?cmd=whoami'],
    ['command_injection', '/p?host=1.1.1.1%3Bnetstat%20-an'],
    ['command_injection', '/p?host=1.1.1.1|id'],
    ['command_injection', '/p?f=%3Bsystem(%27ls%27)'],
    ['path_traversal', '/p?file=..%2f..%2fetc/passwd'],
    ['path_traversal', '/p?file=/etc/shadow'],
    ['path_traversal', '/p?file=%c0%ae%c0%ae/%c0%ae%c0%ae/x'],
    ['path_traversal', '/.env'],
    ['template_injection', '/p?name={{7*7}}'],
    ['ldap_injection', '/p?user=*)(uid=*))'],
    ['log4shell', '${jndi:ldap://host/a}'],
    ['null_byte', '/p?file=a.php%00.jpg'],
    ['scanner', 'sqlmap/1.7 (https://sqlmap.org)'],
    ['scanner', 'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)'],
    ['scanner', 'Mozilla/5.00 (Nikto/2.1.6) (Evasions:None)'],
    ['command_injection', '() { :; }; /bin/bash -c id'],
    ['scanner', 'Mozilla/4.0 (Hydra)'],
    ['scanner', 'Fuzz Faster U Fool v2.1.0'],
    ['scanner', 'WPScan v3.8.22 (https://wpscan.com/)'],
  ])('finds %s in %s', (category, text) => expect(categoriesIn(text)).toContain(category));

  it.each([
    '/',
    '/blog/geekery/solving-good-or-bad-problems.html?utm_source=feedburner&utm_medium=feed',
    '/search?q=rock+and+roll&page=2',
    '/files/archive-2.1.0.tar.gz',
    'Mozilla/5.0 (X11; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0',
    '/account/select?unit=metric',
  ])('finds nothing in %s', (text) => expect(categoriesIn(text)).toEqual([]));

  // Words and names that hold a sign, or are one where no code stands: models of before take each of them for an attack.
  it.each([
    '/api/netstats',
    '/api/netstat',
    '/docs/whoami',
    'Opera/9.80 (MTK; Opera Mini/2.1199; U; id) Presto/2.8.119 Version/11.10',
    '/misc/tempest.netstat.Jan05',
    '/blog/nmap-for-beginners',
    '/wiki/nuclei',
    '/tools/nikto/2.1',
    '/monsters/hydra-nebula',
    '/search?q=learn+nmap',
    '/unionselect/shoes?size=4',
    '/shop/union-select-jeans',
    '/api/broadcast(1)',
    '/calls/throw(5)?row=2',
    '/report?fields=belt(s),char(s)',
    '/search?q=shoes+like+nike',
    '/search?q=flat+with+3+or+4+bedrooms&page=2',
    '/search?q=places+where+i+live&sort=name',
    '/search?q=mugs+order+by+post',
    '/search?q=(big)+and+small',
    '/search?q=select+a+gift&from=home',
    '/search?q=drop+table+leaf',
    '/search?q=the+boys%27+or+girls',
    '/search?q=just+in+case+when',
    '/common/download=1',
    '/events?type=buttonclick=1',
    '/a/winntours.html',
    '/team/analysys.html',
    '/mail/shail@arrsys.mz',
    '/repo.git/info/refs?service=git-upload-pack',
    '/.environment/x',
    '/docs/powershell/intro',
    '/blog/etc/designs/main.css',
    '/feed/reboot.ini.html',
    '/x?profile://y',
    'jdbc:/x?rpc://host',
    'java.lang.Class.cast(Class.java:3369) at java.lang.Thread.sleep(Native Method)',
    '3 row(s) affected, 2 alert(s)',
    '{"a":null,"b":null}',
    'session=1; id=5; theme=dark',
    'name|id|email',
    'To be continued /...',
    // Prose, in which keywords of SQL are words, quotes are names, and two hyphens are a dash.
    'please select a size from the list',
    'could you select another size or drop it from my order -- thanks',
    'Select a colour, a size and a style from the list; then order by post',
    'Please select sizes (small, medium) from the drop-down',
    'I want 3 order by Friday',
    ';-) order by size',
    "It's late!! drop table legs",
    'Drop table lamp, 2 pieces; thanks',
    "I can't delete from my cart where it says remove",
    "We're having 3 children and having trouble (again)",
    `looks like 3 items, something like 'foo' or "bar"`,
    "argument must be 'a' or 'b' and not 'c'",
    'a place where people like me live',
    'where can I buy (2 pieces)?',
    'just in case when it rains then we stay at the end',
    'insert into the form these values',
    'European Union (EU) citizens select their members',
    "He didn't select anything from 'Deals'",
    'Bitte wählen Sie eine Größe aus der Liste (2) -- danke',
    "Veuillez sélectionner une taille; c'est l'été",
    'r5---sn-uggm0lkx.googlevideo.com',
    "so-called 'boss'--he was right",
    'settings; select a size',
    "Unknown column 'x'; skipping",
    'args=[null, null, 3]',
    '/products/5#',
    '/api/update?set=3',
  ])('takes %s for no attack, which models of before do', (text) => {
    expect(categoriesIn(text)).toEqual([]);
  });

  it.each([
    ['5--', '/p?id=5--'],
    ["'--", "/p?id=admin'--"],
    ['order by', "/p?id=1'+order+by+5"],
    ['curl http', '/p?u=curl+http://a.b'],
  ])('names the sign %s as it stands in %s', (name, text) => {
    expect(IN_CONTEXT.describe(decodeText(text)).map((sign) => sign.name)).toContain(name);
  });

  it('leaves models that were trained before as they are', () => {
    const before = attackPatternsOf(undefined);
    expect(before.patterns).toHaveLength(192);
    for (const text of ['/api/netstats', '/api/broadcast(1)', '/search?q=shoes+like+nike', '/wiki/nuclei']) {
      expect(categoriesIn(text, before)).not.toEqual([]);
    }
    expect(categoriesIn('/p?q=&lt;script&gt;', before)).toEqual([]);
  });

  it('finds every pattern in its own text, whatever the filter by characters', () => {
    for (const { patterns, isInContext } of [attackPatternsOf(undefined), IN_CONTEXT]) {
      const bare = new Map(patterns.map((pattern) => [pattern, pattern.sequences]));
      for (const [pattern, sequences] of bare) {
        for (const sequence of sequences) {
          const text = sequence.map((part) => part.text).join(' ');
          const anywhere = sequence.map((part) => ({ ...part, before: 0, behind: 0 }));
          expect([pattern.name, matchesSequence(text, anywhere, isInContext)]).toEqual([pattern.name, true]);
        }
      }
      expect(new Set(patterns.map(({ category }) => category)).size).toBe(ATTACK_CATEGORIES.length);
    }
  });

  it('needs the parts in order, close together and in one parameter', () => {
    const parts = ['union', ' select'].map((text) => ({ text, before: 0, behind: 0 }));
    expect(matchesSequence('union all select', parts)).toBe(true);
    expect(matchesSequence(' select union', parts)).toBe(false);
    expect(matchesSequence(`union${'x'.repeat(MAX_GAP)} select`, parts)).toBe(true);
    expect(matchesSequence(`union${'x'.repeat(MAX_GAP + 1)} select`, parts)).toBe(false);
    expect(matchesSequence(`union${'x'.repeat(90)}union select`, parts)).toBe(true);
    expect(matchesSequence('union&x= select', parts)).toBe(true);
    expect(matchesSequence('union&x= select', parts, true)).toBe(false);
  });
});
