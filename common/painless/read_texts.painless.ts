/**
 * Painless that reads texts as `common/log_features/text/text_statistics.ts` and `attack_patterns.ts` do.
 *
 * `classes` holds for each character code up to 128 its symbol, its kind (0 other letters, 1 upper case, 2 digit, 3 special,
 * 4 not ASCII) shifted by 6 and whether it is a mark shifted by 9.
 */
export const READ_TEXTS = `
int hexDigit(int code) {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}

String decodePercent(String text) {
  int percent = text.indexOf('%');
  if (percent < 0) return text;
  StringBuilder decoded = new StringBuilder();
  int start = 0;
  while (percent >= 0 && percent + 2 < text.length()) {
    int high = hexDigit(text.charAt(percent + 1));
    int low = hexDigit(text.charAt(percent + 2));
    if (high >= 0 && low >= 0) {
      decoded.append(text, start, percent);
      decoded.append((char) (high * 16 + low));
      start = percent + 3;
      percent = text.indexOf('%', start);
    } else percent = text.indexOf('%', percent + 1);
  }
  decoded.append(text, start, text.length());
  return decoded.toString();
}

String decodeText(String text) {
  String decoded = text.indexOf('+') >= 0 ? text.replace('+', ' ') : text;
  return decodePercent(decodePercent(decoded));
}

double encodedShare(String text) {
  int escapes = 0;
  int percent = text.indexOf('%');
  while (percent >= 0 && percent + 2 < text.length()) {
    if (hexDigit(text.charAt(percent + 1)) >= 0 && hexDigit(text.charAt(percent + 2)) >= 0) {
      escapes++;
      percent += 2;
    }
    percent = text.indexOf('%', percent + 1);
  }
  return (escapes * 3) / (double) text.length();
}

double xLogX(int count, List table) {
  if (count < table.size()) return ((Number) table.get(count)).doubleValue();
  return count * StrictMath.log(count);
}

double[] statistics(String text, String classes, List xLogXTable, String bigrams, List surprises) {
  int length = text.length();
  int[] counts = new int[129];
  int[] distinct = new int[129];
  double[] recent = new double[16];
  int distinctCount = 0;
  int token = 0;
  int longest = 0;
  double windowSum = 0;
  double peak = 0;
  int row = -1;
  for (int i = 0; i < length; i++) {
    int code = text.charAt(i);
    if (code > 128) code = 128;
    int count = counts[code];
    if (count == 0) {
      distinct[distinctCount] = code;
      distinctCount++;
    }
    counts[code] = count + 1;
    int properties = classes.charAt(code) - 32;
    if ((properties >> 6 & 7) == 3) token = 0;
    else {
      token++;
      if (token > longest) longest = token;
    }
    int symbol = properties & 63;
    if (row >= 0) {
      double surprise = ((Number) surprises.get(bigrams.charAt(row + symbol) - 32)).doubleValue();
      int slot = i & 15;
      windowSum += surprise - recent[slot];
      recent[slot] = surprise;
      if (windowSum > peak) peak = windowSum;
    }
    row = symbol * 62;
  }
  int[] kinds = new int[5];
  int marks = 0;
  double sumXLogX = 0;
  for (int i = 0; i < distinctCount; i++) {
    int code = distinct[i];
    int count = counts[code];
    int properties = classes.charAt(code) - 32;
    sumXLogX += xLogX(count, xLogXTable);
    kinds[properties >> 6 & 7] += count;
    if (properties >> 9 == 1) marks += count;
  }
  double divisor = length < 1 ? 1 : length;
  return new double[] {
    length == 0 ? 0.0 : Math.max(0.0, StrictMath.log(length) - sumXLogX / length),
    kinds[2] / divisor, kinds[1] / divisor, kinds[3] / divisor, kinds[4] / divisor, longest, peak / 16, marks
  };
}

boolean isHeader(String text, int at) {
  int end = at;
  while (end < text.length() && end - at < 31) {
    int code = text.charAt(end);
    if (code != 45 && ((code | 32) < 97 || (code | 32) > 122)) break;
    end++;
  }
  if (end == text.length()) return false;
  if (text.charAt(end) == 58) return end - at > 1 && end - at < 31;
  return text.charAt(end) == 47 && end - at == 4 && text.substring(at, end).equalsIgnoreCase('http');
}

String normaliseText(String text, boolean keepsHeaders) {
  int length = text.length();
  StringBuilder normal = new StringBuilder();
  boolean space = false;
  for (int i = 0; i < length; i++) {
    int code = text.charAt(i);
    if (code >= 65 && code <= 90) code += 32;
    else if (code >= 9 && code <= 13 || code == 160) code = keepsHeaders && (code == 10 || code == 13) && isHeader(text, i + 1) ? 10 : 32;
    else if (code == 47 && i + 3 < length && text.charAt(i + 1) == 42 && text.charAt(i + 2) == 42 && text.charAt(i + 3) == 47) {
      code = 32;
      i += 3;
    }
    if (code == 32) {
      if (space) continue;
      space = true;
    } else space = false;
    normal.append((char) code);
  }
  return normal.toString();
}

int hexAt(String text, int at, int count) {
  int value = 0;
  for (int place = at; place < at + count; place++) {
    int digit = place < text.length() ? hexDigit(text.charAt(place)) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

int[] entityAt(String text, int at, Map entities) {
  int end = at + 10 > text.length() ? text.length() : at + 10;
  int place = at + 1;
  if (place < end && text.charAt(place) == 35) {
    place++;
    boolean isHex = place < end && (text.charAt(place) == 120 || text.charAt(place) == 88);
    if (isHex) place++;
    int first = place;
    int code = 0;
    while (place < end) {
      int digit = hexDigit(text.charAt(place));
      if (digit < 0 || !isHex && digit > 9) break;
      if (code <= 65535) code = code * (isHex ? 16 : 10) + digit;
      place++;
    }
    if (place == first || code > 65535) return null;
    if (place < text.length() && text.charAt(place) == 59) place++;
    return new int[] { code, place - at };
  }
  int semicolon = text.substring(at, end).indexOf(';');
  if (semicolon < 1) return null;
  def name = text.substring(at + 1, at + semicolon).toLowerCase(Locale.ROOT);
  def character = entities.get(name);
  if (character == null) return null;
  String found = (String) character;
  return new int[] { (int) found.charAt(0), semicolon + 1 };
}

int overlongAt(String text, int at) {
  int place = text.charAt(at) == 224 ? at + 1 : at + 2;
  if (place + 1 >= text.length() || place > at + 1 && text.charAt(at + 1) != 128) return -1;
  int high = text.charAt(place);
  int low = text.charAt(place + 1);
  return high >= 128 && high <= 129 && low >= 128 && low <= 191 ? (high & 1) << 6 | low & 63 : -1;
}

String revealText(String decoded, Map entities, boolean isThorough) {
  String text = isThorough ? decodePercent(decodePercent(decoded)) : decoded;
  int length = text.length();
  StringBuilder revealed = new StringBuilder();
  int i = 0;
  while (i < length) {
    int code = text.charAt(i);
    int next = i + 1 < length ? text.charAt(i + 1) : 0;
    int third = i + 2 < length ? text.charAt(i + 2) : 0;
    int seen = code;
    int taken = 1;
    if (code == 38) {
      int[] entity = entityAt(text, i, entities);
      if (entity != null) {
        seen = entity[0];
        taken = entity[1];
      }
    } else if ((code == 92 || code == 37) && (next == 117 || next == 85)) {
      int unit = hexAt(text, i + 2, 4);
      if (unit >= 0) {
        seen = unit;
        taken = 6;
      }
    } else if (code == 92 && (next == 120 || next == 88)) {
      int unit = hexAt(text, i + 2, 2);
      if (unit >= 0) {
        seen = unit;
        taken = 4;
      }
    } else if ((code == 192 || code == 193) && next >= 128 && next <= 191) {
      seen = (code & 1) << 6 | next & 63;
      taken = 2;
    } else if (code == 239 && (next == 188 || next == 189) && third >= 128 && third <= 191) {
      seen = 61440 | (next & 63) << 6 | third & 63;
      taken = 3;
    } else if (isThorough && (code == 224 || code == 240)) {
      int overlong = overlongAt(text, i);
      if (overlong >= 0) {
        seen = overlong;
        taken = code == 224 ? 3 : 4;
      }
    }
    if (seen >= 65281 && seen <= 65374) seen -= 65248;
    else if (isThorough && (seen == 8725 || seen == 61477)) seen = 47;
    else if (isThorough && (seen == 8726 || seen == 61384)) seen = 92;
    revealed.append((char) seen);
    i += taken;
  }
  return revealed.toString();
}

boolean holds(Map marks, String name, int code) {
  return ((String) marks.get(name)).indexOf(String.valueOf((char) code)) >= 0;
}

boolean isWordCharacter(int code) {
  return code >= 97 && code <= 122 || code >= 48 && code <= 57 || code == 95;
}

boolean suitsBefore(String text, int start, int context, Map marks) {
  int at = start - 1;
  if (context == 2 || context == 6) while (at >= 0 && text.charAt(at) == 32) at--;
  if (at < 0) return context != 6;
  int code = text.charAt(at);
  if (context == 1) return !isWordCharacter(code);
  if (context == 3) return !isWordCharacter(code) && code != 46;
  if (context == 7) return code < 97 || code > 122;
  if (context == 2) return holds(marks, 'command', code);
  if (context == 4) return holds(marks, 'product', code);
  if (context == 6) return holds(marks, 'value', code);
  return true;
}

boolean isDecimal(int code) {
  return code >= 48 && code <= 57;
}

boolean suitsBehind(String text, int start, int end, int context, Map marks) {
  int length = text.length();
  if (end >= length) {
    if (context == 4) return start == 0;
    return context != 5 && context != 8;
  }
  int code = text.charAt(end);
  int next = end + 1 < length ? text.charAt(end + 1) : 0;
  if (context == 1) return !isWordCharacter(code);
  if (context == 5) return isDecimal(code);
  if (context == 8) return code != 32;
  if (context == 3) return code != 115 || next != 41;
  if (context == 9) return holds(marks, 'segment', code);
  if (context == 2) {
    if (holds(marks, 'commandEnd', code)) return true;
    return code == 32 && (next == 0 || holds(marks, 'commandGoesOn', next));
  }
  if (context == 4) {
    if (code == 59 || code == 41) return true;
    if (code == 47 || code == 45) return isDecimal(next);
    return code == 32 && next == 118 && end + 2 < length && isDecimal(text.charAt(end + 2));
  }
  return true;
}

int findPart(String text, String part, int from, int to, Map marks) {
  String own = part.substring(1, part.length() - 1);
  int before = part.charAt(0) - 48;
  int behind = part.charAt(part.length() - 1) - 48;
  if (to < from) return -1;
  String window = to < text.length() || from > 0 ? text.substring(from, to) : text;
  int place = window.indexOf(own);
  while (place >= 0) {
    int start = from + place;
    if ((before == 0 || suitsBefore(text, start, before, marks)) && (behind == 0 || suitsBehind(text, start, start + own.length(), behind, marks))) return start;
    place = window.indexOf(own, place + 1);
  }
  return -1;
}

boolean matchesSequence(String text, List sequence, Map marks) {
  String first = (String) sequence.get(0);
  int start = findPart(text, first, 0, text.length(), marks);
  while (start >= 0) {
    if (sequence.size() == 1) return true;
    int end = start + first.length() - 2;
    boolean complete = true;
    for (int i = 1; i < sequence.size() && complete; i++) {
      String part = (String) sequence.get(i);
      int to = end + 46 + part.length();
      if (to > text.length()) to = text.length();
      if (marks != null) {
        int border = text.substring(end, to).indexOf('&');
        if (border >= 0) to = end + border;
      }
      int next = findPart(text, part, end, to, marks);
      complete = next >= 0;
      end = next + part.length() - 2;
    }
    if (complete) return true;
    start = findPart(text, first, start + 1, text.length(), marks);
  }
  return false;
}

double[] attackPatterns(String decoded, Map patterns) {
  Map marks = (Map) patterns.get('marks');
  boolean isThorough = patterns.get('thorough') != null;
  String text = normaliseText(marks == null ? decoded : revealText(decoded, (Map) patterns.get('entities'), isThorough), isThorough);
  int set = 0;
  for (int i = 0; i < text.length(); i++) {
    int code = text.charAt(i);
    if (code >= 97 && code <= 122) set |= 1 << (code & 15);
    else if (code >= 48 && code <= 57) set |= 65536;
    else set |= 1 << (17 + code % 15);
  }
  String sets = (String) patterns.get('sets');
  String categories = (String) patterns.get('categories');
  String places = (String) patterns.get('places');
  List sequences = (List) patterns.get('sequences');
  int count = categories.length();
  double[] found = new double[32];
  int last = -1;
  for (int i = 0; i < count; i++) {
    int needed = word(sets, i);
    if ((set & needed) != needed || places.charAt(i) == last) continue;
    if (matchesSequence(text, (List) sequences.get(i), marks)) {
      last = places.charAt(i);
      found[0]++;
      found[categories.charAt(i) - 32]++;
    }
  }
  if (last >= 0) for (int i = 1; i < found.length; i++) found[i] = StrictMath.log1p(found[i]);
  return found;
}
`;
