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

String normaliseText(String text) {
  int length = text.length();
  StringBuilder normal = new StringBuilder();
  boolean space = false;
  for (int i = 0; i < length; i++) {
    int code = text.charAt(i);
    if (code >= 65 && code <= 90) code += 32;
    else if (code >= 9 && code <= 13 || code == 160) code = 32;
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

boolean matchesSequence(String text, List sequence) {
  String first = (String) sequence.get(0);
  int start = text.indexOf(first);
  while (start >= 0) {
    if (sequence.size() == 1) return true;
    int end = start + first.length();
    boolean complete = true;
    for (int i = 1; i < sequence.size() && complete; i++) {
      String part = (String) sequence.get(i);
      int to = end + 48 + part.length();
      if (to > text.length()) to = text.length();
      int next = text.substring(end, to).indexOf(part);
      complete = next >= 0;
      end += next + part.length();
    }
    if (complete) return true;
    start = text.indexOf(first, start + 1);
  }
  return false;
}

int[] attackPatterns(String text, Map patterns) {
  int set = 0;
  for (int i = 0; i < text.length(); i++) {
    int code = text.charAt(i);
    if (code >= 97 && code <= 122) set |= 1 << (code & 15);
    else if (code >= 48 && code <= 57) set |= 65536;
    else set |= 1 << (17 + code % 15);
  }
  String sets = (String) patterns.get('sets');
  String categories = (String) patterns.get('categories');
  List sequences = (List) patterns.get('sequences');
  int count = categories.length();
  int[] found = new int[64];
  for (int i = 0; i < count; i++) {
    int needed = word(sets, i);
    if ((set & needed) == needed && matchesSequence(text, (List) sequences.get(i))) {
      found[0]++;
      found[categories.charAt(i) - 32]++;
    }
  }
  return found;
}
`;
