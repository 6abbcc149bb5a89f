/**
 * Painless that reads fields as `common/log_features/fields/field_access.ts` and `field_value.ts` do. Every function is a constant:
 * what a model has learned and what users have written comes in through the parameters.
 */
export const READ_VALUES = `
def within(def value, List keys, int start) {
  if (value instanceof Map) return find((Map) value, keys, start);
  if (!(value instanceof List)) return keys;
  List list = (List) value;
  List values = new ArrayList();
  for (int i = 0; i < list.size() && i < 1000; i++) {
    def found = within(list.get(i), keys, start);
    if (found === keys) continue;
    if (found instanceof List) {
      List part = (List) found;
      for (int k = 0; k < part.size() && k < 1000; k++) values.add(part.get(k));
    } else values.add(found);
  }
  return values.size() == 0 ? keys : values.size() == 1 ? values.get(0) : values;
}

def find(Map node, List keys, int start) {
  List candidates = (List) keys.get(start);
  int rest = keys.size() - start;
  for (int length = candidates.size(); length >= 1; length--) {
    String key = (String) candidates.get(length - 1);
    def value = node.get(key);
    if (length == rest) {
      if (value != null || node.containsKey(key)) return value;
    } else if (value != null) {
      def found = within(value, keys, start + length);
      if (!(found === keys)) return found;
    }
  }
  return keys;
}

def field(Map document, List keys) {
  def found = find(document, keys, 0);
  return found === keys ? null : found;
}

boolean isScalar(def value) {
  return value instanceof String || value instanceof Number || value instanceof Boolean;
}

def firstOf(List list) {
  def first = null;
  String text = '';
  for (int i = 0; i < list.size() && i < 1000; i++) {
    def element = list.get(i);
    if (element instanceof List) element = firstOf((List) element);
    if (!isScalar(element) || ''.equals(element) || '-'.equals(element)) continue;
    String other = element instanceof String ? (String) element
      : element instanceof Boolean ? String.valueOf(((Boolean) element).booleanValue()) : numeral((Number) element);
    if (first == null || other.compareTo(text) < 0) {
      first = element;
      text = other;
    }
  }
  return first;
}

def scalarOf(def value) {
  def scalar = value instanceof List ? firstOf((List) value) : value;
  if (!isScalar(scalar) || ''.equals(scalar) || '-'.equals(scalar)) return null;
  return scalar;
}

boolean isSpace(int code) {
  return code == 32 || code >= 9 && code <= 13 || code >= 160 && (code == 160 || code == 5760 || code >= 8192 && code <= 8202
    || code == 8232 || code == 8233 || code == 8239 || code == 8287 || code == 12288 || code == 65279);
}

String trimmed(String text) {
  int from = 0;
  int to = text.length();
  while (from < to && isSpace(text.charAt(from))) from++;
  while (to > from && isSpace(text.charAt(to - 1))) to--;
  return text.substring(from, to);
}

int digits(String text, int from) {
  int at = from;
  while (at < text.length() && text.charAt(at) >= 48 && text.charAt(at) <= 57) at++;
  return at;
}

boolean isNumeric(String text) {
  int length = text.length();
  int at = length > 0 && (text.charAt(0) == 43 || text.charAt(0) == 45) ? 1 : 0;
  int whole = digits(text, at) - at;
  at += whole;
  if (at < length && text.charAt(at) == 46) {
    int fraction = digits(text, at + 1) - at - 1;
    if (whole == 0 && fraction == 0) return false;
    at += 1 + fraction;
  } else if (whole == 0) return false;
  if (at < length && (text.charAt(at) == 101 || text.charAt(at) == 69)) {
    at++;
    if (at < length && (text.charAt(at) == 43 || text.charAt(at) == 45)) at++;
    int end = digits(text, at);
    if (end == at || end - at > 4) return false;
    at = end;
  }
  return at == length;
}

/* a Float as it is written: 1.1 and not 1.100000023841858 */
double doubleOf(Number number) {
  return number instanceof Float ? Double.parseDouble(number.toString()) : number.doubleValue();
}

double numberOf(def value) {
  if (value instanceof List) {
    List list = (List) value;
    double largest = Double.NaN;
    for (int i = 0; i < list.size() && i < 1000; i++) {
      double number = numberOf(list.get(i));
      if (number == number && !(number <= largest)) largest = number;
    }
    return largest;
  }
  def scalar = value instanceof Number ? value : scalarOf(value);
  double number;
  if (scalar instanceof Number) number = doubleOf((Number) scalar);
  else if (scalar instanceof String) {
    String text = (String) scalar;
    if (text.length() > 400) return Double.NaN;
    text = trimmed(text);
    if (!isNumeric(text)) return Double.NaN;
    number = Double.parseDouble(text);
    if (number - number != 0) number = number > 0 ? 3.4028234663852886e38 : -3.4028234663852886e38;
  } else return Double.NaN;
  if (number - number != 0) return Double.NaN;
  if (number > 3.4028234663852886e38) return 3.4028234663852886e38;
  if (number < -3.4028234663852886e38) return -3.4028234663852886e38;
  return number;
}

boolean isAmong(List numbers, double number) {
  for (int i = 0; i < numbers.size(); i++) if (((Number) numbers.get(i)).doubleValue() == number) return true;
  return false;
}

String reasonOf(def value, boolean isNumber) {
  if (value instanceof Map) return 'object';
  def scalar = value instanceof Number ? value : scalarOf(value);
  if (scalar == null) return 'missing';
  if (isNumber && scalar instanceof Number) return ((Number) scalar).doubleValue() - ((Number) scalar).doubleValue() == 0 ? 'out_of_range' : 'not_finite';
  if (isNumber && scalar instanceof String && ((String) scalar).length() <= 400) {
    String text = trimmed((String) scalar).toLowerCase(Locale.ROOT);
    if (text.startsWith('+') || text.startsWith('-')) text = text.substring(1);
    if (isNumeric(text)) return 'out_of_range';
    if (text.equals('nan') || text.equals('inf') || text.equals('infinity')) return 'not_finite';
  }
  return 'wrong_type';
}

String numberText(double number) {
  if (number != number) return 'NaN';
  if (number - number != 0) return number > 0 ? 'Infinity' : '-Infinity';
  if (number == Math.rint(number) && Math.abs(number) < 1e15) return String.valueOf((long) number);
  String shown = Double.toString(Math.abs(number));
  int e = shown.indexOf('E');
  String mantissa = e < 0 ? shown : shown.substring(0, e);
  int point = mantissa.indexOf('.');
  int place = point + (e < 0 ? 0 : Integer.parseInt(shown.substring(e + 1)));
  long value = Long.parseLong(mantissa.substring(0, point) + mantissa.substring(point + 1));
  int exponent = place - mantissa.length() + 1;
  while (value >= 10 && Double.parseDouble(String.valueOf((value + 5) / 10) + 'E' + (exponent + 1)) == Math.abs(number)) {
    value = (value + 5) / 10;
    exponent++;
  }
  String digits = String.valueOf(value);
  place = exponent + digits.length();
  int count = digits.length();
  StringBuilder text = new StringBuilder();
  if (number < 0) text.append('-');
  if (place > 0 && place <= 21) {
    if (count <= place) {
      text.append(digits);
      for (int i = count; i < place; i++) text.append('0');
    } else text.append(digits.substring(0, place)).append('.').append(digits.substring(place));
  } else if (place > -6 && place <= 0) {
    text.append('0.');
    for (int i = place; i < 0; i++) text.append('0');
    text.append(digits);
  } else {
    text.append(digits.substring(0, 1));
    if (count > 1) text.append('.').append(digits.substring(1));
    text.append('e').append(place > 0 ? '+' : '-').append(String.valueOf(place > 0 ? place - 1 : 1 - place));
  }
  return text.toString();
}

String numeral(Number number) {
  if (number instanceof BigInteger) return number.toString();
  if (number instanceof Long) {
    long whole = number.longValue();
    if (whole > 9007199254740991L || whole < -9007199254740991L) return String.valueOf(whole);
  }
  return numberText(doubleOf(number));
}

String textOf(def value, int maxLength) {
  def scalar = scalarOf(value);
  if (scalar == null) return null;
  String text;
  if (scalar instanceof String) text = (String) scalar;
  else if (scalar instanceof Boolean) text = ((Boolean) scalar).booleanValue() ? 'true' : 'false';
  else text = numeral((Number) scalar);
  return text.length() <= maxLength ? text : text.substring(0, maxLength);
}

boolean hasSurrogate(String text) {
  for (int i = 0; i < text.length(); i++) if (text.charAt(i) >= 55296 && text.charAt(i) < 57344) return true;
  return false;
}

String codeUnits(String text) {
  StringBuilder units = new StringBuilder();
  for (int i = 0; i < text.length(); i++) units.append((int) text.charAt(i)).append(' ');
  return units.toString();
}

double signedLog(double number) {
  return number < 0 ? -StrictMath.log1p(-number) : StrictMath.log1p(number);
}
`;
