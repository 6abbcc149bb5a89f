/** Painless that reads times as `common/log_features/time/time_encoding.ts` does. */
export const READ_TIMES = `
int number(String text, int from, int count) {
  if (from + count > text.length()) return -1;
  int value = 0;
  for (int i = from; i < from + count; i++) {
    int digit = text.charAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

double dayNumber(int year, int month, int day) {
  int y = month <= 2 ? year - 1 : year;
  int era = y >= 0 ? y / 400 : (y - 399) / 400;
  int yearOfEra = y - era * 400;
  int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097.0 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

double timeOf(String text) {
  int length = text.length();
  if (length > 40 || length < 10) return Double.NaN;
  int year = number(text, 0, 4);
  int month = number(text, 5, 2);
  int day = number(text, 8, 2);
  if (year < 0 || text.charAt(4) != 45 || text.charAt(7) != 45) return Double.NaN;
  if (month < 1 || month > 12 || day < 1 || day > 31) return Double.NaN;
  int at = 10;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milliseconds = 0;
  if (at + 6 <= length && (text.charAt(at) == 84 || text.charAt(at) == 32) && number(text, at + 1, 2) >= 0) {
    hour = number(text, at + 1, 2);
    minute = number(text, at + 4, 2);
    if (text.charAt(at + 3) != 58 || minute < 0) return Double.NaN;
    at += 6;
    if (at < length && text.charAt(at) == 58) {
      second = number(text, at + 1, 2);
      if (second < 0) return Double.NaN;
      at += 3;
      if (at < length && (text.charAt(at) == 46 || text.charAt(at) == 44)) {
        int end = at + 1;
        while (end < length && text.charAt(end) >= 48 && text.charAt(end) <= 57) end++;
        int count = end - at - 1;
        if (count < 1 || count > 9) return Double.NaN;
        milliseconds = number(text, at + 1, count < 3 ? count : 3) * (count == 1 ? 100 : count == 2 ? 10 : 1);
        at = end;
      }
    }
  }
  if (hour > 23 || minute > 59 || second > 60) return Double.NaN;
  if (at < length && text.charAt(at) == 32) {
    at++;
  }
  double offset = 0;
  if (at < length) {
    int mark = text.charAt(at);
    if (mark == 90 && at + 1 == length) at = length;
    else if (mark == 43 || mark == 45) {
      int hours = number(text, at + 1, 2);
      int from = at + 3 < length && text.charAt(at + 3) == 58 ? at + 4 : at + 3;
      int minutes = number(text, from, 2);
      if (hours < 0 || minutes < 0 || from + 2 != length) return Double.NaN;
      offset = (hours * 60.0 + minutes) * 60000;
      if (mark == 45) offset = -offset;
    } else return Double.NaN;
  }
  int fullYear = year < 100 ? year + 1900 : year;
  return dayNumber(fullYear, month, day) * 86400000 + hour * 3600000.0 + minute * 60000.0 + second * 1000.0 + milliseconds - offset;
}

double positionOf(def value, boolean isHour, String zone) {
  def scalar = scalarOf(value);
  double time = scalar instanceof String ? timeOf((String) scalar) : Double.NaN;
  if (time != time) {
    time = numberOf(scalar);
    if (time != time) return Double.NaN;
    if (isHour && time >= 0 && time < 24) return time;
    if (!isHour && time >= 0 && time <= 7 && time == Math.rint(time)) return time == 7 ? 0 : time;
  }
  if (time < -59011372800000.0 || time > 253402214400000.0) return Double.NaN;
  double local = time;
  if (zone != null) {
    long quarter = (long) Math.floor(time / 900000);
    local += ZoneId.of(zone).getRules().getOffset(Instant.ofEpochMilli(quarter * 900000)).getTotalSeconds() * 1000.0;
  }
  double day = Math.floor(local / 86400000);
  if (isHour) return (local - day * 86400000) / 3600000;
  return (((day + 4) % 7) + 7) % 7;
}
`;
