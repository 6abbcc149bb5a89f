/** Painless that reads the family of a user agent as `common/log_features/fields/agent_family.ts` does; needs `READ_ROUTES`. */
export const READ_AGENTS = `
String productName(String word, int nameEnd) {
  int start = 0;
  while (start < nameEnd && !isLetterCode(word.charAt(start))) start++;
  int end = start;
  while (end < nameEnd && !isDigitCode(word.charAt(end))) end++;
  if (end - start < 2) end = nameEnd;
  while (end > start && !isLetterCode(word.charAt(end - 1)) && !isDigitCode(word.charAt(end - 1))) end--;
  return word.substring(start, end).toLowerCase(Locale.ROOT);
}

String agentFamily(String whole) {
  String text = whole.length() > 2048 ? whole.substring(0, 2048) : whole;
  int length = text.length();
  Set names = new LinkedHashSet();
  int depth = 0;
  int start = 0;
  boolean isCompatible = false;
  for (int i = 0; i <= length; i++) {
    int code = i == length ? 32 : text.charAt(i);
    if (code != 32 && code != 40 && code != 41 && code != 59 && code != 44) continue;
    if (i > start) {
      String word = text.substring(start, i);
      int slash = word.indexOf('/');
      boolean isVersioned = slash > 0 && slash + 1 < word.length() && isDigitCode(word.charAt(slash + 1));
      boolean isNamed = depth == 0 ? word.indexOf('://') < 0 : isVersioned || isCompatible;
      String name = isNamed ? productName(word, slash < 0 ? word.length() : slash) : '';
      if (!name.equals('')) names.add(name);
      isCompatible = depth > 0 && code == 59 && word.toLowerCase(Locale.ROOT).equals('compatible');
    }
    if (code == 40) depth++;
    else if (code == 41 && depth > 0) depth--;
    start = i + 1;
  }
  StringBuilder family = new StringBuilder();
  for (def name : names) {
    if (family.length() > 0) family.append(' ');
    family.append((String) name);
  }
  if (family.length() == 0) return maskedText(text);
  return family.length() > 256 ? family.substring(0, 256) : family.toString();
}
`;
