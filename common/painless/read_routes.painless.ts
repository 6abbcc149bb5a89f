/**
 * Painless that reads routes as `common/log_features/fields/routes.ts` does, and groups of them as `group_fields.ts`.
 *
 * A part is a map of the keys of its field and of how its value is read: as a route, masked, as part of a connection or as it stands.
 * Needs `READ_CONNECTIONS` or `NO_CONNECTIONS`.
 */
export const READ_ROUTES = `
boolean isDigitCode(int code) { return code >= 48 && code <= 57; }
boolean isUpperCode(int code) { return code >= 65 && code <= 90; }
boolean isLetterCode(int code) { return isUpperCode(code) || code >= 97 && code <= 122 || code >= 128; }
boolean isHexCode(int code) { return isDigitCode(code) || code >= 65 && code <= 70 || code >= 97 && code <= 102; }

String maskToken(String token) {
  int length = token.length();
  int count = 0;
  int hex = 0;
  int letters = 0;
  while (letters < length && !isDigitCode(token.charAt(letters))) letters++;
  for (int i = 0; i < length; i++) {
    int code = token.charAt(i);
    if (isDigitCode(code)) count++;
    if (isHexCode(code)) hex++;
  }
  if (count == 0) return length >= 32 || length >= 16 && hex == length ? '{id}' : token;
  if (length >= 16 || length >= 6 && hex == length) return '{id}';
  return letters + count == length ? token.substring(0, letters) + '{id}' : '{id}';
}

boolean isVersion(String segment) {
  int length = segment.length();
  if (length < 2 || length > 5) return false;
  int first = segment.charAt(0);
  if (first != 118 && first != 86 || !isDigitCode(segment.charAt(1))) return false;
  for (int i = 2; i < length; i++) {
    int code = segment.charAt(i);
    if (!isDigitCode(code) && code != 46) return false;
  }
  return true;
}

int endOfHexRun(String segment, int from) {
  int count = 0;
  int end = from;
  while (end < segment.length()) {
    int code = segment.charAt(end);
    if (!isHexCode(code) && code != 45) break;
    if (isDigitCode(code)) count++;
    end++;
  }
  boolean isWhole = end == segment.length() || !(isLetterCode(segment.charAt(end)) || isDigitCode(segment.charAt(end)));
  return isWhole && count > 0 && end - from >= 16 ? end : from;
}

boolean isNamedByEnding(String masked) {
  int length = masked.length();
  if (length < 6 || length > 10 || !masked.startsWith('{id}.')) return false;
  for (int i = 5; i < length; i++) {
    int code = masked.charAt(i);
    boolean isLower = code >= 97 && code <= 122;
    if (!isLower && (i == 5 || !(isDigitCode(code) || isUpperCode(code) || code == 95))) return false;
  }
  return true;
}

String maskSegment(String whole) {
  int semicolon = whole.indexOf(';');
  String segment = semicolon > 0 ? whole.substring(0, semicolon) : whole;
  int length = segment.length();
  if (length > 64) return '{id}';
  if (isVersion(segment)) return segment;
  int count = 0;
  for (int i = 0; i < length; i++) {
    int code = segment.charAt(i);
    if (code == 37 || code == 64) return '{id}';
    if (isDigitCode(code)) count++;
  }
  if (count == 0 && length < 16) return segment;
  StringBuilder masked = new StringBuilder();
  boolean kept = false;
  int i = 0;
  while (i < length) {
    int start = i;
    int end = endOfHexRun(segment, i);
    if (end > i) {
      masked.append('{id}');
      i = end;
      continue;
    }
    while (i < length && (isDigitCode(segment.charAt(i)) || isLetterCode(segment.charAt(i)))) i++;
    if (i > start) {
      String token = maskToken(segment.substring(start, i));
      if (!token.equals('{id}')) kept = true;
      masked.append(token);
    } else {
      masked.append(segment.charAt(i));
      i++;
    }
  }
  String result = masked.toString();
  return kept || isNamedByEnding(result) ? result : '{id}';
}

String keyOf(String text) {
  return hasSurrogate(text) ? codeUnits(text) : text;
}

String parameterOf(String segment) {
  int length = segment.length();
  int dot = segment.lastIndexOf('.');
  if (dot < 0 || dot < length - 6 || dot > length - 2) return '{id}';
  for (int i = dot + 1; i < length; i++) {
    int code = segment.charAt(i);
    boolean isLower = code >= 97 && code <= 122;
    if (!isLower && (i == dot + 1 || !(isDigitCode(code) || isUpperCode(code) || code == 95))) return '{id}';
  }
  return '{id}' + segment.substring(dot);
}

String routeOf(String whole, boolean withKeys, Map parents) {
  String text = whole.length() > 2048 ? whole.substring(0, 2048) : whole;
  int length = text.length();
  int url = 0;
  while (url < length && url <= 10 && isUpperCode(text.charAt(url))) url++;
  url = url > 0 && url < length - 1 && text.charAt(url) == 32 ? url + 1 : 0;
  int to = length;
  if (url > 0) {
    int version = text.lastIndexOf(' HTTP/');
    if (version >= url) to = version;
  }
  int from = url;
  int colon = text.indexOf('://', url);
  if (colon > url && colon - url <= 12) {
    boolean isScheme = true;
    for (int i = url; i < colon; i++) if (!isLetterCode(text.charAt(i))) isScheme = false;
    if (isScheme) {
      from = colon + 3;
      while (from < length && text.charAt(from) != 47 && text.charAt(from) != 63 && text.charAt(from) != 35) from++;
    }
  }
  int hash = text.indexOf('#', from);
  if (hash >= 0 && hash < to) to = hash;
  int question = text.indexOf('?', from);
  int pathEnd = question >= 0 && question < to ? question : to;
  StringBuilder route = new StringBuilder();
  int segments = 0;
  int start = from;
  while (start < pathEnd) {
    int slash = text.indexOf('/', start);
    int end = slash < 0 || slash > pathEnd ? pathEnd : slash;
    if (end > start) {
      if (segments == 12) {
        route.append('/').append((char) 8230);
        break;
      }
      String segment = maskSegment(text.substring(start, end));
      boolean isParameter = parents != null && parents.containsKey(keyOf(route.toString()));
      route.append('/').append(isParameter ? parameterOf(segment) : segment);
      segments++;
    }
    start = end + 1;
  }
  if (route.length() == 0) route.append('/');
  if (withKeys && pathEnd < to) {
    TreeSet keys = new TreeSet();
    start = pathEnd + 1;
    while (start < to && keys.size() <= 8) {
      int ampersand = text.indexOf('&', start);
      int end = ampersand < 0 || ampersand > to ? to : ampersand;
      int equals = text.indexOf('=', start);
      int keyEnd = equals < 0 || equals > end ? end : equals;
      if (keyEnd > start) keys.add(maskSegment(text.substring(start, keyEnd)));
      start = end + 1;
    }
    int place = 0;
    for (def key : keys) {
      route.append(place == 0 ? '?' : '&');
      if (place == 8) {
        route.append((char) 8230);
        break;
      }
      route.append((String) key);
      place++;
    }
  }
  return route.length() > 256 ? route.substring(0, 256) : route.toString();
}

String maskedText(String whole) {
  String text = whole.length() > 2048 ? whole.substring(0, 2048) : whole;
  int length = text.length();
  StringBuilder masked = new StringBuilder();
  int i = 0;
  while (i < length && masked.length() < 256) {
    int start = i;
    String token;
    int end = endOfHexRun(text, i);
    if (end > i) {
      i = end;
      token = '{id}';
    } else {
      while (i < length && (isDigitCode(text.charAt(i)) || isLetterCode(text.charAt(i)))) i++;
      if (i == start) {
        i++;
        token = text.substring(start, i);
      } else {
        token = maskToken(text.substring(start, i));
      }
    }
    int joined = masked.length() - 1;
    boolean isJoined = token.equals('{id}') && joined >= 4
      && '.:_-,/'.indexOf(masked.substring(joined)) >= 0
      && masked.substring(joined - 4, joined).equals('{id}');
    if (isJoined) masked.setLength(joined);
    else masked.append(token);
  }
  return masked.length() > 256 ? masked.substring(0, 256) : masked.toString();
}

String separator() {
  StringBuilder text = new StringBuilder();
  text.append((char) 10);
  return text.toString();
}

String partOf(Map document, Map part) {
  String read = (String) part.get('read');
  if (read == 'connection') return connectionPartOf(document, part);
  String text = textOf(field(document, (List) part.get('keys')), read == null ? 256 : 2048);
  if (text == null || read == null) return text;
  return read == 'route' ? routeOf(text, false, (Map) part.get('parents')) : maskedText(text);
}

List partsOf(Map document, List parts) {
  List texts = new ArrayList();
  for (def part : parts) texts.add(partOf(document, (Map) part));
  return texts;
}
`;

