/**
 * Collects `[index, id, value, ...]` for each sampled log. A value comes from doc values where there is exactly
 * one; else, and for fields without doc values, from `_source`, nested or dotted: too long keywords, malformed
 * numbers and arrays look there as they do when logs are read. The index is
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
def row = [params.named ? doc['_index'].value : '', params.identified ? params._fields['_id'].value : ''];
Map source = null;
for (int i = 0; i < params.fields.length; ++i) {
  String field = params.fields[i];
  def value = null;
  if (params.columns[i] && doc.containsKey(field) && doc[field].size() == 1) {
    value = doc[field].get(0);
    if (value instanceof ZonedDateTime) value = value.toInstant().toString();
  } else {
    if (source == null) source = params._source;
    value = find(source, field);
    if (value instanceof String && value.length() > params.cut) value = value.substring(0, params.cut);
  }
  row.add(value);
}
state.rows.add(row);
`;

/** The scripts are constant, whatever the fields: each is compiled once. */
export const SAMPLE_SCRIPTS = {
  init_script: 'state.rows = [];',
  map_script: COLLECT,
  combine_script: 'return state.rows;',
  reduce_script:
    'def rows = []; for (part in states) { if (part != null) { rows.addAll(part); } } return rows;',
} as const;
