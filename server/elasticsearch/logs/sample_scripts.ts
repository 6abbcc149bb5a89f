/**
 * Collects index, id and values of each sampled log, one log behind the other in a single flat list, which is
 * smaller than a list of lists. Values come from doc values where there are some; else, and for fields without doc values, from
 * `_source`, nested or dotted: too long keywords and malformed numbers look there as they do when logs are read. The index is
 * named where there are several; the id is read only when asked for: it costs as much as the document.
 */
const COLLECT = `
def find(Map node, String path) {
  def whole = node.get(path);
  if (whole != null) return whole;
  for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    def child = node.get(path.substring(0, dot));
    if (child instanceof Map) {
      def found = find(child, path.substring(dot + 1));
      if (found != null) return found;
    }
  }
  return null;
}
def valueOf(def value) {
  if (value instanceof ZonedDateTime) return ((ZonedDateTime) value).toInstant().toString();
  return value instanceof Boolean || value instanceof Number || value == null ? value : value.toString();
}
String[] fields = state.fields;
int[] kinds = state.kinds;
List values = state.values;
if (params.named) values.add(doc['_index'].value);
if (params.identified) values.add(params._fields['_id'].value);
Map source = null;
for (int i = 0; i < fields.length; ++i) {
  String field = fields[i];
  def value = null;
  boolean isColumn = false;
  if (kinds[i] > 0 && doc.containsKey(field)) {
    def column = doc[field];
    int size = column.size();
    if (size > 0) {
      isColumn = true;
      if (size == 1) value = valueOf(column.get(0));
      else {
        List list = new ArrayList();
        for (int k = 0; k < size; ++k) list.add(valueOf(column.get(k)));
        value = list;
      }
    }
  }
  if (!isColumn) {
    if (source == null) source = params._source;
    value = source == null ? null : find(source, field);
    if (value instanceof String && value.length() > params.cut) value = value.substring(0, params.cut);
  }
  values.add(value);
}
`;

/** Typed arrays: reading them is a good part of the cost otherwise. */
const INITIALISE = `
int width = params.fields.length;
String[] fields = new String[width];
int[] kinds = new int[width];
for (int i = 0; i < width; ++i) {
  fields[i] = params.fields[i];
  kinds[i] = ((Number) params.kinds[i]).intValue();
}
state.fields = fields;
state.kinds = kinds;
state.values = [];
`;

/** Kinds of fields for the script: see `kinds` in the scripts. A date of doc values comes as ISO 8601 in UTC. */
export const COLUMN_KINDS = { source: 0, value: 1 } as const;
export type ColumnKind = (typeof COLUMN_KINDS)[keyof typeof COLUMN_KINDS];

/** The scripts are constant, whatever the fields: each is compiled once. */
export const SAMPLE_SCRIPTS = {
  init_script: INITIALISE,
  map_script: COLLECT,
  combine_script: 'return state.values;',
  reduce_script:
    'def values = []; for (part in states) { if (part != null) { values.addAll(part); } } return values;',
} as const;