/** Painless that rates statuses as `common/log_features/category/severity_encoding.ts` does. */
export const READ_SEVERITIES = `
String codeOf(String text) {
  StringBuilder code = new StringBuilder();
  int count = 0;
  for (int i = 0; i < text.length() && i < 64; i++) {
    int unit = text.charAt(i);
    if (unit == 32 || unit == 45 || unit == 95 || unit == 9) {
      if (count > 0 && count == code.length()) return code.toString();
      continue;
    }
    if (unit >= 48 && unit <= 57) count++;
    code.append((char) (unit >= 97 && unit <= 122 ? unit - 32 : unit));
  }
  return code.toString();
}

int badnessOf(String code, Map p) {
  def named = ((Map) p.get('names')).get(code);
  if (named != null) return ((Number) named).intValue();
  int count = digits(code, 0);
  if (count == 0 || count > 9 || count < code.length()) return 1;
  int number = Integer.parseInt(code);
  List steps = (List) p.get('steps');
  int badness = 1;
  for (int i = 0; i < steps.size(); i += 2) {
    if (number < ((Number) steps.get(i)).intValue()) break;
    badness = ((Number) steps.get(i + 1)).intValue();
  }
  return badness;
}

double tailOf(Map group, String code, int badness) {
  def tail = ((Map) group.get('tails')).get(keyOf(code));
  return ((Number) (tail == null ? ((List) group.get('worse')).get(badness) : tail)).doubleValue();
}

double severityOf(String code, Map p, Map document) {
  int badness = badnessOf(code, p);
  if (badness == 0) return 0;
  Map others = (Map) p.get('others');
  double share = (tailOf(others, code, badness) + 1) / (((Number) others.get('total')).doubleValue() + 2);
  List parts = (List) p.get('parts');
  boolean isList = ((Boolean) p.get('is_list')).booleanValue();
  String name = '';
  for (int i = 0; i < parts.size(); i++) {
    String part = partOf(document, (Map) parts.get(i));
    if (part == null && !isList) break;
    name += (i == 0 ? '' : separator()) + (part == null ? '' : part);
    Map group = (Map) ((Map) p.get('groups')).get(keyOf(name));
    if (group == null) continue;
    share = (tailOf(group, code, badness) + 20 * share) / (((Number) group.get('total')).doubleValue() + 20);
  }
  share = Math.max(share, 0.5 / (((Number) others.get('total')).doubleValue() + 1));
  return badness * -StrictMath.log(share);
}
`;

