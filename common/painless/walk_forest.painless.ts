import { BLOCK_BITS, LANES } from './forest_tables';

/** Painless that reads the strings of `character_table.ts` and places values among the split points of a column. */
export const PLACE_VALUES = `
int word(String text, int place) {
  int at = place * 3;
  return text.charAt(at) - 32 << 21 | text.charAt(at + 1) - 32 << 10 | text.charAt(at + 2) - 32;
}

void place(int[] limits, String thresholds, int start, double fill, double value) {
  float rounded = (float) (value != value ? fill : value) + 0.0f;
  int bits = Float.floatToIntBits(rounded);
  bits ^= bits >> 31 & 2147483647;
  int count = thresholds.length() / 3;
  int low = 0;
  int high = count;
  while (low < high) {
    int middle = low + high >> 1;
    if (word(thresholds, middle) < bits) low = middle + 1;
    else high = middle;
  }
  int limit = start + low;
  int last = start + count - 1 >> ${BLOCK_BITS};
  for (int block = start >> ${BLOCK_BITS}; block <= last; block++) limits[block] = limit;
}
`;

/** Painless that tells how much a column holds that training never held (`isolation_forest/surprise.ts`). */
export const SURPRISE = `
double beyond(List surprise, int entry, double value) {
  double number = (double) (float) value;
  int at = entry * 6;
  double far;
  double low = ((Number) surprise.get(at)).doubleValue();
  double high = ((Number) surprise.get(at + 2)).doubleValue();
  if (number > high) far = (number - high) / ((Number) surprise.get(at + 3)).doubleValue();
  else if (number < low) far = (low - number) / ((Number) surprise.get(at + 1)).doubleValue();
  else return 0;
  return ((Number) surprise.get(at + 4)).doubleValue() + ((Number) surprise.get(at + 5)).doubleValue() * (far / (far + 1));
}
double largest(double before, List surprise, int from, int to, double value) {
  double found = before;
  for (int entry = from; entry < to; entry++) found = Math.max(found, beyond(surprise, entry, value));
  return found;
}
`;

const LANE_NAMES = 'abcdefgh'.slice(0, LANES).split('');

/**
 * The sum of the path lengths of one row over all trees, in their order. The levels are written out and {@link LANES} trees
 * walked side by side; `x - limit >>> 31` is 1 for "right" without a branch.
 */
export function walkForest(depth: number): string {
  const size = 2 ** depth;
  const step = (lane: string): string =>
    `    split = nodes.charAt(${lane}0 + ${lane}); ${lane} = ${lane} + ${lane} + (split - limits[split >> ${BLOCK_BITS}] >>> 31);`;
  const lines = [
    'double pathLengths(String nodes, String leaves, List lengths, int[] limits, int trees) {',
    '  double sum = 0;',
    '  int split;',
    `  for (int base = 0; base < trees * ${size}; base += ${size * LANES}) {`,
    ...LANE_NAMES.map((lane, i) => `    int ${lane}0 = base + ${size * i}; int ${lane} = 1;`),
    ...Array.from({ length: depth }, () => LANE_NAMES.map(step)).flat(),
    ...LANE_NAMES.map(
      (lane) =>
        `    sum += ((Number) lengths.get(leaves.charAt(${lane}0 + ${lane} - ${size}) - 32)).doubleValue();`,
    ),
    '  }',
    '  return sum;',
    '}',
  ];
  return `\n${lines.join('\n')}\n`;
}

/** Painless that places a score among the training scores (`common/threshold`) and shares it out (`attribution.ts`). */
export const JUDGE = `
double at(List list, int place) {
  return ((Number) list.get(place)).doubleValue();
}

double exceedance(double score, Map verdict) {
  List tail = (List) verdict.get('tail');
  if (score >= at(tail, 0)) {
    double excess = (score - at(tail, 0)) / at(tail, 3);
    double shape = at(tail, 2);
    return at(tail, 1) * Math.exp(shape == 0 ? -excess : -Math.log1p(shape * excess) / shape);
  }
  List scores = (List) verdict.get('scores');
  if (score <= at(scores, 0)) return 1;
  int low = 1;
  int high = scores.size() - 1;
  while (low < high) {
    int middle = low + high >> 1;
    if (at(scores, middle) > score) high = middle;
    else low = middle + 1;
  }
  List logs = (List) verdict.get('logs');
  double way = (score - at(scores, low - 1)) / (at(scores, low) - at(scores, low - 1));
  return Math.exp(at(logs, low - 1) + way * (at(logs, low) - at(logs, low - 1)));
}

double averagePathLength(int count) {
  if (count <= 1) return 0;
  if (count == 2) return 1;
  double exact = 2 * (StrictMath.log(count - 1) + 0.5772156649015329) - 2.0 * (count - 1) / count;
  return Math.floor(exact * 4294967296.0 + 0.5) / 4294967296.0;
}

double[] shares(Map forest, int[] limits, int features, int size, double[] surprises, double length, double part) {
  String nodes = (String) forest.get('nodes');
  String leaves = (String) forest.get('leaves');
  String rows = (String) forest.get('rows');
  String featureOfBlock = (String) forest.get('features');
  List leafRows = (List) forest.get('leaf_rows');
  double[] shares = new double[features];
  double total = 0;
  int end = nodes.length();
  for (int base = 0; base < end; base += size) {
    int node = 1;
    while (node < size && nodes.charAt(base + node) != 32) {
      int split = nodes.charAt(base + node);
      int child = node + node + (split - limits[split >> ${BLOCK_BITS}] >>> 31);
      int count = child < size
        ? rows.charAt(base + child) - 32
        : ((Number) leafRows.get(leaves.charAt(base + child - size) - 32)).intValue();
      double gain = averagePathLength(rows.charAt(base + node) - 32) - averagePathLength(count) - 1;
      if (gain > 0) {
        shares[featureOfBlock.charAt(split >> ${BLOCK_BITS}) - 32] += gain;
        total += gain;
      }
      node = child;
    }
  }
  double surprised = 0;
  for (int i = 0; i < features; i++) surprised += surprises[i];
  total *= part;
  for (int i = 0; i < features; i++) {
    shares[i] *= part;
    double gain = length * surprises[i] / (1 + surprised);
    shares[i] += gain;
    total += gain;
  }
  List even = (List) forest.get('even');
  for (int i = 0; i < features; i++) shares[i] = total > 0 ? shares[i] / total : at(even, i);
  return shares;
}

String shown(def value) {
  if (value == null) return 'missing';
  String text = textOf(value, 200);
  return text == null ? 'unusable' : text;
}

List attribution(Map forest, int[] limits, int size, List features, def[] values, double[] surprises, double length, double part, boolean[] unseen) {
  double[] shares = shares(forest, limits, values.length, size, surprises, length, part);
  List entries = new ArrayList();
  for (int i = 0; i < values.length; i++) {
    Map entry = new HashMap((Map) features.get(i));
    if (unseen[i] && entry.containsKey('trained_on')) entry.put('unseen', true);
    else entry.remove('trained_on');
    entry.put('share', shares[i]);
    entry.put('actual', shown(values[i]));
    int place = 0;
    while (place < entries.size() && ((Number) ((Map) entries.get(place)).get('share')).doubleValue() >= shares[i]) place++;
    entries.add(place, entry);
  }
  while (entries.size() > 5) entries.remove(entries.size() - 1);
  return entries;
}
`;
