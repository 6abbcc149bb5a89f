/** Painless for models that read no part of connections: a script is bounded in length. */
export const NO_CONNECTIONS = `
String connectionPartOf(Map document, Map part) { return null; }
`;

/**
 * Painless that reads networks and service ports as `common/log_features/fields/connections.ts` does. The part of a service port has the keys
 * of the other port as well.
 */
export const READ_CONNECTIONS = `
String connectionPartOf(Map document, Map part) {
  def value = field(document, (List) part.get('keys'));
  List other = (List) part.get('other');
  if (other != null) return servicePortOf(numberOf(value), numberOf(field(document, other)));
  String text = textOf(value, 2048);
  return text == null ? null : networkOf(text);
}

String servicePortOf(double one, double other) {
  double lowest = 65536;
  if (one >= 1 && one <= 65535) lowest = one;
  if (other >= 1 && other <= 65535 && other < lowest) lowest = other;
  if (lowest > 65535) return null;
  return lowest >= 49152 ? 'dynamic' : String.valueOf((int) Math.floor(lowest));
}

int numberIn(String text, int radix, int mostDigits) {
  if (text.length() == 0 || text.length() > mostDigits) return -1;
  int number = 0;
  for (int i = 0; i < text.length(); i++) {
    int place = '0123456789abcdefABCDEF'.indexOf(text.substring(i, i + 1));
    int digit = place >= 16 ? place - 6 : place;
    if (digit < 0 || digit >= radix) return -1;
    number = number * radix + digit;
  }
  return number;
}

List bytesOf(String text) {
  String[] parts = text.splitOnToken('.');
  if (parts.length != 4) return null;
  List bytes = new ArrayList();
  for (int i = 0; i < 4; i++) {
    int part = numberIn(parts[i], 10, 3);
    if (part < 0 || part > 255) return null;
    bytes.add(part);
  }
  return bytes;
}

boolean readGroups(String half, List groups) {
  if (half.length() == 0) return true;
  String[] parts = half.splitOnToken(':');
  for (int i = 0; i < parts.length; i++) {
    List bytes = bytesOf(parts[i]);
    if (bytes != null) {
      groups.add((int) bytes.get(0) * 256 + (int) bytes.get(1));
      groups.add((int) bytes.get(2) * 256 + (int) bytes.get(3));
      continue;
    }
    int group = numberIn(parts[i], 16, 4);
    if (group < 0) return false;
    groups.add(group);
  }
  return true;
}

List groupsOf(String text) {
  String[] halves = text.splitOnToken('::');
  if (halves.length > 2) return null;
  List groups = new ArrayList();
  List last = new ArrayList();
  if (!readGroups(halves[0], groups)) return null;
  if (halves.length == 1) return groups.size() == 8 ? groups : null;
  if (!readGroups(halves[1], last) || groups.size() + last.size() >= 8) return null;
  while (groups.size() + last.size() < 8) groups.add(0);
  groups.addAll(last);
  return groups;
}

String networkOfBytes(int first, int second, int third) {
  if (first >= 224) return 'multicast';
  boolean isOwn = first == 0 || first == 10 || first == 127
    || first == 100 && second >= 64 && second < 128
    || first == 169 && second == 254
    || first == 172 && second >= 16 && second < 32
    || first == 192 && second == 168;
  return isOwn ? first + '.' + second + '.' + third + '.0/24' : 'public';
}

boolean areZero(List groups, int count) {
  for (int i = 0; i < count; i++) if ((int) groups.get(i) != 0) return false;
  return true;
}

String networkOf(String text) {
  int zone = text.indexOf('%');
  String address = zone < 0 ? text : text.substring(0, zone);
  List bytes = bytesOf(address);
  if (bytes != null) return networkOfBytes((int) bytes.get(0), (int) bytes.get(1), (int) bytes.get(2));
  List groups = groupsOf(address);
  if (groups == null) return text.length() > 256 ? text.substring(0, 256) : text;
  int first = (int) groups.get(0);
  if (areZero(groups, 5) && (int) groups.get(5) == 65535) {
    int high = (int) groups.get(6);
    return networkOfBytes(high / 256, high % 256, (int) groups.get(7) / 256);
  }
  if (first >= 65280) return 'multicast';
  if (!areZero(groups, 7) && (first < 64512 || first >= 65024) && (first < 65152 || first >= 65216)) return 'public';
  StringBuilder network = new StringBuilder();
  for (int i = 0; i < 4; i++) network.append(Integer.toHexString((int) groups.get(i))).append(':');
  return network.toString() + ':/64';
}
`;