/** Painless that compares numbers with their group as `common/log_features/number/deviation_encoding.ts` does. */
export const READ_DEVIATIONS = `
double inverseSinh(double x) {
  if (x > 268435456.0) return StrictMath.log(x) + 0.6931471805599453;
  double root = Math.sqrt(x * x + 1.0);
  return x > 2.0
    ? StrictMath.log(2.0 * x + 1.0 / (root + x))
    : StrictMath.log1p(x + x * x / (1.0 + root));
}

double toScale(double value, Map p) {
  if (((Boolean) p.get('root')).booleanValue()) return 2.0 * Math.sqrt(Math.max(0.0, value) + 0.375);
  return ((Boolean) p.get('log')).booleanValue() ? signedLog(value / ((Number) p.get('one')).doubleValue()) : value;
}

double fromScale(double value, Map p) {
  if (((Boolean) p.get('root')).booleanValue()) {
    double half = Math.max(0.0, value) / 2.0;
    return Math.max(0.0, half * half - 0.375);
  }
  if (!((Boolean) p.get('log')).booleanValue()) return value;
  return Math.signum(value) * StrictMath.expm1(Math.abs(value)) * ((Number) p.get('one')).doubleValue();
}

double deviationOf(double n, Map p, Map document, def time) {
  List parts = (List) p.get('parts');
  boolean isList = ((Boolean) p.get('is_list')).booleanValue();
  List group = (List) p.get('others');
  String name = '';
  for (int i = 0; i < parts.size(); i++) {
    String part = partOf(document, (Map) parts.get(i));
    if (part == null && !isList) break;
    name += (i == 0 ? '' : separator()) + (part == null ? '' : part);
    List found = (List) ((Map) p.get('groups')).get(keyOf(name));
    if (found != null) group = found;
  }
  int hour = 0;
  if (group.size() > 2) {
    double position = positionOf(time, true, (String) p.get('zone'));
    if (position == position) hour = (int) Math.floor(position);
  }
  double spread = ((Number) group.get(0)).doubleValue();
  double level = ((Number) group.get(1 + hour)).doubleValue();
  double usual = fromScale(level, p);
  double tolerance = ((Number) p.get('tolerance')).doubleValue();
  if (tolerance != 0) {
    double tolerated = usual + (level < 0 ? -tolerance : tolerance);
    double tolerable = Math.abs(toScale(tolerated, p) - level);
    if (((Boolean) p.get('root')).booleanValue()) tolerable = Math.max(tolerable, level - toScale(usual - tolerance, p));
    spread = Math.max(spread, tolerable);
  }
  def below = p.get('below');
  if (below != null && n < ((Number) below).doubleValue()) return 0;
  double within = ((Number) p.get('within')).doubleValue();
  if (within > 0 && Math.abs(n - usual) <= within * Math.abs(usual) * 1.00001) return 0;
  double spreads = (toScale(n, p) - level) / spread;
  String direction = (String) p.get('direction');
  if (direction == 'high' && spreads < 0 || direction == 'low' && spreads > 0) return 0;
  double beyond = Math.abs(spreads) - 2;
  return beyond > 0 ? Math.signum(spreads) * inverseSinh(beyond) : 0;
}
`;

