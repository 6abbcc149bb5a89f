import { RuleTester, type Rule } from 'eslint';

const rule = jest.requireActual<Rule.RuleModule>('./plain_openings.js');

RuleTester.describe = describe;
RuleTester.it = it;
new RuleTester().run('plain openings', rule, {
  valid: [
    '/** Returns true when it holds. */',
    '/** Limits of a request: what it may take. */',
    '/**\n * Number of logs,\n * which is exact.\n */',
    '// Kept, since nobody knows\n// what it was for.',
    '// When Kibana stops, so does this.',
    "schema.describe('Largest delay')",
    "schema.describe(text); log('What now?')",
  ],
  invalid: [
    { code: '/** Whether it holds. */', errors: [{ messageId: 'opening', data: { word: 'Whether' } }] },
    { code: '/**\n * How many logs.\n */', errors: 1 },
    { code: '/** Where it lies. */', errors: 1 },
    { code: '// What is left.', errors: 1 },
    { code: 'run(); // What is left.\nrun(); // Kept.\n\n// Who asks.', errors: 2 },
    { code: "schema.describe('When it ends')", errors: 1 },
  ],
});
