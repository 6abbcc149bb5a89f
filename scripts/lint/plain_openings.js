/**
 * ESLint rule: comments, and descriptions of settings, begin with subject and verb ("Returns …", "Requests that …"), not with
 * a question word ("Whether …", "What …"), which leaves the reader to look for the rest of the sentence.
 */
const IN_DOCS = /^(whether|what|how|which|why|when|where|who|whose|whom)\b/i;
const IN_LINES = /^(whether|what|how|which|who|whose|whom)\b/i;

/** @type {import('eslint').Rule.RuleModule} */
module.exports = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      opening:
        'Begin with subject and verb or with a noun ("Returns …", "Limits of …"), not with "{{word}}".',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const check = (node, text, pattern) => {
      const word = pattern.exec(text)?.[0];
      if (word !== undefined) context.report({ node, messageId: 'opening', data: { word } });
    };
    return {
      Program() {
        let before;
        for (const comment of sourceCode.getAllComments()) {
          if (comment.type === 'Block')
            check(
              comment,
              comment.value.replace(/^[\s*]+/, ''),
              comment.value.startsWith('*') ? IN_DOCS : IN_LINES,
            );
          // Lines below each other are one comment, of which only the first line is looked at.
          else if (before?.type !== 'Line' || before.loc.end.line + 1 !== comment.loc.start.line)
            check(comment, comment.value.trim(), IN_LINES);
          before = comment;
        }
      },
      'CallExpression[callee.property.name="describe"] > Literal.arguments:first-child'(node) {
        if (typeof node.value === 'string') check(node, node.value, IN_DOCS);
      },
    };
  },
};