/** Painless that rates combinations as `common/log_features/category/combination_encoding.ts` does. */
export const READ_COMBINATIONS = `
String combinationOf(List parts) {
  StringBuilder name = new StringBuilder();
  boolean isEmpty = true;
  for (int i = 0; i < parts.size(); i++) {
    String part = (String) parts.get(i);
    if (part == null) part = '';
    part = part.replace(separator(), ' ');
    parts.set(i, part);
    if (part.length() > 0) isEmpty = false;
    if (i > 0) name.append(separator());
    name.append(part);
  }
  return isEmpty ? null : name.toString();
}

boolean lacksPart(List parts, Map p) {
  List seldom = (List) p.get('seldom_missing');
  for (int i = 0; i < seldom.size(); i++) if (parts.get(((Number) seldom.get(i)).intValue()).equals('')) return true;
  return false;
}

double combinationSurprise(String name, List parts, Map p) {
  def known = ((Map) p.get('known')).get(keyOf(name));
  if (known != null) return ((Number) known).doubleValue();
  double total = ((Number) p.get('total')).doubleValue();
  double sum = 0;
  int places = 0;
  boolean skips = lacksPart(parts, p);
  for (int place = 0; place < parts.size(); place++) {
    if (skips && !parts.get(place).equals('')) continue;
    places++;
    Map own = (Map) ((List) p.get('values')).get(place);
    def count = own.get(keyOf((String) parts.get(place)));
    double share = ((count == null ? at((List) p.get('unseen'), place) : ((Number) count).doubleValue()) + 1) / (total + own.size() + 1);
    StringBuilder others = new StringBuilder();
    boolean first = true;
    for (int i = 0; i < parts.size(); i++) {
      if (i == place) continue;
      if (!first) others.append(separator());
      first = false;
      others.append((String) parts.get(i));
    }
    List beside = (List) ((Map) ((List) p.get('beside')).get(place)).get(keyOf(others.toString()));
    double seen = beside == null ? 0 : ((Number) beside.get(0)).doubleValue();
    double distinct = beside == null ? 1 : ((Number) beside.get(1)).doubleValue();
    sum -= StrictMath.log((0 + distinct * share) / (seen + distinct));
  }
  return sum / places;
}
`;

/** Painless that finds the most surprising stretch as `common/log_features/text/attack_signs_encoding.ts` does. */
export const READ_ATTACK_SIGNS = `
boolean isUrlOrPath(String text) {
  int length = text.length();
  int at = 0;
  while (at < length && text.charAt(at) >= 65 && text.charAt(at) <= 90) at++;
  if (at > 0 && (at < 3 || at > 10 || at >= length || text.charAt(at) != 32)) return false;
  if (at > 0) at++;
  if (at >= length) return false;
  if (text.charAt(at) == 47) return true;
  if (text.charAt(at) < 97 || text.charAt(at) > 122) return false;
  int start = at;
  while (at < length && at - start <= 11) {
    int code = text.charAt(at);
    boolean isScheme = code >= 97 && code <= 122 || code >= 48 && code <= 57 || code == 43 || code == 45 || code == 46;
    if (!isScheme) break;
    at++;
  }
  return at - start <= 11 && text.startsWith('://', at);
}

boolean holdsPath(String decoded, List paths) {
  int question = decoded.indexOf('?');
  String text = normaliseText(question < 0 ? decoded : decoded.substring(0, question), false);
  int host = text.indexOf('://');
  if (host >= 0) {
    int begin = text.indexOf('/', host + 3);
    text = begin < 0 ? '' : text.substring(begin);
  }
  for (int i = 0; i < paths.size(); i++) {
    String path = (String) paths.get(i);
    int at = text.indexOf(path);
    while (at >= 0) {
      int end = at + path.length();
      if (end >= text.length() || text.charAt(end) != 45 && (text.charAt(end) < 97 || text.charAt(end) > 122)) return true;
      at = text.indexOf(path, at + 1);
    }
  }
  return false;
}

double attackSigns(String text, Map p, Map texts) {
  String decoded = decodeText(text);
  String classes = (String) texts.get('classes');
  List table = (List) texts.get('x_log_x');
  String bigrams = (String) p.get('bigrams');
  List surprises = (List) p.get('surprises');
  double[] all = statistics(decoded, classes, table, bigrams, surprises);
  double peak = all[6];
  if (isUrlOrPath(decoded)) {
    int question = decoded.indexOf('?');
    peak = question < 0 ? 0 : statistics(decoded.substring(question + 1), classes, table, bigrams, surprises)[6];
  }
  double found = attackPatterns(decoded, (Map) texts.get('attacks'))[0];
  if (p.get('paths') != null && isUrlOrPath(decoded) && holdsPath(decoded, (List) p.get('paths'))) found++;
  double marks = Math.max(0.0, all[7] - ((Number) p.get('marks')).doubleValue());
  double surprise = Math.max(0.0, peak - ((Number) p.get('surprise')).doubleValue());
  double known = marks + 4 * found;
  return StrictMath.log1p(known > 0 ? known + 2 * surprise : 0.0);
}
`;
